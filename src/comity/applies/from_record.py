"""From measures and gaps on record to the rules and gaps that the engine reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from comity.applies.engine import Engine
from comity.applies.question import Shipment
from comity.applies.rule import Condition, Entity, Exemption, Gap, Rule
from comity.record.entry import Entry, label_text
from comity.record.force import force_of, latest_announced
from comity.record.reading import Reading
from comity.record.scopes import opened, scope_of
from comity.record.views.measures import effect_of
from comity.record.views.rows import flags, instrument
from comity.words.catalogue import t
from comity.words.economies import memberships
from comity.words.goods import GoodsCode
from comity.words.time import DayRange, Span


def engine_for(reading: Reading, asked: Iterable[Shipment] | None = None) -> Engine:
    """The engine over the measures of a reading (read it over all days of the world).

    Where the questions are given, only measures are read that one of their economies imposes, or a
    group to which it belongs on the day.
    """
    naming = None if asked is None else sorted(_imposers(asked))
    entries = reading.entries("measure", naming=naming)
    reading.prefetch({entry.value("made_by") for entry in entries if entry.value("made_by")})
    rules = [rule_of(entry, reading) for entry in entries]
    gaps = [gap_of(entry, reading) for entry in reading.entries("gap")]
    if not reading.view.received:
        gaps.append(Gap(id="record-empty", text=t("record.empty"), about="measures"))
    return Engine([rule for rule in rules if rule.bears_on_goods], gaps)


def _imposers(asked: Iterable[Shipment]) -> set[str]:
    """Economies whose measures may bear on the questions: both ends, and groups they were ever in
    (the span over which an answer holds may reach into another time of membership)."""
    ends = {code for one in asked for code in (one.origin, one.to)}
    return ends | {member.group for member in memberships() if member.member in ends}


def rule_of(entry: Entry, reading: Reading) -> Rule:
    """One measure as a rule. Acts that the reading does not show do not end it."""
    force = force_of(entry, reading.get)
    act = reading.get(entry.value("made_by"))
    verified = entry.day("verified_until")
    rate = latest_announced(entry, "rate")
    return Rule(
        id=entry.id,
        title=entry.title,
        kind=entry.value("measure_kind"),
        effect=effect_of(entry),
        flow=entry.value("flow"),
        imposers=tuple(entry.list("imposers")),
        span=force.span,
        targets=scope_of(entry.value("targets"), "economies", reading.get),
        goods=_goods(entry.list("goods"), reading),
        goods_except=_goods(entry.list("goods_except"), reading),
        goods_list=entry.value("goods_list"),
        goods_words=entry.value("goods_words"),
        goods_basis=entry.value("goods_basis"),
        areas=scope_of(entry.value("areas"), "areas", reading.get),
        entities=_entities(entry.list("entities")),
        entities_complete=bool(entry.value("entities_complete", False)),
        entities_count=entry.value("entities_count"),
        end_uses=tuple(entry.list("end_uses")),
        suspensions=force.suspensions,
        exemptions=tuple(_exemption(part, reading) for part in entry.list("exemptions")),
        conditions=tuple(
            Condition(part["group"], label_text(part["requires"]))
            for part in entry.list("conditions")
        ),
        rate=rate.value if rate else None,
        instrument=instrument(act) if act else None,
        verified_until=None if verified is None or verified.unknown else verified.latest,
        announced=entry.day("announced"),
        confidence=entry.value("confidence"),
        flags=tuple(flags(entry)),
        replaces=tuple(entry.list("replaces")),
    )


def _goods(codes: list[str], reading: Reading) -> tuple[GoodsCode, ...]:
    return tuple(GoodsCode.parse(code) for code in opened(codes, "goods", reading.get))


def _entities(parts: list[dict[str, Any]]) -> tuple[Entity, ...]:
    return tuple(
        Entity(part["name"], tuple(part.get("names", ())), bool(part.get("units")))
        for part in parts
    )


def _exemption(part: dict[str, Any], reading: Reading) -> Exemption:
    dated = "from" in part or "until" in part
    return Exemption(
        goods=_goods(part.get("goods", []), reading),
        areas=scope_of(part["areas"], "areas", reading.get) if "areas" in part else None,
        targets=scope_of(part["targets"], "economies", reading.get) if "targets" in part else None,
        entities=_entities(part.get("entities", [])),
        end_uses=tuple(part.get("end_uses", ())),
        span=Span.of(part.get("from", "unknown"), part.get("until")) if dated else None,
        note=part.get("note"),
    )


TOPICS = ("measures", "tariffs", "scope", "dates", "status")
"""What a gap may be about for it to bear on what applies to a shipment."""


def gap_of(entry: Entry, reading: Reading) -> Gap:
    """A gap of the record as the engine reads it, by the first of its topics on goods."""
    topics = entry.list("about")
    return Gap(
        id=entry.id,
        text=": ".join(part for part in (entry.title, entry.text("summary")) if part),
        about=next((topic for topic in topics if topic in TOPICS), topics[0]),
        economies=tuple(entry.list("economies")),
        imposers=tuple(entry.list("imposers")),
        goods=_goods(entry.list("goods"), reading),
        start=_day(entry.value("from")),
        until=_day(entry.value("until")),
        measures=tuple(entry.list("measures")),
    )


def _day(text: str | None) -> DayRange | None:
    return None if text is None else DayRange.parse(text)

"""The flows of a baseline that a measure of the record bears on, and what it does to them."""

from __future__ import annotations

from dataclasses import dataclass

from comity.record.entry import Entry
from comity.record.scopes import opened, scope_of
from comity.scenario.contents import Effect, MeasureChoice, Who
from comity.scenario.economies import Found, listed, named, within
from comity.scenario.effect import change_of, effect_on_trade
from comity.scenario.inforce import Rules
from comity.scenario.parts import PartError, Parts, parts_of
from comity.scenario.shock import Change
from comity.trade.baseline import Baseline
from comity.words.errors import InputError, NotFound
from comity.words.goods import GoodsCode
from comity.words.time import iso


@dataclass(frozen=True)
class MeasureFlows:
    """Imposers and partners by position, sectors with coverage, and the effect on them."""

    flow: str
    imposers: tuple[int, ...]
    partners: tuple[int, ...]
    parts: Parts
    effect: Effect
    remarks: tuple[tuple[str, str], ...]

    def change(
        self,
        importers: tuple[str, ...] | None,
        exporters: tuple[str, ...] | None,
        sectors: tuple[str, ...] | None,
        coverage: float,
        share: float,
        baseline_share: float,
    ) -> Change | None:
        """See `comity.scenario.effect.change_of`."""
        return change_of(
            self.effect, importers, exporters, sectors, coverage, share, baseline_share
        )


def flows_of(
    baseline: Baseline, entry: Entry, choice: MeasureChoice, rules: Rules, day: int
) -> MeasureFlows:
    """What a measure bears on in a baseline, with groups as of the day.

    Raises `InputError` (with the key of the scenario it is about, where there is one) for
    economies, goods or effects that the scenario has to say.
    """
    remarks: list[tuple[str, str]] = []
    imposers = _ends(
        baseline,
        choice.imposers,
        listed(baseline, entry.list("imposers"), day),
        day,
        f"{choice.id} is imposed by",
        "imposers",
        remarks,
    )
    scope = scope_of(entry.value("targets"), "economies", rules.whole.get)
    partners = _ends(
        baseline,
        choice.partners,
        within(baseline, scope, day),
        day,
        f"{choice.id} is aimed at",
        "partners",
        remarks,
    )
    if len(imposers) == 1:
        partners = tuple(k for k in partners if k != imposers[0])
    if not partners:
        raise InputError(
            f"{choice.id} is aimed at nobody but its imposer in this baseline",
            mend="leave it out, or take a baseline with its targets",
        )
    effect = effect_on_trade(entry, choice, rules.state.as_of)
    codes = opened(entry.list("goods"), "goods", rules.whole.get)
    left_out = opened(entry.list("goods_except"), "goods", rules.whole.get)
    if not codes and choice.sectors is None and isinstance(choice.coverage, float):
        only = len(baseline.names.sectors) == 1
        if not only:
            raise PartError(
                InputError(
                    f"the goods of {choice.id} are on record as a list, not as HS codes",
                    mend="name sectors:, or give coverage by sector",
                ),
                "coverage",
            )
    parts = parts_of(
        baseline,
        sectors=choice.sectors,
        goods=[GoodsCode.parse(code) for code in codes] or None,
        goods_except=[GoodsCode.parse(code) for code in left_out],
        coverage=choice.coverage,
        of_measure=True,
    )
    remarks += [(kind, f"{choice.id}: {text}") for kind, text in parts.remarks]
    remarks += _narrower(entry, choice)
    verified = entry.day("verified_until")
    if verified is not None and not verified.unknown and verified.latest < _asked(rules, day):
        remarks.append(
            ("verified", f"{choice.id} was checked up to {iso(verified.latest) or verified} only")
        )
    return MeasureFlows(entry.value("flow"), imposers, partners, parts, effect, tuple(remarks))


def _asked(rules: Rules, day: int) -> int:
    return day if rules.state.as_of is not None else 0


def _ends(
    baseline: Baseline,
    chosen: Who | None,
    found: Found,
    day: int,
    says: str,
    key: str,
    remarks: list[tuple[str, str]],
) -> tuple[int, ...]:
    """One end of a measure's flows: those that the scenario names, else those of the record."""
    names = baseline.names
    parts = {whole: code for code, whole in found.parts}
    if chosen is not None:
        return _chosen(baseline, chosen, found, day, says, key, remarks)
    if found.perhaps:
        open_ = ", ".join(names.economies[k] for k in found.perhaps[:6])
        more = f" and {len(found.perhaps) - 6} more" if len(found.perhaps) > 6 else ""
        raise PartError(
            InputError(
                f"the record leaves open whether {says} {open_}{more}",
                mend=f"add {key}: and name those that are meant",
            ),
            "",
        )
    if not found.sure:
        said = ", ".join(f"{code} (part of {whole})" for code, whole in found.parts)
        said = ", ".join(filter(None, (said, ", ".join(found.absent)))) or "nobody"
        whole = next(iter(parts), None)
        mend = (
            f"add {key}: [{whole}], with a coverage of the flow of all of {whole}"
            if whole
            else "leave it out, or take a baseline that has them"
        )
        raise InputError(f"{says} {said}, no economy of the baseline", mend=mend)
    for code, whole in found.parts:
        remarks.append(
            (
                "part-of-economy",
                f"{says} {code}, in the baseline a part of {whole}: {whole} is left out",
            )
        )
    for code in found.absent:
        remarks.append(("no-economy", f"{says} {code}, no economy of the baseline: left out"))
    return found.sure


def _chosen(
    baseline: Baseline,
    chosen: Who,
    found: Found,
    day: int,
    says: str,
    key: str,
    remarks: list[tuple[str, str]],
) -> tuple[int, ...]:
    """The economies that the scenario names; each must hold some of those of the record."""
    names = baseline.names
    wholes = {whole for _, whole in found.parts}
    possible = {*found.sure, *found.perhaps, *(names.economy(whole) for whole in wholes)}
    if chosen.names is None:
        picked = set(possible)
        for name in chosen.excepting:
            picked.difference_update(named(baseline, name, day))
        return tuple(sorted(picked))
    picked = set()
    for n, name in enumerate(chosen.names):
        try:
            positions = named(baseline, name, day)
        except NotFound as error:
            raise PartError(error, f"{key}.{n}") from None
        for k in positions:
            if k not in possible:
                listed_ = ", ".join(names.economies[p] for p in sorted(possible)) or "nobody here"
                raise PartError(
                    InputError(
                        f"{says} {listed_}, and {names.economies[k]} is not among them",
                        mend="name one of those",
                    ),
                    f"{key}.{n}",
                )
            if names.economies[k] in wholes:
                remarks.append(
                    (
                        "part-of-economy",
                        f"{says} a part of {names.economies[k]}: the coverage has to count that",
                    )
                )
            picked.add(k)
    return tuple(sorted(picked))


def _narrower(entry: Entry, choice: MeasureChoice) -> list[tuple[str, str]]:
    """Limits of a measure that the model has no place for: its coverage has to count them."""
    limits = []
    areas = entry.value("areas")
    if areas is not None and not areas.get("all"):
        limits.append("areas")
    limits += [
        say
        for name, say in (
            ("entities", "entities"),
            ("end_uses", "end uses"),
            ("exemptions", "exemptions"),
            ("goods_list", "a list of goods without codes"),
        )
        if entry.value(name)
    ]
    if not limits:
        return []
    return [
        (
            "narrower",
            f"{choice.id} is limited by {', '.join(limits)}: its coverage has to count that",
        )
    ]

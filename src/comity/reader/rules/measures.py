"""Measures: bans, restrictions, duties, controls and investigations, one entry for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from comity.reader.clauses import evidence
from comity.reader.marked import Marked
from comity.reader.proposal import MEASURE, Proposal
from comity.reader.reading import KnownMeasure, Register
from comity.reader.rules.measure_headed import Headed
from comity.reader.rules.measure_mentions import mentions
from comity.reader.rules.measure_seen import IN_FORCE, Seen
from comity.reader.rules.products import codes_of

FAMILIES = {
    "import-ban": "import",
    "import-restriction": "import",
    "trade-barrier": "import",
    "tariff": "duty",
    "anti-dumping-duty": "duty",
}
_STRENGTH = (
    "lifted", "partly-lifted", "lifting-agreed", "suspended", "lifting-sought", "under-review",
    "announced", "planned", "under-investigation", IN_FORCE,
)  # fmt: skip
"""What a document has newest to tell of a measure comes first."""
_LOOSE = frozenset(("measure.curb", "measure.restriction", "measure.limit"))
_ALL = "all"
_SHOWN = 6
_LOOKED_AT = 200


@dataclass
class _Group:
    """The mentions of one measure, with what they tell together."""

    mentions: list[Seen] = field(default_factory=list)
    imposers: set[str] = field(default_factory=set)
    targets: set[str] = field(default_factory=set)
    goods: set[str] = field(default_factory=set)

    def add(self, seen: Seen) -> None:
        self.mentions.append(seen)
        self.imposers.update(seen.imposer)
        self.targets.update(seen.target)
        self.goods.update(_ids(seen))

    def fits(self, seen: Seen) -> bool:
        """Whether a mention can be of this measure: nothing contradicts it."""
        if seen.imposer and self.imposers and self.imposers.isdisjoint(seen.imposer):
            return False
        if seen.target and self.targets and self.targets.isdisjoint(seen.target):
            return False
        own = _ids(seen)
        return not self.goods or not own or not self.goods.isdisjoint(own)


def _ids(seen: Seen) -> set[str]:
    return {product.id for product in seen.goods if not product.general}


def propose(marked: Marked, register: Register) -> Iterator[Proposal]:
    """One proposal for each measure whose imposer is told or can be taken from the text."""
    merged: list[_Group] = []
    by_family: dict[str, list[_Group]] = {}
    pair = _clear_pair(marked)
    headed = Headed(marked)
    for seen in mentions(marked):
        headed.fill(seen)
        told = bool(seen.imposer)
        _fill(marked, seen, pair)
        # Sanctions and fees have nothing in common but that there is no kind for them.
        key = seen.rule if seen.kind == "other" else _family(seen.kind)
        if seen.kind == "import-ban" and not told and _of_exports(seen, by_family):
            # "The fertiliser ban has been lifted", after a ban on exports of it
            key = "export-ban"
        groups = by_family.setdefault(key, [])
        # Only so many are looked at, that the whole stays linear in any text.
        group = next((one for one in groups[-_LOOKED_AT:] if one.fits(seen)), None)
        if group is None:
            if seen.weak:
                continue
            group = _Group()
            merged.append(group)
            groups.append(group)
        group.add(seen)
    for groups in by_family.values():
        _inherit(groups)
    merged = _one_ban(merged)
    for group in merged:
        proposal = _proposal(marked, group.mentions, pair, register)
        if proposal is not None:
            yield proposal


def _one_ban(groups: Sequence[_Group]) -> list[_Group]:
    """Join "the curbs" on exports of goods to the ban on the same exports told elsewhere: a looser
    word for it."""
    bans = [one for one in groups if one.mentions[0].kind == "export-ban"][:_LOOKED_AT]
    kept = []
    for group in groups:
        loose = all(one.rule in _LOOSE and one.kind == "export-control" for one in group.mentions)
        ban = next((b for b in bans if loose and group.imposers & b.imposers
                    and _words_of(group) & _words_of(b)), None)  # fmt: skip
        if ban is None:
            kept.append(group)
            continue
        for one in group.mentions:
            ban.add(one)
    return kept


def _words_of(group: _Group) -> set[str]:
    return {word for ident in group.goods for word in ident.removeprefix("said:").split("-")}


def _of_exports(seen: Seen, by_family: dict[str, list[_Group]]) -> bool:
    return any(one.goods & _ids(seen) for one in by_family.get("export-ban", ())[-_LOOKED_AT:])


def _family(kind: str) -> str:
    return FAMILIES.get(kind, kind)


def _fill(marked: Marked, seen: Seen, pair: Sequence[str]) -> None:
    """Take what is not told from the two parties that the text is about."""
    if seen.imposer:
        return
    if len(pair) == 2 and seen.rule != "measure.sanction":
        for told in (seen.target, seen.asker):
            if len(told) == 1 and told[0] in pair:
                seen.imposer = tuple(p for p in pair if p not in told)
                return
    own = marked.own_party or marked.home
    if seen.official and own is not None and own not in seen.target:
        # A ministry's own notice seldom says whose measure it is.
        seen.imposer = (own,)


def _inherit(groups: Sequence[_Group]) -> None:
    """Give the imposer and target that alone are told of a family to its measures without."""
    imposers = {one.imposer for group in groups for one in group.mentions if one.imposer}
    targets = {one.target for group in groups for one in group.mentions if one.target}
    if len(imposers) != 1:
        return
    for group in groups:
        whose = next(iter(imposers))
        if not group.imposers and group.goods and not group.targets & set(whose):
            group.mentions[0].imposer = next(iter(imposers))
            if len(targets) == 1 and not group.targets:
                group.mentions[0].target = next(iter(targets))


def _proposal(
    marked: Marked, group: Sequence[Seen], pair: Sequence[str], register: Register
) -> Proposal | None:
    imposer = next((one.imposer for one in group if one.imposer), ())
    if not imposer:
        return None
    target = next((one.target for one in group if one.target), ())
    notes: tuple[str, ...] = ()
    told = bool(target)
    if not target and len(pair) == 2 and len(imposer) == 1 and imposer[0] in pair:
        target = tuple(p for p in pair if p != imposer[0])
        notes = ("the target is taken from the two parties that the text is about",)
    text = marked.original
    named = [p for one in group for p in one.goods if not p.general]
    general = [p for one in group for p in one.goods if p.general]
    words = list(dict.fromkeys(text[p.start : p.end] for p in named))
    statuses = sorted({one.status for one in group}, key=_STRENGTH.index)
    slots: dict[str, Any] = {
        "imposer": _one(imposer),
        "target": _one(target) if target else _ALL,
        "product": "; ".join(words) if words else ("all goods" if general and told else None),
        "kind": group[0].kind,
        "status": statuses[0],
    }
    if len(statuses) > 1:
        slots["also"] = statuses[1]
    if slots["product"] is None:
        del slots["product"]
    codes = tuple(dict.fromkeys(code for p in named for code in p.codes))
    if not codes and len(words) == 1:
        codes = codes_of(words[0])
    if codes:
        slots["goods"] = list(codes)
    hedged = next((one.hedged for one in group if one.status == statuses[0] and one.hedged), None)
    first = min(group, key=lambda one: _STRENGTH.index(one.status))
    places = [first, *(one for one in group if one is not first)][:_SHOWN]
    return Proposal(
        MEASURE,
        slots,
        tuple(evidence(marked, one.first, one.last) for one in places),
        first.rule,
        hedged=hedged is not None,
        cue=hedged,
        matches=_matches(marked, register, imposer, target, group[0].kind, codes, statuses),
        notes=notes,
    )


_ENDED = frozenset({"lifted", "partly-lifted", "suspended"})
"""Statuses of a measure that may have ended by the day on which they are told."""


def _clear_pair(marked: Marked) -> tuple[str, ...]:
    """The two parties of a text that is about no third: each named far more often."""
    if len(marked.pair) != 2:
        return ()
    counts = Counter(party for mention in marked.mentions for party in mention.parties)
    third = max((n for party, n in counts.items() if party not in marked.pair), default=0)
    return tuple(marked.pair) if min(counts[p] for p in marked.pair) >= 2 * third else ()


def _one(parties: Sequence[str]) -> str | list[str]:
    return parties[0] if len(parties) == 1 else list(parties)


def _matches(
    marked: Marked, register: Register, imposer: Sequence[str], target: Sequence[str], kind: str,
    codes: Sequence[str], statuses: Sequence[str],
) -> tuple[str, ...]:  # fmt: skip
    """Measures on record of the same imposer, target and family of kind: those in force on the
    document's day, and those that had ended where a lifting is told. Those whose goods are most
    nearly the same come first, then the latest."""
    found: list[tuple[float, int, str]] = []
    day = marked.given.published
    for known in register.measures:
        if _family(known.kind) != _family(kind) or not set(imposer) & set(known.imposers):
            continue
        if target and known.targets and not {_ALL, *target} & {*known.targets}:
            continue
        if codes and known.goods and not _share(codes, known.goods):
            continue
        if day is not None and known.begins is not None and known.begins > day:
            continue
        if not (_in_force(known, marked) or set(statuses) & _ENDED):
            continue
        begun = known.begins.toordinal() if known.begins else 0
        found.append((-_alike(codes, known.goods), -begun, known.id))
    return tuple(ident for _, _, ident in sorted(found))


def _alike(codes: Sequence[str], known: Sequence[str]) -> float:
    """How much of both lists of goods is covered by the other: 1 for the same goods, 0 for none."""
    bare = {code.rpartition(":")[2] for code in codes}
    other = {code.rpartition(":")[2] for code in known if code.rpartition(":")[2].isdigit()}
    if not bare or not other:
        return 0.0
    covered = sum(any(a.startswith(b) or b.startswith(a) for b in other) for a in bare)
    covering = sum(any(a.startswith(b) or b.startswith(a) for b in bare) for a in other)
    return (covered + covering) / (len(bare) + len(other))


def _share(codes: Sequence[str], known: Sequence[str]) -> bool:
    bare = [code.rpartition(":")[2] for code in codes]
    other = [code.rpartition(":")[2] for code in known]
    return any(a.startswith(b) or b.startswith(a) for a in bare for b in other)


def _in_force(known: KnownMeasure, marked: Marked) -> bool:
    day = marked.given.published
    if day is None:
        return known.ends is None
    return (known.begins is None or known.begins <= day) and (
        known.ends is None or day <= known.ends
    )

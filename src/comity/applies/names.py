"""Names of entities and words of end uses, compared as people write them.

Neither comparison guesses: a name that could be meant, a list known in part, or words that neither
match nor clearly miss leave the answer undecided.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from comity.applies.rule import Entity
from comity.applies.steps import MAYBE, NO, YES
from comity.words.text import fold, tokens


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SUFFIXES = _set(
    "ab ag as bhd bv co company corp corporation gk gmbh group holding holdings inc incorporated "
    "kaisha kabushiki kg kk limited llc llp ltd lp nv oao ooo oy oyj plc pjsc pt pte pty sa sarl "
    "sas sdn se spa srl tbk yk zao"
)
_CJK_FORMS = re.compile(
    "株式会社|株式會社|有限会社|合同会社|股份有限公司|有限责任公司|有限責任公司|有限公司|公司|주식회사"
)
_CJK_SHORT = frozenset({"株", "有", "同", "주"})


def normal(name: str) -> str:
    """The words of a name, folded, without punctuation and without the legal form at its ends."""
    words: list[str] = []
    letters = ""
    for word in tokens(_CJK_FORMS.sub(" ", name)):
        plain = word.replace("'", "")
        if len(plain) == 1 and plain.isascii() and plain.isalpha():
            letters += plain  # K.K., J.A.X.A.
            continue
        if letters:
            words.append(letters)
            letters = ""
        if plain not in _CJK_SHORT:
            words.append(plain)
    if letters:
        words.append(letters)
    whole = words[:]
    while words and (words[-1] in _SUFFIXES or words[-1] == "and"):
        words.pop()
    while words and (words[0] in ("the", "kk") or words[:2] == ["kabushiki", "kaisha"]):
        words = words[2:] if words[0] == "kabushiki" else words[1:]
    return " ".join(words or whole)


class NameList:
    """The entities that a list names, ready for comparison."""

    __slots__ = ("_count", "_exact", "_only_ascii", "_only_other", "_padded", "_units", "complete")

    def __init__(
        self, entities: Sequence[Entity], complete: bool = True, count: int | None = None
    ) -> None:
        self.complete = complete and (count is None or count <= len(entities))
        self._count = count
        self._exact: dict[str, Entity] = {}
        self._units: list[tuple[str, Entity]] = []
        self._padded: list[tuple[str, Entity]] = []
        self._only_ascii = self._only_other = False
        # Entities named whole go first: where a name is on both, the list says it outright.
        for entity in sorted(entities, key=lambda one: one.units):
            forms = {normal(name) for name in (entity.name, *entity.names)} - {""}
            for form in sorted(forms):
                self._exact.setdefault(form, entity)
                self._padded.append((f" {form} ", entity))
                if entity.units:
                    self._units.append((form, entity))
            scripts = {form.isascii() for form in forms}
            self._only_ascii |= scripts == {True}
            self._only_other |= scripts == {False}

    def match(self, given: str) -> tuple[int, str]:
        """Truth and reason for a consignee, given in its `normal` form."""
        entity = self._exact.get(given)
        if entity is not None:
            if entity.units:
                return MAYBE, _units(entity)
            return YES, f"the list names {entity.name}"
        padded = f" {given} "
        for form, one in self._units:
            if f" {form} " in padded or (not form.isascii() and form in given):
                return MAYBE, _units(one)
        if not self.complete:
            known = len({id(one) for _, one in self._padded})
            of = "all" if self._count is None else str(self._count)
            return (
                MAYBE,
                f"not among the names on record, but the list is incomplete: {known} of {of}",
            )
        if given:
            for form, one in self._padded:
                if padded in form:
                    return MAYBE, f"the name given may be short for {one.name}"
        if self._only_ascii if not given.isascii() else self._only_other:
            return MAYBE, "the name given and names of the list are written in different scripts"
        if not given:
            return MAYBE, "the consignee is not given"
        return NO, "not among the names of the list, which is on record in full"

    def exact(self, given: str) -> bool:
        """Does the list name it outright?"""
        return self.match(given)[0] == YES


def _units(entity: Entity) -> str:
    return f"the list names units of {entity.name} without saying which"


_COMMON = _set(
    "a an and any application are as at be by end for from good in intended into is it item its "
    "of on or other others product purpose shall should that the their them they these this those "
    "to use used user using which will with"
)
_UNSAID = _set("unknown undeclared undetermined unspecified unstated undecided tbd tbc na")
_NEGATORS = _set("cannot except excluded excluding excludes neither never no none nor not without")
_SOFT = re.compile(r"\b(?:not|never)\s+(?:only|just|solely|merely|exclusively|purely|simply)\b")
_CLAUSES = re.compile(r"[,;:.()/\[\]]+|\bbut\b|\bhowever\b")
_KIN = {
    "military": _set(
        "airforce ammunition armament armed armored armoured army artillery battlefield bomb "
        "combat defence defense drone explosive force militaries missile munition naval navy "
        "ordnance soldier submarine troop warfare warhead warship weapon weaponry"
    ),
}
"""Words near enough to a word of a list that a declaration with them does not clear it."""


def _stem(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _words(text: str) -> frozenset[str]:
    found = {_stem(word.replace("'", "")) for word in tokens(text)}
    return frozenset(found - _COMMON)


class UseList:
    """The end uses that a measure is aimed at, ready for comparison."""

    __slots__ = ("_ascii", "_vocabulary", "uses")

    def __init__(self, uses: Sequence[str]) -> None:
        self.uses = [(use, _words(use)) for use in uses]
        self._vocabulary = frozenset(w for _, words in self.uses for w in words)
        self._ascii = all(word.isascii() for word in self._vocabulary)

    def match(self, given: str) -> tuple[int, str]:
        """Truth and reason for an end use as declared."""
        said, denied, hedged = self._read(given)
        if not said and not denied:
            return MAYBE, "the end use declared says nothing of the use"
        best, reason = NO, "the end use as declared is none of those aimed at"
        for use, words in self.uses:
            shared = words & said
            if not shared:
                continue
            if words <= said or said <= words:
                best, reason = YES, f"the end use as declared is {use!r}"
                break
            best, reason = MAYBE, f"the end use as declared shares words with {use!r}"
        if best == YES and hedged:
            return MAYBE, f"{reason}, but says so in words that also deny"
        if best == NO:
            for word in sorted(self._vocabulary):
                near = _KIN.get(word, frozenset()) & said
                inside = [one for one in said if len(word) > 4 and word in one]
                if near or inside:
                    close = min(near or inside)
                    return MAYBE, f"the end use as declared says {close!r}, which is near {word!r}"
            if self._ascii and not all(word.isascii() for word in said):
                return MAYBE, "the end use is declared in another script than that of the list"
            if denied & self._vocabulary:
                return NO, "the end use as declared denies those aimed at"
        return best, reason

    def _read(self, given: str) -> tuple[frozenset[str], frozenset[str], bool]:
        """Words said, words denied, and whether the sentence denies anything at all."""
        text, hedges = _SOFT.subn(" ", fold(given))
        text = re.sub(r"\bn/a\b", "na", text)
        text = re.sub(r"\bother than\b", "not", text)
        said: set[str] = set()
        denied: set[str] = set()
        hedged = hedges > 0
        for clause in _CLAUSES.split(text):
            negations = 0
            next_denied = False
            for raw in tokens(clause):
                word = raw.replace("'", "")
                if word in _NEGATORS or raw.endswith("n't"):
                    negations += 1
                    hedged = True
                    continue
                if word == "non":
                    next_denied = True
                    continue
                stem = _stem(word)
                if stem.startswith("non") and stem[3:] in self._vocabulary:
                    stem, next_denied = stem[3:], True
                if stem in _COMMON or stem in _UNSAID:
                    continue
                turned = negations + next_denied
                next_denied = False
                if turned > 1:  # "not non-military": said in a way that needs a person to read
                    said.add(stem)
                    hedged = True
                else:
                    (denied if turned else said).add(stem)
        return frozenset(said), frozenset(denied), hedged

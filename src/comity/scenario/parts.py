"""Which sectors a change bears on, and on what share of their flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comity.scenario.contents import ByLabel
from comity.scenario.goods import held
from comity.trade.baseline import Baseline
from comity.words.errors import ComityError, InputError, NotFound
from comity.words.goods import GoodsCode


@dataclass(frozen=True)
class Part:
    """Sectors by position, in the baseline's order, with the same coverage."""

    sectors: tuple[int, ...]
    coverage: float


@dataclass(frozen=True)
class Parts:
    """The parts of one change, and what its reader has to know of how they were found."""

    parts: tuple[Part, ...]
    remarks: tuple[tuple[str, str], ...] = ()

    @property
    def sectors(self) -> tuple[int, ...]:
        return tuple(sorted(s for part in self.parts for s in part.sectors))


class PartError(InputError):
    """An `InputError` that knows which key of the file it is about."""

    def __init__(self, error: ComityError, key: str) -> None:
        super().__init__(error.what, where=error.where, mend=error.mend)
        self.key = key


def _fail(key: str, what: str, mend: str) -> PartError:
    return PartError(InputError(what, mend=mend), key)


def parts_of(
    baseline: Baseline,
    *,
    sectors: Sequence[str] | None,
    goods: Sequence[GoodsCode] | None,
    goods_except: Sequence[GoodsCode] = (),
    coverage: ByLabel | None,
    of_measure: bool = False,
) -> Parts:
    """Sectors named, else those that hold the goods, else those that the coverage names, else all.

    Without `coverage` all of the sectors is meant, which is refused where the goods are only part
    of one. Raises `PartError`.
    """
    names = baseline.names
    by_sector = None if coverage is None or isinstance(coverage, float) else dict(coverage)
    shares: dict[int, float] = {}
    for label, value in (by_sector or {}).items():
        position = _sector(baseline, label, f"coverage.{label}")
        if position in shares:
            raise _fail(
                f"coverage.{label}",
                f"coverage names the sector {names.sectors[position]} twice",
                "give one figure for it",
            )
        shares[position] = value
    remarks: list[tuple[str, str]] = []
    partly: tuple[int, ...] = ()
    if sectors is not None:
        chosen = [_sector(baseline, label, f"sectors.{n}") for n, label in enumerate(sectors)]
        if len(set(chosen)) < len(chosen):
            raise _fail("sectors", "a sector is named twice", "name it once")
        found = tuple(sorted(chosen))
    elif goods is not None and (baseline.goods or by_sector is None):
        try:
            holding = held(baseline, goods, goods_except)
        except InputError as error:
            raise PartError(error, "sectors" if of_measure else "goods") from None
        if not holding.sectors:
            listed = ", ".join(map(str, holding.missing[:6]))
            raise _fail(
                "goods",
                f"no sector of the baseline holds {listed or 'these goods'}",
                "name sectors, or other goods",
            )
        found, partly = holding.sectors, holding.partly
        remarks += _remarks(baseline, holding.undecided, holding.missing)
    else:
        found = tuple(sorted(shares)) if shares else tuple(range(len(names.sectors)))
    if by_sector is None:
        if coverage is None and partly:
            label = names.sectors[partly[0]]
            raise _fail(
                "goods",
                f"the goods are only part of the sector {label}",
                f"add coverage: the share of {label} that they are, 0.4 for instance",
            )
        value = coverage if isinstance(coverage, float) else 1.0
        if coverage is not None and sectors is None and len(found) > 1 and goods is not None:
            held_by = ", ".join(names.sectors[s] for s in found)
            remarks.append(
                (
                    "one-coverage",
                    f"one coverage, {value:g}, is taken for each of the sectors {held_by}",
                )
            )
        return Parts((Part(found, value),), tuple(remarks))
    lacking = [names.sectors[s] for s in found if s not in shares]
    if lacking:
        raise _fail(
            "coverage",
            f"coverage does not name the sector {lacking[0]}",
            f"add {lacking[0]}: 0.4, or 0 where nothing of it is meant",
        )
    beyond = [names.sectors[s] for s in shares if s not in found]
    if beyond:
        raise _fail(
            f"coverage.{beyond[0]}",
            f"coverage names the sector {beyond[0]}, which is not among those meant",
            "leave it out, or name it under sectors",
        )
    grouped: dict[float, list[int]] = {}
    for position in found:
        grouped.setdefault(shares[position], []).append(position)
    made = [Part(tuple(group), value) for value, group in grouped.items()]
    return Parts(tuple(sorted(made, key=lambda part: part.sectors)), tuple(remarks))


def _sector(baseline: Baseline, label: str, key: str) -> int:
    try:
        return baseline.names.sector(label)
    except NotFound as error:
        raise PartError(error, key) from None


def _remarks(
    baseline: Baseline, undecided: Sequence[int], missing: Sequence[GoodsCode]
) -> list[tuple[str, str]]:
    found = []
    if undecided:
        labels = ", ".join(baseline.names.sectors[s] for s in undecided)
        found.append(
            (
                "edition",
                f"goods and sector ({labels}) are given in different editions of the Harmonized "
                "System and were compared by chapter",
            )
        )
    if missing:
        codes = ", ".join(map(str, missing))
        found.append(("goods-missing", f"no sector of the baseline holds {codes}: left out"))
    return found

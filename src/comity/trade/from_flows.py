"""A world from a table of trade flows and GDP: one sector, with or without inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.trade.baseline import Baseline, Note
from comity.trade.blocks import expected_flows, smallest_cover
from comity.trade.flow_table import Flows, Pair, read_flows, read_gdp
from comity.trade.names import code_of
from comity.trade.one_sector import one_sector
from comity.words import economies as words_economies
from comity.words.errors import InputError, Place, ValidationError

Array = NDArray[np.float64]

GAPS = ("keep", "drop", "fill")
LARGE_DEFICIT = 0.3
"""A goods deficit above this part of GDP: the table misses a part of that economy's trade."""
UNLIKELY = (0.02, 1.5)
"""World trade over world GDP outside these bounds: the two tables are in different units."""


def from_flows(
    trade: Any,
    gdp: Any = None,
    theta: float = 4.0,
    gamma: float = 1.0,
    *,
    tariff: Any = None,
    gaps: str | Mapping[Pair, float] = "keep",
    missing: Iterable[Pair] = (),
    economies: Sequence[str] | None = None,
    name: str = "from-flows",
    sector: str = "Goods",
    unit: str | None = None,
    year: int | None = None,
    source: str = "",
    licence: str = "",
    goods: Mapping[str, tuple[str, ...]] | None = None,
    notes: Sequence[Note] = (),
) -> Baseline:
    """A one-sector baseline from flows between economies and their GDP.

    Domestic sales are X_nn = max(GDP_n/γ − exports_n, 0); output Y = exports + X_nn; spending
    E = imports + X_nn; a share 1 − γ of output is spent as inputs, so value added is γ Y; deficits
    are D = imports − exports, which the model keeps as a fixed share of world output. Flows and GDP
    are in the same unit and net of tariffs.

    Parameters
    ----------
    trade : a CSV file with columns exporter, importer, value (``value_usd_million``) and perhaps
        note; a mapping ``{(exporter, importer): value}``; or an array (N, N) ``[exporter,
        importer]`` with `economies`. A cell without a value whose note begins with "gap" (in a
        mapping or array: `None` or NaN) is a gap: not known, as against zero.
    gdp : a mapping economy → GDP, or a CSV file with columns economy and gdp. Left out where
        `trade` holds every economy's domestic sales.
    theta : trade elasticity, above 0. gamma : value added over output, in (0, 1].
    tariff : one rate for all foreign trade, a mapping ``{(importer, exporter): rate}`` (as in
        `Shock`), or an array (N, N) ``[importer, exporter]``; fractions.
    gaps : what to do with gaps.
        ``"keep"``: there is no flow in the baseline, and none after any change; the pairs are in
        `Baseline.gaps`. ``"drop"``: the fewest economies that touch every gap are left out, of
        several such sets the one with least GDP; their flows with others go too. ``"fill"``: by
        what exporter and importer trade with others (`comity.trade.blocks.expected_flows`; distance
        is left out). A mapping ``{(exporter, importer): value}`` fills those and keeps the others.
    missing : further pairs (exporter, importer) that are gaps although the table is silent.
    economies : names of the rows of an array; else the economies and their order, all by default.

    The notes of the baseline say where X_nn is floored (``floored-domestic``), where the deficit or
    surplus exceeds 0.3 of GDP (``large-deficit``), and what was done with gaps. Raises `FileError`,
    `ValidationError`, `InputError`, naming economies.
    """
    if isinstance(gaps, str) and gaps not in GAPS:
        raise InputError(
            f"gaps is {gaps!r}", mend=f"write {', '.join(GAPS)}, or give a mapping of values"
        )
    flows = read_flows(trade, economies)
    for pair in missing:
        coded = (code_of(pair[0]), code_of(pair[1]))
        if coded in flows.values:
            raise InputError(f"the flow from {pair[0]} to {pair[1]} is no gap: it has a value")
        if coded not in flows.gaps:
            flows.gaps.append(coded)
    known, gdp_unit = ({}, None) if gdp is None else read_gdp(gdp)
    if flows.unit and gdp_unit and flows.unit != gdp_unit:
        raise ValidationError(
            f"flows are in {flows.unit}, GDP in {gdp_unit}",
            where=Place(field="gdp"),
            mend="bring both to one unit",
        )
    codes = _codes(flows, known, economies)
    table = _matrix(flows, codes, None if gdp is None else known)
    made = _gaps(table, gaps)
    domestic = _domestic(made, gamma)
    return one_sector(
        name,
        economies=made.codes,
        economy_names=[_title(code) for code in made.codes],
        flow=made.flow.T,
        theta=float(theta),
        gamma=float(gamma),
        tariff=_rates(tariff, made.codes),
        sector=sector,
        unit=unit or flows.unit or gdp_unit or "USD million",
        year=year,
        source=source,
        licence=licence,
        goods={} if goods is None else goods,
        gaps=tuple((importer, exporter) for exporter, importer in made.left),
        notes=(*notes, *made.notes, *domestic, *_remarks(flows, made.codes)),
    )


@dataclass
class _Table:
    """Flows [exporter, importer] without gaps' values (0 there), GDP, and what is still a gap."""

    codes: list[str]
    flow: Array
    gdp: Array | None
    left: list[Pair]
    notes: list[Note]


def _title(code: str) -> str:
    try:
        return words_economies.label(code)
    except InputError:
        return code


def _codes(flows: Flows, gdp: Mapping[str, float], order: Sequence[str] | None) -> list[str]:
    """The economies in order. Raises `ValidationError` where flows and GDP name different ones."""
    named = {code for pair in (*flows.values, *flows.gaps) for code in pair}
    codes = [code_of(one) for one in order] if order is not None else list(gdp or sorted(named))
    if order is not None:
        for pair in [p for p in flows.values if not set(p) <= set(codes)]:
            del flows.values[pair]
        flows.gaps = [p for p in flows.gaps if set(p) <= set(codes)]
        named &= set(codes)
    for lacking, what, mend in (
        (sorted(named - set(codes)), "no GDP", "add their GDP, or leave them out (economies=…)"),
        (
            [c for c in codes if c not in named],
            "no flow",
            "leave them out (economies=…): without trade nothing can reach them",
        ),
        (
            [c for c in codes if gdp and c not in gdp],
            "no GDP",
            "add their GDP, or leave them out (economies=…)",
        ),
    ):
        if lacking:
            shown = ", ".join(lacking[:12]) + (", …" if len(lacking) > 12 else "")
            raise ValidationError(f"{what} for {shown}", where=Place(field="gdp"), mend=mend)
    return codes


def _matrix(flows: Flows, codes: list[str], gdp: Mapping[str, float] | None) -> _Table:
    index = {code: k for k, code in enumerate(codes)}
    flow = np.zeros((len(codes), len(codes)))
    for (exporter, importer), value in flows.values.items():
        flow[index[exporter], index[importer]] = value
    own = np.diag(flow)
    if gdp is None:
        without = [codes[int(k)] for k in np.flatnonzero(own <= 0.0)]
        if without:
            raise InputError(
                f"domestic sales are not given for {', '.join(without[:12])}",
                mend="give GDP, from which they follow, or put them into the table of flows",
            )
    elif own.any():
        who = ", ".join(codes[int(k)] for k in np.flatnonzero(own)[:12])
        raise InputError(
            f"domestic sales and GDP are both given for {who}",
            mend="leave out one of the two: domestic sales follow from GDP",
        )
    values = None if gdp is None else np.array([gdp[code] for code in codes])
    made = _Table(codes, flow, values, list(flows.gaps), [])
    if values is not None:
        ratio = flow.sum() / values.sum()
        if not UNLIKELY[0] <= ratio <= UNLIKELY[1]:
            made.notes.append(
                Note("units", f"world trade is {ratio:.3g} of world GDP: are both in one unit?")
            )
    n = len(codes)
    absent = n * (n - 1) - sum(a != b for a, b in (*flows.values, *flows.gaps))
    if absent > 0:
        made.notes.append(
            Note(
                "absent-flows",
                f"{absent} of {n * (n - 1)} flows are not in the table and were taken as zero",
                count=absent,
            )
        )
    return made


def _gaps(table: _Table, how: str | Mapping[Pair, float]) -> _Table:
    """The table with its gaps kept, dropped or filled, and a note that says so."""
    if not table.left:
        if not isinstance(how, str) and how:
            raise InputError("values are given for gaps, but the table has none")
        return table
    index = {code: k for k, code in enumerate(table.codes)}
    if how == "drop":
        return _drop(table, index)
    if how == "fill":
        known = np.ones(table.flow.shape, dtype=bool)
        for exporter, importer in table.left:
            known[index[exporter], index[importer]] = False
        expected = expected_flows(table.flow, known)
        values = {(a, b): float(expected[index[a], index[b]]) for a, b in table.left}
        say = "filled with what exporter and importer trade with others, distance left out"
    elif isinstance(how, str):
        values, say = {}, ""
    else:
        values = {(code_of(a), code_of(b)): float(v) for (a, b), v in how.items()}
        say = "filled with the values given"
        for a, b in values:
            if (a, b) not in table.left:
                raise InputError(f"the flow from {a} to {b} is not a gap")
            if not (np.isfinite(values[a, b]) and values[a, b] >= 0.0):
                raise InputError(f"the value for the gap from {a} to {b} is {values[a, b]:g}")
    for (a, b), value in values.items():
        table.flow[index[a], index[b]] = value
    table.left = [pair for pair in table.left if pair not in values]
    if values:
        shown = "; ".join(f"{a} to {b} {v:,.0f}" for (a, b), v in list(values.items())[:12])
        more = f"; {len(values) - 12} more" if len(values) > 12 else ""
        table.notes.append(
            Note("filled", f"gaps {say}: {shown}{more}", _who(values), count=len(values))
        )
    if table.left:
        shown = ", ".join(f"{a} to {b}" for a, b in table.left[:12])
        more = f" and {len(table.left) - 12} more" if len(table.left) > 12 else ""
        table.notes.append(
            Note(
                "gap",
                f"flows that are not known, and have no flow in the baseline: {shown}{more}; no "
                "change can move them, and domestic sales are overstated by them",
                _who(table.left),
                count=len(table.left),
            )
        )
    return table


def _who(pairs: Iterable[Pair]) -> tuple[str, ...]:
    return tuple(sorted({code for pair in pairs for code in pair}))


def _drop(table: _Table, index: Mapping[str, int]) -> _Table:
    weight = table.flow.sum(axis=1) if table.gdp is None else table.gdp
    gone = smallest_cover([(index[a], index[b]) for a, b in table.left], weight)
    stay = [k for k in range(len(table.codes)) if k not in gone]
    if len(stay) < 2:
        raise InputError("dropping the economies with gaps leaves no trade", mend="gaps='fill'")
    names = tuple(table.codes[k] for k in gone)
    lost = table.flow.sum() - table.flow[np.ix_(stay, stay)].sum()
    note = Note(
        "dropped",
        f"{', '.join(names)} left out, the fewest economies that touch all {len(table.left)} gaps "
        "(of such sets the one with least GDP); with them go "
        f"{100 * lost / table.flow.sum():.1f} % of trade",
        names,
        count=len(table.left),
    )
    return _Table(
        [table.codes[k] for k in stay],
        table.flow[np.ix_(stay, stay)],
        None if table.gdp is None else table.gdp[stay],
        [],
        [*table.notes, note],
    )


def _domestic(table: _Table, gamma: float) -> list[Note]:
    """Put domestic sales on the diagonal; notes on economies whose trade does not fit their GDP."""
    if table.gdp is None:
        return []
    if not 0.0 < gamma <= 1.0:
        raise InputError(f"gamma is {gamma:g}", mend="give a number above 0 and not above 1")
    exports, imports = table.flow.sum(axis=1), table.flow.sum(axis=0)
    home = table.gdp / gamma - exports
    np.fill_diagonal(table.flow, np.maximum(home, 0.0))
    notes = []
    floored = np.flatnonzero(home < 0.0)
    if len(floored):
        shown = ", ".join(
            f"{table.codes[k]} ({exports[k]:,.0f} against {table.gdp[k] / gamma:,.0f})"
            for k in floored
        )
        notes.append(
            Note(
                "floored-domestic",
                f"exports exceed GDP/γ, so domestic sales were set to 0: {shown}; effects there "
                "are artefacts, and autarky has no finite price",
                tuple(table.codes[k] for k in floored),
                count=len(floored),
            )
        )
    ratio = (imports - exports) / table.gdp
    far = [int(k) for k in np.argsort(-np.abs(ratio)) if np.abs(ratio[k]) > LARGE_DEFICIT]
    if far:
        shown = ", ".join(
            f"{table.codes[k]} ({'deficit' if ratio[k] > 0.0 else 'surplus'} of "
            f"{100 * abs(ratio[k]):.0f} %)"
            for k in far
        )
        notes.append(
            Note(
                "large-deficit",
                f"goods trade out of balance by more than {100 * LARGE_DEFICIT:.0f} % of GDP: "
                f"{shown}; a part of that trade is missing, or other income pays for it",
                tuple(table.codes[k] for k in far),
                count=len(far),
            )
        )
    return notes


def _remarks(flows: Flows, codes: list[str]) -> list[Note]:
    """What the table says of single flows, one note for each wording."""
    by_text: dict[str, list[Pair]] = {}
    for pair, text in flows.remarks:
        if set(pair) <= set(codes):
            by_text.setdefault(text, []).append(pair)
    return [
        Note(
            "remark",
            f"{', '.join(f'{a} to {b}' for a, b in pairs)}: {text}",
            _who(pairs),
            count=len(pairs),
        )
        for text, pairs in by_text.items()
    ]


def _rates(tariff: Any, codes: list[str]) -> Array | None:
    """Tariffs [importer, exporter]."""
    n = len(codes)
    if tariff is None:
        return None
    if isinstance(tariff, Mapping):
        rates = np.zeros((n, n))
        index = {code: k for k, code in enumerate(codes)}
        for (importer, exporter), rate in tariff.items():
            a, b = code_of(str(importer)), code_of(str(exporter))
            for code in (a, b):
                if code not in index:
                    raise InputError(f"a tariff for {code}, which is not in the table of flows")
            rates[index[a], index[b]] = float(rate)
        return rates
    rates = np.array(tariff, dtype=np.float64)
    if rates.ndim == 0:
        rates = np.full((n, n), float(rates))
        np.fill_diagonal(rates, 0.0)
    if rates.shape != (n, n):
        raise ValidationError(
            f"tariffs have the shape {rates.shape}, not {(n, n)}",
            where=Place(field="tariff"),
            mend="the axes are importer, exporter",
        )
    return rates

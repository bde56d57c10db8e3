"""A world from a table of trade flows and GDP: one sector, with or without inputs."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from comity.trade.baseline import Baseline, Note
from comity.trade.flow_gaps import Table, named, with_gaps
from comity.trade.flow_table import Flows, Pair, read_flows, read_gdp
from comity.trade.names import code_of
from comity.trade.numbers import numbers, one_number
from comity.trade.one_sector import one_sector
from comity.trade.validate import check_rates
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
        mapping `None`, in an array NaN) is a gap: not known, as against zero.
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
    surplus exceeds 0.3 of GDP (``large-deficit``), and what was done with gaps. They are notes and
    no Python warnings: they are kept with the baseline, and `check` and every report show them.
    Raises `FileError`, `ValidationError`, `InputError`, naming economies.
    """
    theta = one_number(theta, "theta", "give one number above 0; 4 is common")
    gamma = one_number(gamma, "gamma", "give one number above 0 and not above 1")
    if isinstance(economies, str):
        raise InputError("economies is one text", mend="give a list of names")
    if isinstance(gaps, str) and gaps not in GAPS:
        raise InputError(
            f"gaps is {gaps!r}", mend=f"write {', '.join(GAPS)}, or give a mapping of values"
        )
    flows = read_flows(trade, economies)
    for pair in missing:
        listed: object = pair
        if not isinstance(listed, tuple | list) or len(listed) != 2:
            raise InputError(
                f"the gap {pair!r} is not a pair (exporter, importer)",
                mend="write [('CHN', 'JPN'), ...]",
            )
        coded = (code_of(pair[0]), code_of(pair[1]))
        if coded in flows.values:
            raise InputError(
                f"the flow from {pair[0]} to {pair[1]} is no gap: it has a value",
                mend="leave it out of missing, or leave its value out of the table",
            )
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
    made = with_gaps(table, gaps)
    domestic = _domestic(made, gamma)
    return one_sector(
        name,
        economies=made.codes,
        economy_names=[_title(code) for code in made.codes],
        flow=made.flow.T,
        theta=theta,
        gamma=gamma,
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
            _refuse_codes(lacking, what, mend, flows, codes)
    return codes


def _refuse_codes(
    lacking: Sequence[str], what: str, mend: str, flows: Flows, codes: Sequence[str]
) -> NoReturn:
    """Economies that flows and GDP do not share: each where the table names it, with the nearest
    name that was meant perhaps."""
    known = {name: code for code in codes for name in (code, _title(code))}
    problems = []
    for code in lacking[:12]:
        written, where = flows.first.get(code, (code, None))
        near = difflib.get_close_matches(written, list(known), n=1, cutoff=0.6)
        hint = f"did you mean {near[0]} ({known[near[0]]})? Else " if near else ""
        if code in codes:  # GDP names it, flows do not: nothing else can be meant
            hint, where = "", None
        place = Place(field="gdp") if where is None else where
        problems.append(ValidationError(f"{what} for {written}", where=place, mend=hint + mend))
    if len(problems) == 1 and len(lacking) == 1:
        raise problems[0]
    shown = ", ".join(lacking[:12]) + (", …" if len(lacking) > 12 else "")
    raise ValidationError(
        f"{what} for {shown}", where=problems[0].where, mend=problems[0].mend, problems=problems
    )


def _matrix(flows: Flows, codes: list[str], gdp: Mapping[str, float] | None) -> Table:
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
    made = Table(codes, flow, values, list(flows.gaps), [])
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


def _domestic(table: Table, gamma: float) -> list[Note]:
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
            named(pairs),
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
                    raise InputError(
                        f"a tariff for {code}, which is not in the table of flows",
                        mend=f"the table has {', '.join(codes[:12])}",
                    )
            says = f"the tariff of {importer} on {exporter}"
            mend = "tariffs are fractions: 0.25 is 25 %"
            rates[index[a], index[b]] = one_number(rate, "tariff", mend, says)
        check_rates(rates, codes)
        return rates
    rates = numbers(tariff, "tariff", "tariffs are fractions: 0.25 is 25 %")
    if rates.ndim == 0:
        rates = np.full((n, n), float(rates))
        np.fill_diagonal(rates, 0.0)
    if rates.shape != (n, n):
        raise ValidationError(
            f"tariffs have the shape {rates.shape}, not {(n, n)}",
            where=Place(field="tariff"),
            mend="the axes are importer, exporter",
        )
    check_rates(rates, codes)
    return rates

"""Fetching from the UN Comtrade API with the user's own key, through `comtradeapicall`.

That library prints what went wrong and returns nothing; here it is an error. The API cuts an
answer off at its cap of rows without saying so: an answer that reaches the cap is an error, too.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from comity.trade.flows import comtrade
from comity.trade.flows.landing import Store
from comity.trade.flows.manifest import Imported, SourceFile, import_id
from comity.words import economies as places
from comity.words.errors import FileError, InputError, MissingDependency, Place

CAP = 100_000
"""Rows of one answer with a free key; 250,000 with a paid one (as of 2026: see the UN's page)."""
KEY = "COMTRADE_KEY"
Call = Callable[..., Any]


def fetch(
    store: Store,
    reporter: str,
    goods: str,
    years: Sequence[int],
    *,
    partner: str | None = None,
    direction: str = "both",
    key: str | None = None,
    cap: int = CAP,
    economies: Mapping[str, str] | None = None,
    replace: bool = False,
    call: Call | None = None,
) -> Imported:
    """Fetches and imports. See `TradeData.fetch_comtrade`."""
    sides = {"exports": ("X",), "imports": ("M",), "both": ("X", "M")}.get(direction)
    if sides is None:
        raise InputError(
            f"{direction!r} is no direction",
            where=Place(field="direction"),
            mend="exports, imports or both",
        )
    codes = [code.strip() for code in goods.split(",")]
    if not all(code.isdigit() and len(code) in (2, 4, 6) for code in codes):
        raise InputError(
            f"{goods!r} are not codes as Comtrade takes them",
            where=Place(field="goods"),
            mend="write digits without an edition: 0307, or 030721,030722; the answer names the "
            "edition",
        )
    goods = ",".join(codes)
    if cap < 1:
        raise InputError(
            f"the cap is {cap} rows",
            where=Place(field="cap"),
            mend=f"a free key gives {CAP:,} rows in one answer",
        )
    if not years:
        raise InputError("no year is named", where=Place(field="years"), mend="write 2022")
    if "TWN" in (reporter, partner):
        # Comtrade's 490, "Other Asia, nes", is what it has of TWN; asked for it, it is meant.
        economies = {"490": "TWN", **(economies or {})}
    secret = key or os.environ.get(KEY)
    if not secret:
        raise InputError(
            "the UN Comtrade API needs a key of your own",
            mend=f"get one at comtradedeveloper.un.org and set {KEY}",
        )
    ask = call or _library()
    tables = []
    seal = hashlib.sha256()
    size = 0
    for year in years:
        for side in sides:
            name = f"comtrade-api:{reporter}-{side}-{year}-{goods}"
            rows = _answer(ask, secret, reporter, partner, goods, year, side, cap, name)
            text = json.dumps(rows, sort_keys=True, default=str).encode()
            seal.update(text)
            size += len(text)
            tables.append((name, rows))
    span = f"{min(years)}-{max(years)}"
    file = SourceFile(f"comtrade-api:{reporter}-{span}-{goods}", seal.hexdigest(), size)
    one_id = import_id(comtrade.LOADER, [file], [comtrade.VERSION, economies or {}])
    there = store.get(one_id)
    if there is not None:
        return there
    scope = goods if partner is None else f"{goods} {partner}"
    return comtrade.land(store, one_id, (file,), tables, economies, replace, scope)


def _library() -> Call:
    try:
        found: Call = importlib.import_module("comtradeapicall").getFinalData
    except ImportError as error:
        raise MissingDependency(
            "fetching from UN Comtrade needs comtradeapicall",
            mend="install it with: pip install 'comity[comtrade]'",
        ) from error
    return found


def _answer(
    ask: Call,
    key: str,
    reporter: str,
    partner: str | None,
    goods: str,
    year: int,
    side: str,
    cap: int,
    name: str,
) -> list[dict[str, Any]]:
    place = Place(file=name)
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            answer = ask(
                key,
                typeCode="C",
                freqCode="A",
                clCode="HS",
                period=str(year),
                reporterCode=number_of(reporter),
                cmdCode=goods,
                flowCode=side,
                partnerCode=None if partner is None else number_of(partner),
                partner2Code="0",
                customsCode="C00",
                motCode="0",
                maxRecords=cap,
                format_output="JSON",
                includeDesc=True,
            )
    # Whatever the library or the network raises: the key must not be in what is shown.
    except Exception as error:
        raise FileError(
            f"the UN Comtrade API could not be asked: {type(error).__name__}: "
            f"{str(error).replace(key, '…')}",
            where=place,
            mend="see to the network and try again; nothing was imported",
        ) from None
    if answer is None:
        why = said.getvalue().strip().replace(key, "…") or "it gave no reason"
        raise FileError(
            f"the UN Comtrade API refused: {why[:300]}",
            where=place,
            mend="see to the key, to its quota and to what was asked",
        )
    rows = answer if isinstance(answer, list) else answer.to_dict("records")
    if not rows:
        raise FileError(
            "the answer is empty",
            where=place,
            mend="this reporter may not have published that year: an empty answer is no zero",
        )
    if len(rows) >= cap:
        raise FileError(
            f"the answer has {len(rows):,} rows, the most the API gives: it is cut off",
            where=place,
            mend="ask for fewer goods at a time (by chapter), or say the cap of your key",
        )
    return rows


def number_of(code: str) -> str:
    """Comtrade's number of an economy; its own where it differs from ISO's (USA 842, FRA 251)."""
    one = places.economy(code)
    own = {"USA": "842", "FRA": "251", "CHE": "757", "NOR": "579", "IND": "699", "ITA": "381"}
    if code in own:
        return own[code]
    if code == "TWN":
        return "490"
    if not one.numeric.isdigit():
        raise InputError(f"Comtrade has no number of {code}", mend="ask for another economy")
    return str(int(one.numeric))

"""Random entries of many kinds, as a person could have written them (hypothesis)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from comity.words.text import check_characters
from comity.words.vocabulary import terms

_REFUSED = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F)]))
_REFUSED += "".join(map(chr, range(0x2066, 0x206A)))
AWKWARD = [
    "no", "null", "~", "0307", "1e3", "2023-08-24", "<<", "=", "- a", "a: b", "a #b", "@x", "*x",
    "&x", "!x", "%x", "`x", '"', "'", "{a: b}", "[a]", "|", ">", "?", "a\nb", "a\r\nb", "a\n\n  b",
    "a\tb", "a\u2028b", "\ufeffa", "𠮷", "😀", "e\u0301", "岸田文雄", "处理水", "a" * 300,
    "true", "---", "...",
]  # fmt: skip


def _plain(text: str) -> bool:
    return bool(text.strip()) and text == text.strip() and check_characters(text) == text


texts = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters=_REFUSED), min_size=1
    ).filter(_plain),
    st.text("ab :#-'\"\n\\,&*?|>%@`[]{}!", min_size=1).filter(_plain),
)
labels = st.one_of(
    texts, st.dictionaries(st.sampled_from(["en", "ja", "zh", "zh-Hant", "fr"]), texts, min_size=1)
)
dates = st.dates(dt.date(2010, 1, 1), dt.date(2026, 11, 1)).map(str)
days = st.one_of(
    dates,
    dates.map(lambda day: day[:7]),
    dates.map(lambda day: day[:4]),
    dates.map(lambda day: f"..{day}"),
    dates.map(lambda day: f"{day}.."),
    st.tuples(dates, dates).map(lambda pair: "..".join(sorted(pair))),
    st.just("unknown"),
)
numbers = st.one_of(
    st.integers(-(10**12), 10**12).map(str), st.decimals(-1000, 1000, places=3).map(str)
)
hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
economies = st.sampled_from(["CHN", "JPN", "HKG", "EUN", "XKX", "TWN"])
areas = st.sampled_from(["JP-04", "JP-07", "JP-01", "@areas"])


def lists(items: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(items, min_size=1, max_size=3, unique=True)


def term(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(terms()[name]))


def scopes(codes: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    listed = lists(codes)
    rest = {"count": st.integers(1, 99).map(str), "includes": listed, "excludes": listed}
    return st.one_of(
        st.just("all"),
        listed,
        st.fixed_dictionaries({"only": listed}),
        st.fixed_dictionaries({"all": st.just("true")}, optional={"excludes": listed}),
        st.fixed_dictionaries({"all_except": listed}),
        st.fixed_dictionaries({"all_except": st.just("unknown")}, optional=rest),
        st.fixed_dictionaries({"unknown": st.just("true")}, optional=rest),
    )


def claims(values: st.SearchStrategy[Any], *, dated: bool = False) -> st.SearchStrategy[Any]:
    """A bare value, one claim in long form, or for a dated field a list of them."""
    keys = {
        "from": st.dates(dt.date(2010, 1, 1), dt.date(2019, 1, 1)).map(str),
        "until": st.dates(dt.date(2020, 1, 1), dt.date(2026, 1, 1)).map(str),
        "announced": days,
        "public_from": days,
        "sources": st.just(["src"]),
        "confidence": term("confidence"),
        "basis": term("basis"),
        "hedge": texts,
        "label": texts,
        "note": texts,
        "evidence": st.just(["deed"]),
        "rows": lists(texts),
    }
    long = st.fixed_dictionaries({"value": values}, optional=keys)
    forms = [values, long]
    if dated:
        forms.append(st.lists(long, min_size=1, max_size=3))
    return st.one_of(*forms)


COMMON: dict[str, st.SearchStrategy[Any]] = {
    "names": lists(texts),
    "summary": claims(labels, dated=True),
    "remark": claims(labels, dated=True),
    "announced": days,
    "public_from": claims(days),
    "sources": st.just(["src"]),
    "confidence": term("confidence"),
    "rows": lists(texts),
    "passages": st.lists(
        st.fixed_dictionaries(
            {
                "document": st.just("doc"),
                "start": st.integers(0, 40).map(str),
                "end": st.integers(41, 100).map(str),
                "sha256": hashes,
            }
        ),
        min_size=1,
        max_size=2,
    ),
}


def _kind(
    name: str, fields: dict[str, st.SearchStrategy[Any]], optional: dict[str, Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(name), **fields}, optional={**COMMON, **optional})


_entity = st.fixed_dictionaries({"name": texts}, optional={"names": lists(texts)})
_from_until = {
    "from": st.dates(dt.date(2010, 1, 1), dt.date(2019, 1, 1)).map(str),
    "until": st.dates(dt.date(2020, 1, 1), dt.date(2026, 1, 1)).map(str),
    "announced": days,
    "note": texts,
}
events = _kind(
    "event",
    {"title": claims(labels, dated=True), "on": dates, "event_kind": term("event_kind")},
    {
        "parties": lists(economies),
        "place": claims(texts),
        "participants": st.lists(
            st.fixed_dictionaries({"party": economies, "name": texts}, optional={"role": texts}),
            min_size=1,
            max_size=2,
        ),
    },
)
people = _kind(
    "person",
    {"name": labels, "party": economies},
    {
        "offices": st.lists(
            st.fixed_dictionaries({"title": labels, "party": economies}, optional=dict(_from_until))
            .map(lambda one: {k: v for k, v in one.items() if k not in ("announced", "note")}),
            min_size=1,
            max_size=2,
        )
    },
)  # fmt: skip
commitments = _kind(
    "commitment",
    {
        "title": labels,
        "debtors": lists(economies),
        "owes": labels,
        "due": claims(st.one_of(days, st.just("at an appropriate time")), dated=True),
        "on": dates,
        "made_by": st.just("deed"),
        "force": term("force"),
        "status": st.lists(
            st.fixed_dictionaries(
                {"value": term("commitment_status"), "from": days, "evidence": st.just(["deed"])}
            ),
            min_size=1,
            max_size=2,
        ),
    },
    {"hedge": texts},
)
indicators = _kind(
    "indicator",
    {"title": labels, "quantity": texts, "unit": st.sampled_from(["Bq/L", "m3", "kg"])},
    {"values": claims(numbers, dated=True), "limits": claims(numbers, dated=True)},
)
measures = _kind(
    "measure",
    {
        "title": labels,
        "imposers": lists(economies),
        "flow": st.just("import"),
        "targets": claims(scopes(economies)),
        "measure_kind": st.sampled_from(["import_ban", "tariff", "entity_list"]),
        "effect": term("effect"),
        "goods": lists(st.sampled_from(["HS2022:03", "HS2022:1604", "HS2017:030791"])),
        "from": claims(st.dates(dt.date(2010, 1, 1), dt.date(2019, 1, 1)).map(str), dated=True),
        "made_by": st.just("deed"),
    },
    {
        "areas": scopes(areas),
        "entities": st.lists(_entity, min_size=1, max_size=2),
        "entities_complete": st.sampled_from(["true", "false"]),
        "rate": claims(
            st.sampled_from(["12.5 %", "free", "8 % + 1.2 USD/kg", "0.35 EUR/kg"]), dated=True
        ),
        "until": claims(st.dates(dt.date(2020, 1, 1), dt.date(2026, 1, 1)).map(str), dated=True),
        "suspensions": st.lists(
            st.fixed_dictionaries(
                {"from": _from_until["from"]},
                optional={key: _from_until[key] for key in ("until", "announced", "note")},
            ),
            min_size=1,
            max_size=2,
        ),
        "conditions": st.lists(
            st.fixed_dictionaries({"group": texts, "requires": labels}), min_size=1, max_size=2
        ),
        "exemptions": st.lists(
            st.fixed_dictionaries(
                {"goods": lists(st.just("HS2022:0301"))},
                optional={"areas": scopes(areas), "targets": scopes(economies), **_from_until},
            ),
            min_size=1,
            max_size=2,
        ),
    },
)


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    """An entry without its id."""
    return draw(draw(st.sampled_from([events, people, commitments, indicators, measures])))

"""UN Comtrade: files and the API. Row caps and empty answers are errors, never silence."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from comity.trade.flows import TradeData, open_data
from comity.words.errors import ComityError, ConflictError, FileError, InputError
from tests.flows.made import COMTRADE, comtrade_row, comtrade_text

KEY = "a-secret-key"


@pytest.fixture
def data(tmp_path: Path) -> TradeData:
    return open_data(tmp_path / "store")


def bulk(path: Path, *rows: dict[str, object]) -> Path:
    path.write_bytes(gzip.compress(comtrade_text(rows).encode()))
    return path


def test_a_bulk_file(data: TradeData, tmp_path: Path) -> None:
    path = bulk(
        tmp_path / "COMTRADE-FINAL-CA1562022H6.gz",
        comtrade_row(),
        comtrade_row(
            partnerCode=410, netWgt=0, qty=5, qtyUnitAbbr="u", cifvalue=1000.0, primaryValue=1000.0
        ),
        comtrade_row(partnerCode=842, isNetWgtEstimated=True),
        comtrade_row(partnerCode=899, cifvalue=None, primaryValue=10.0),
        comtrade_row(
            flowCode="X", partnerCode=490, cifvalue=None, fobvalue=70.0, primaryValue=70.0
        ),
        comtrade_row(partnerCode=0),
        comtrade_row(flowCode="RX"),
        comtrade_row(cmdCode="TOTAL"),
        comtrade_row(cmdCode="0307"),
        comtrade_row(motCode=1000),
        comtrade_row(partner2Code=702),
    )
    done = data.import_comtrade(path)
    assert done.rows == 5
    assert done.dropped == {
        "totals over partners": 1,
        "re-exports and other flows": 1,
        "totals over goods": 1,
        "by mode of transport": 1,
        "by second partner": 1,
        "totals of longer codes": 1,
    }
    assert set(done.blocks) == {"2022 CHN importer HS2022 all", "2022 CHN exporter HS2022 all"}
    rows = {(r.exporter, r.importer): r for r in data.flows(None, "CHN", by_goods=True).rows}
    japan = rows["JPN", "CHN"]
    assert (japan.goods, japan.value, japan.basis) == ("HS2022:030722", 380_000.0, "CIF")
    assert (japan.quantity, japan.quantity_unit) == (33.0, "t")  # 33,000 kg
    assert (rows["KOR", "CHN"].quantity, rows["KOR", "CHN"].quantity_unit) == (5.0, "u")
    assert rows["USA", "CHN"].flags == "weight-estimated"
    assert rows["ROW", "CHN"].flags == "area-nes;basis-unknown"
    (out,) = data.flows("CHN", "TWN").rows
    assert (out.side, out.basis, out.value) == ("exporter", "FOB", 70.0)


def test_csv_of_the_site(data: TradeData, tmp_path: Path) -> None:
    path = tmp_path / "comtrade.csv"
    path.write_text(comtrade_text([comtrade_row()], ","))
    assert data.import_comtrade([path]).rows == 1


CASES: dict[str, tuple[dict[str, object], str, str]] = {
    "unknown reporter": ({"reporterCode": 9999}, "'9999'", "reporterCode"),
    "iso letters": ({"partnerCode": "JPN"}, "'JPN' is not a code of the scheme m49", "partnerCode"),
    "sitc": ({"classificationCode": "S3"}, "'S3' is no edition", "classificationCode"),
    "other edition": ({"classificationCode": "H5", "cmdCode": "030990"}, "HS2022", "cmdCode"),
    "later edition": ({"refYear": 2019}, "HS2022 was not in force in 2019", "refYear"),
    "negative": ({"primaryValue": -5.0}, "the value is -5", "primaryValue"),
    "absurd": ({"primaryValue": 9e13}, "above anything traded", "primaryValue"),
    "decimal comma": ({"primaryValue": "380000,5"}, "'380000,5' is not a number", "primaryValue"),
    "no unit": ({"netWgt": 0, "qtyUnitAbbr": "N/A"}, "quantity without a unit", "qtyUnitAbbr"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_rows(data: TradeData, tmp_path: Path, case: str) -> None:
    changed, says, column = CASES[case]
    path = bulk(tmp_path / "c.gz", comtrade_row(partnerCode=410), comtrade_row(**changed))
    with pytest.raises(ComityError) as error:
        data.import_comtrade(path)
    where = error.value.where
    assert says in error.value.what
    assert where is not None
    assert (where.file, where.row) == (str(path), 2)
    # The year is what does not fit the edition; it is the code that is named.
    assert where.field == ("cmdCode" if case == "later edition" else column)
    assert data.list() == ()


def test_a_flow_that_stands_twice(data: TradeData, tmp_path: Path) -> None:
    path = bulk(tmp_path / "c.gz", comtrade_row(), comtrade_row())
    with pytest.raises(ComityError, match="stands twice, first in row 1"):
        data.import_comtrade(path)


def test_truncated_renamed_and_empty_files(data: TradeData, tmp_path: Path) -> None:
    path = bulk(tmp_path / "c.gz", comtrade_row())
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileError, match="cut off or damaged"):
        data.import_comtrade(path)
    renamed = comtrade_text([comtrade_row()]).replace("primaryValue", "TradeValue")
    path.write_bytes(gzip.compress(renamed.encode()))
    with pytest.raises(ComityError, match="no column 'primaryValue'"):
        data.import_comtrade(path)
    path.write_bytes(gzip.compress(b""))
    with pytest.raises(FileError, match="the file is empty"):
        data.import_comtrade(path)
    path.write_bytes(gzip.compress(("\t".join(COMTRADE) + "\n").encode()))
    with pytest.raises(FileError, match="no row of annual trade"):
        data.import_comtrade(path)
    assert data.list() == ()


class Api:
    """Stands in for `comtradeapicall.getFinalData`; `answers` by (year, direction)."""

    def __init__(self, answers: dict[tuple[str, str], Any]) -> None:
        self.answers = answers
        self.asked: list[dict[str, Any]] = []

    def __call__(self, key: str, **asked: Any) -> Any:
        assert key == KEY
        self.asked.append(asked)
        answer = self.answers[asked["period"], asked["flowCode"]]
        if isinstance(answer, str):
            print(answer)
            return None
        if isinstance(answer, Exception):
            raise answer
        return answer


def fetch(data: TradeData, api: Api, **more: Any) -> Any:
    return data.fetch_comtrade("CHN", "0307", 2022, direction="imports", key=KEY, call=api, **more)


def test_fetching(data: TradeData) -> None:
    api = Api({("2022", "M"): [comtrade_row(), comtrade_row(partnerCode=410)]})
    done = fetch(data, api)
    assert done.rows == 2
    assert done.files[0].name == "comtrade-api:CHN-2022-2022-0307"
    (asked,) = api.asked
    assert asked["reporterCode"] == "156"
    assert asked["cmdCode"] == "0307"
    assert asked["maxRecords"] == 100_000
    assert asked["partnerCode"] is None
    assert not fetch(data, api).new


def test_fetching_by_the_arguments_the_library_takes(data: TradeData) -> None:
    """The fake above takes any argument; the library does not."""
    import inspect

    library = pytest.importorskip("comtradeapicall", reason="comtradeapicall is not installed")
    api = Api({("2022", "M"): [comtrade_row()]})
    fetch(data, api)
    inspect.signature(library.getFinalData).bind(KEY, **api.asked[0])


def test_one_call_per_year_and_direction(data: TradeData) -> None:
    api = Api(
        {
            (year, side): [comtrade_row(refYear=int(year), flowCode=side, fobvalue=1.0)]
            for year in ("2022", "2023")
            for side in ("X", "M")
        }
    )
    done = data.fetch_comtrade("CHN", "030722", "2022-2023", partner="JPN", key=KEY, call=api)
    assert [(a["period"], a["flowCode"], a["partnerCode"]) for a in api.asked] == [
        ("2022", "X", "392"),
        ("2022", "M", "392"),
        ("2023", "X", "392"),
        ("2023", "M", "392"),
    ]
    assert done.rows == 4


def test_a_data_frame_is_taken(data: TradeData) -> None:
    pandas = pytest.importorskip("pandas", reason="comtradeapicall brings pandas")
    api = Api({("2022", "M"): pandas.DataFrame([comtrade_row(), comtrade_row(partnerCode=410)])})
    assert fetch(data, api).rows == 2


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ([], "the answer is empty"),
        ('{"statusCode": 401, "message": "Access denied"}', "refused: .*401"),
        (OSError(f"no route with {KEY}"), "could not be asked: OSError: no route with …"),
        ([comtrade_row(partnerCode=p) for p in (392, 410, 842)], "has 3 rows, the most"),
    ],
)
def test_what_the_api_does_not_say_is_an_error(data: TradeData, answer: Any, says: str) -> None:
    api = Api({("2022", "M"): answer})
    with pytest.raises(FileError, match=says) as error:
        fetch(data, api, cap=3)
    assert KEY not in str(error.value)
    assert data.list() == ()


def test_a_key_is_needed(data: TradeData, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMTRADE_KEY", raising=False)
    with pytest.raises(InputError, match="key of your own"):
        data.fetch_comtrade("CHN", "0307", 2022, call=Api({}))
    monkeypatch.setenv("COMTRADE_KEY", KEY)
    api = Api({("2022", "M"): [comtrade_row()]})
    assert data.fetch_comtrade("CHN", "0307", 2022, direction="imports", call=api).new


def test_the_same_block_is_not_kept_twice(data: TradeData) -> None:
    fetch(data, Api({("2022", "M"): [comtrade_row()]}))
    mended = Api({("2022", "M"): [comtrade_row(primaryValue=390000.0)]})
    with pytest.raises(ConflictError, match="2022 CHN importer HS2022 0307"):
        fetch(data, mended)
    fetch(data, mended, replace=True)
    assert [row.value for row in data.flows("JPN", "CHN").rows] == [390_000.0]


def test_totals_of_another_import_are_not_added(data: TradeData) -> None:
    """Fetched at four digits once and at six another time: the longer codes count."""
    fetch(data, Api({("2022", "M"): [comtrade_row(cmdCode="0307", primaryValue=500.0)]}))
    api = Api({("2022", "M"): [comtrade_row(), comtrade_row(cmdCode="030743", primaryValue=1.0)]})
    data.fetch_comtrade("CHN", "030722,030743", 2022, direction="imports", key=KEY, call=api)
    assert [row.value for row in data.flows("JPN", "CHN", "0307").rows] == [380_001.0]


def test_reports_that_were_never_imported_are_missing(data: TradeData) -> None:
    fetch(data, Api({("2022", "M"): [comtrade_row()]}))
    answer = data.flows("JPN", "CHN", years=2022)
    assert "comtrade has no report of JPN as exporter for 2022" in answer.missing
    assert not any("CHN as importer" in line for line in answer.missing)


# ------------------------------------------------ the library itself, on answers of the API's shape

SHAPE = {
    "typeCode": "C", "freqCode": "A", "refPeriodId": 20220101, "refYear": 2022, "refMonth": 52,
    "period": "2022", "reporterCode": 156, "reporterISO": "CHN", "reporterDesc": "China",
    "flowCode": "M", "flowDesc": "Import", "partnerCode": 392, "partnerISO": "JPN",
    "partnerDesc": "Japan", "partner2Code": 0, "partner2ISO": "W00", "partner2Desc": "World",
    "classificationCode": "H6", "classificationSearchCode": "HS", "isOriginalClassification": True,
    "cmdCode": "030722", "cmdDesc": "Molluscs", "aggrLevel": 6, "isLeaf": True,
    "customsCode": "C00", "customsDesc": "TOTAL CPC", "mosCode": "0", "motCode": 0,
    "motDesc": "TOTAL MOT", "qtyUnitCode": 8, "qtyUnitAbbr": "kg", "qty": 33000.0,
    "isQtyEstimated": False, "altQtyUnitCode": -1, "altQtyUnitAbbr": "N/A", "altQty": None,
    "isAltQtyEstimated": False, "netWgt": 33000.0, "isNetWgtEstimated": False, "grossWgt": 0.0,
    "isGrossWgtEstimated": False, "cifvalue": 380000.5, "fobvalue": None,
    "primaryValue": 380000.5, "legacyEstimationFlag": 0, "isReported": True, "isAggregate": False,
}  # fmt: skip
"""One record with the fields that the API gives with descriptions, made up figures."""


def library(monkeypatch: pytest.MonkeyPatch, status: int, body: Any) -> list[dict[str, Any]]:
    """`comtradeapicall` on a network that answers this; what it asked for."""
    import json

    import urllib3

    pytest.importorskip("comtradeapicall", reason="comtradeapicall is not installed")
    asked: list[dict[str, Any]] = []

    class Reply:
        def __init__(self) -> None:
            self.status = status
            self.data = body if isinstance(body, bytes) else json.dumps(body).encode()

    class Pool:
        def request(self, method: str, url: str, fields: dict[str, Any], **_: Any) -> Reply:
            asked.append({"url": url, **fields})
            return Reply()

    monkeypatch.setattr(urllib3, "PoolManager", Pool)
    return asked


def envelope(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"elapsedTime": "0.2 secs", "count": len(rows), "data": rows, "error": ""}


def ask(data: TradeData, **more: Any) -> Any:
    return data.fetch_comtrade("CHN", "0307", 2022, direction="imports", key=KEY, **more)


def test_what_the_library_gives_of_the_api(
    data: TradeData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a data frame: what is not known in some rows comes as NaN, and numbers as floats."""
    world = SHAPE | {"partnerCode": 0, "partnerISO": "W00", "primaryValue": 500000.0}
    pieces = SHAPE | {
        "partnerCode": 410, "qtyUnitCode": -1, "qtyUnitAbbr": "N/A", "qty": 0.0, "netWgt": None,
        "cifvalue": None,
    }  # fmt: skip
    asked = library(monkeypatch, 200, envelope([SHAPE, world, pieces]))
    done = ask(data)
    assert (done.rows, dict(done.dropped)) == (2, {"totals over partners": 1})
    assert asked[0]["url"].endswith("/data/v1/get/C/A/HS")
    assert (asked[0]["period"], asked[0]["cmdCode"], asked[0]["customsCode"]) == (
        "2022",
        "0307",
        "C00",
    )
    rows = {row.exporter: row for row in data.flows(None, "CHN", "HS2022:0307").rows}
    assert (rows["JPN"].value, rows["JPN"].quantity, rows["JPN"].basis) == (380000.5, 33.0, "CIF")
    assert (rows["KOR"].quantity, rows["KOR"].flags) == (None, "basis-unknown")


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (200, envelope([]), "the answer is empty"),
        (401, {"statusCode": 401, "message": "Access denied due to invalid key"}, "refused.*401"),
        (403, {"statusCode": 403, "message": "Out of call volume quota."}, "refused.*quota"),
        (429, {"statusCode": 429, "message": "Rate limit is exceeded."}, "refused.*Rate limit"),
        (200, b"<html>maintenance</html>", "could not be asked: JSONDecodeError"),
        (200, {"elapsedTime": "0", "count": 0, "data": None, "error": "wrong"}, "could not be"),
        (200, envelope([SHAPE | {"partnerCode": p} for p in (392, 410, 842)]), "it is cut off"),
    ],
)
def test_every_other_answer_is_an_error(
    data: TradeData, monkeypatch: pytest.MonkeyPatch, status: int, body: Any, says: str
) -> None:
    library(monkeypatch, status, body)
    with pytest.raises(FileError, match=says) as error:
        ask(data, cap=3)
    assert KEY not in str(error.value)
    assert data.list() == ()


def test_a_quantity_of_which_the_unit_is_null(
    data: TradeData, monkeypatch: pytest.MonkeyPatch
) -> None:
    library(monkeypatch, 200, envelope([SHAPE | {"netWgt": None, "qtyUnitAbbr": None}]))
    with pytest.raises(ComityError, match="a quantity without a unit"):
        ask(data)


def test_what_comtrade_has_of_taiwan(data: TradeData, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = library(monkeypatch, 200, envelope([SHAPE | {"partnerCode": 490}]))
    done = ask(data, partner="TWN")
    assert asked[0]["partnerCode"] == "490"
    assert done.notes == ("490 counted as TWN",)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"goods": "HS2022:0307"}, "digits without an edition"),
        ({"goods": "03072"}, "0307, or 030721,030722"),
        ({"cap": 0}, "100,000 rows"),
        ({"direction": "out"}, "exports, imports or both"),
        ({"years": 1900}, "1962 to 2100"),
    ],
)
def test_what_is_not_asked_at_all(data: TradeData, more: dict[str, Any], says: str) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError

    asked = {"reporter": "CHN", "goods": "0307", "years": 2022} | more
    with pytest.raises(InputError) as error:
        data.fetch_comtrade(key=KEY, call=never, **asked)
    assert says in str(error.value.mend)

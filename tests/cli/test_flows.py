"""`comity flows`, `exposure` and `data`: what they print, keep and refuse."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.cli.door import Done, Door
from tests.flows.made import baci_zip, comtrade_row, comtrade_text

FORMS = ("table", "json", "csv", "md", "html")
SCALLOPS = ("flows", "JPN", "CHN", "--goods", "HS2022:0307", "--years", "2019-2024")
EXPOSED = ("exposure", "--exporter", "JPN", "--market", "CHN", "--goods", "HS2022:03")


@pytest.fixture
def fresh(comity: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    """The command line on a machine without any trade data of its own."""
    monkeypatch.setenv("COMITY_DATA", str(tmp_path / "trade"))
    monkeypatch.delenv("COMTRADE_KEY", raising=False)
    return comity


@pytest.fixture
def stocked(fresh: Door, tmp_path: Path) -> Door:
    """The same with two small years of BACI."""
    fresh("data", "import", "baci", baci_zip(tmp_path / "b.zip"))
    return fresh


def refused(door: Door, *words: str | Path, code: int = 2) -> Done:
    done = door.try_(*words)
    assert done.code == code, (done.out, done.err)
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert "  mend: " in done.err
    return done


# ----------------------------------------------------------------- without anything imported


def test_flows_on_a_fresh_machine(fresh: Door, tmp_path: Path) -> None:
    text = fresh(*SCALLOPS, COLUMNS="100").out
    assert all(len(line) <= 100 for line in text.splitlines())
    for words in (
        "Japan → China · HS2022:0307",
        "A part of the goods asked for",
        "46,720.00 JPY",
        "JPN FOB",
        "The goods asked for and others: read none of these as the answer",
        "87,100.00 JPY",
        "CHN CIF",
        "in the whole of 2019-2021, 2023: unknown, not 0",
        "the compiler's reading",
        "2024 seafood: non-food items: pearls, ornamental carp",
        "2022 scallops in all forms: derived: 27.6 / 0.564",
        "https://foods-ch.infomart.co.jp",
    ):
        assert words in text
    assert not (tmp_path / "trade").exists()  # asking writes nothing


def test_every_form_of_flows(fresh: Door) -> None:
    data = fresh(*SCALLOPS, "--format", "json").json
    assert set(data) == {"rows", "totals", "rests_on", "sources", "missing", "notes"}
    first = data["rows"][0]
    assert (first["value"], first["currency"], first["period"]) == (46.72e9, "JPY", "2022")
    assert first["sources"] == ["INFOMART23", "NCOM_H01781", "JETRO2308"]
    assert all(source in data["sources"] for row in data["rows"] for source in row["sources"])
    rows = fresh(*SCALLOPS, "--format", "csv").rows
    assert len(rows) == len(data["rows"])
    assert float(rows[0]["value"]) == 46.72e9
    assert "| 2022 | scallops, raw to dried | 46,720.00 JPY |" in (
        fresh(*SCALLOPS, "--format", "md").out
    )
    page = fresh(*SCALLOPS, "--format", "html").out
    assert page.startswith("<!doctype html>")
    assert "46,720.00 JPY" in page


def test_what_is_not_known_is_a_dash_and_empty(fresh: Door) -> None:
    words = ("flows", "JPN", "KOR", "--goods", "HS2022:030721", "--years", "2022")
    assert "–" in fresh(*words).out
    (row,) = [r for r in fresh(*words, "--format", "csv").rows if r["fit"] == "exact"]
    assert (row["value"], float(row["quantity"]), row["quantity_unit"]) == ("", 11723.206, "t")


def test_exposure_on_a_fresh_machine(fresh: Door) -> None:
    text = fresh(*EXPOSED, COLUMNS="100").out
    assert all(len(line) <= 100 for line in text.splitlines())
    for words in (
        "What Japan sells abroad: the share that goes to China",
        "What China buys abroad: the share that comes from Japan",
        "What a closure of China to Japan would hit",
        "51.3",
        "96.9",
        "0.29–0.36",
        "no total of all partners",
    ):
        assert words in text
    data = fresh(*EXPOSED, "--format", "json").json
    found = {(row["source"], row["year"]): row for row in data["rows"]}
    row = found["japan-exports-scallops-raw-frozen-salted-dried", 2022]
    assert row["sales"]["share"] == pytest.approx(46.72 / 91.1)
    assert row["purchases"] is None
    for form in FORMS:
        assert fresh(*EXPOSED, "--format", form).out


def test_all_goods_by_the_shipped_world(fresh: Door) -> None:
    words = ("exposure", "--exporter", "Japan", "--market", "China", "--source", "goods-world-2023")
    text = fresh(*words).out
    assert "all goods" in text
    assert "18.1" in text
    assert "CEPII BACI HS22, 2023" in text


def test_a_side_that_nobody_knows(fresh: Door) -> None:
    text = fresh("exposure", "--exporter", "JPN", "--market", "FJI", "--goods", "HS2022:87").out
    assert text.count("not known, which is not zero") == 2
    assert "nothing on record says how JPN and FJI depend on each other here" in text


def test_all_partners(fresh: Door) -> None:
    rows = fresh(
        "flows", "JPN", "ALL", "--goods", "HS2022:0307", "--years", "2022", "--format", "csv"
    ).rows
    assert {"CHN", "TWN", "USA"} <= {row["importer"] for row in rows}
    assert "WLD" not in {row["importer"] for row in rows}


def test_currency(fresh: Door) -> None:
    done = fresh(*SCALLOPS, "--currency", "USD")
    assert "355.40 USD" in done.out
    assert "JPY to USD 2022: 0.00760694" in done.out
    assert "there is no rate of JPY to USD for 2024: kept in JPY" in done.out


# ------------------------------------------------------------------------------------- imports


def test_import_list_ask_remove(fresh: Door, tmp_path: Path) -> None:
    path = baci_zip(tmp_path / "b.zip")
    done = fresh("data", "import", "baci", path)
    assert done.out.startswith("imported baci-hs2017-202401b: 10 rows, 2021-2022, HS2017 (baci-")
    assert fresh("data", "import", "baci", path).out.startswith("unchanged, imported before: ")
    first = fresh("data", "list", "--format", "json").json[0]
    assert (first["dataset"], first["rows"], first["years"]) == (
        *("baci-hs2017-202401b", 10),
        "2021-2022",
    )
    text = fresh(
        "flows", "JPN", "CHN", "--goods", "HS2017:0307", "--source", "baci-hs2017-202401b"
    ).out
    assert "0.30 USD" in text
    assert "30 t" in text
    assert "reconciled FOB" in text
    by_goods = fresh(
        *("flows", "JPN", "ALL", "--years", "2021", "--source", "baci-hs2017-202401b"),
        *("--by-goods", "--format", "csv"),
    ).rows
    assert {row["goods"] for row in by_goods} == {
        "HS2017:030722",
        "HS2017:160552",
        "HS2017:870323",
    }
    assert "Sums over partners" in fresh("flows", "JPN", "ALL").out
    fresh("data", "remove", first["id"])
    assert "baci" not in fresh("data", "list").out


def test_the_folder_can_be_named(fresh: Door, tmp_path: Path) -> None:
    path = baci_zip(tmp_path / "b.zip")
    fresh("data", "import", "baci", path, "--data", tmp_path / "other", "--years", "2022")
    assert not (tmp_path / "trade").exists()
    rows = fresh("data", "list", "--data", tmp_path / "other", "--format", "csv").rows
    assert (rows[0]["dataset"], rows[0]["years"]) == ("baci-hs2017-202401b", "2022")


def test_a_plain_csv_with_a_mapping(fresh: Door, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("From;To;HS;Year;Value\nJP;CN;030722;2022;1,5\n")
    (tmp_path / "own.yaml").write_text(
        'comity-csv: 1\ndataset: own\nsource: own\nlicence: CC0\nseparator: ";"\ndecimal: ","\n'
        "columns: {exporter: From, importer: To, goods: HS, year: Year, value: Value}\n"
        "constants: {edition: HS2022, currency: JPY, value_unit: million, side: exporter}\n"
        "economies: {scheme: iso2}\n"
    )
    words = ("data", "import", "csv", tmp_path / "own.csv", "--mapping", tmp_path / "own.yaml")
    assert fresh(*words).out.startswith("imported own: 1 rows, 2022, HS2022")
    assert "1.50 JPY" in fresh("flows", "JPN", "CHN", "--source", "own").out


def test_what_counts_as_an_economy_can_be_said(fresh: Door, tmp_path: Path) -> None:
    text = "t,i,j,k,v,q\n2022,392,777,030722,5,1\n"
    path = baci_zip(tmp_path / "b.zip", {2022: text})
    done = refused(fresh, "data", "import", "baci", path)
    assert "row 1, field j: '777' is not a number of an economy" in done.err
    assert "--counts 777=ROW" in done.err
    fresh("data", "import", "baci", path, "--counts", "777=HKG")
    rows = fresh("flows", "JPN", "HKG", "--source", "baci-hs2017-202401b", "--format", "csv").rows
    assert [float(row["value"]) for row in rows] == [5000.0]


def test_check(stocked: Door, tmp_path: Path) -> None:
    assert "Nothing" in stocked("data", "check", "--years", "2021").out
    rows = [
        comtrade_row(primaryValue=3e6, cifvalue=3e6),
        comtrade_row(reporterCode=392, partnerCode=156, flowCode="X", primaryValue=1e6),
    ]
    (tmp_path / "c.txt").write_text(comtrade_text(rows))
    stocked("data", "import", "comtrade", tmp_path / "c.txt")
    text = stocked("data", "check", COLUMNS="100").out
    assert all(len(line) <= 100 for line in text.splitlines())
    assert "mirror-gap · comtrade" in text
    assert "factor of 2" in text
    found = stocked("data", "check", "--source", "comtrade", "--format", "json").json
    assert [(one["kind"], one["count"]) for one in found] == [("mirror-gap", 1)]
    for form in FORMS:
        assert stocked("data", "check", "--format", form).out


def test_list_shows_what_is_shipped(fresh: Door) -> None:
    assert "67 series of published figures" in fresh("data", "list").out
    assert "japan-exports-scallops-all" in fresh("data", "list", "--shipped").out
    rows = fresh("data", "list", "--format", "csv").rows
    assert len(rows) == 67
    assert {row["imported"] for row in rows} == {"shipped"}
    for form in FORMS:
        assert fresh("data", "list", "--format", form).out


# ------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("flows", "JPN", "XYZ"), "'XYZ'"),
        (("flows", "ALL", "all"), "names no economy"),
        (("flows", "JPN", "CHN", "--goods", "HS2022:3072"), "HS 2022 has no code 3072"),
        (("flows", "JPN", "CHN", "--goods", "30722"), "write 030722"),
        (("flows", "JPN", "CHN", "--years", "soon"), "'soon' are no years"),
        (("flows", "JPN", "CHN", "--years", "1900-2022"), "1900 is not a year of trade data"),
        (("flows", "JPN", "CHN", "--years", "2024-2019"), "the first year first"),
        (("flows", "JPN", "CHN", "--goods", ""), "no code of goods is given"),
        (("flows", "JPN", "CHN", "--goods", "fish"), "field goods"),
        (("flows", "JPN", "CHN", "--data", __file__), "trade data are a folder"),
        ((*EXPOSED, "--years", "3"), "choose years from 1962 to 2100"),
        (("data", "check", "--years", "22"), "choose years from 1962 to 2100"),
        (("flows", "JPN", "CHN", "--source", "nobody"), "series 'nobody'"),
        (("flows", "JPN", "CHN", "--currency", "YEN"), "'YEN' is not an ISO 4217 currency"),
        (("flows", "JPN", "CHN", "--format", "xml"), "there is no format 'xml'"),
        (("exposure", "--exporter", "JPN", "--market", "JPN"), "two economies"),
        ((*EXPOSED, "--format", "xml"), "there is no format 'xml'"),
        (("data", "check"), "there are no trade data in"),
        (("data", "import", "sdmx", "x.csv"), "no import of 'sdmx'"),
        (("data", "import", "csv", "x.csv"), "needs a mapping"),
        (("data", "import", "baci", "none.zip"), "the file is not there"),
        (("data", "import", "baci", "x.zip", "--counts", "490"), "--counts is '490'"),
        (("data", "remove", "x"), "no import 'x'"),
        (
            ("data", "fetch", "wits", "--reporter", "CHN", "--goods", "03", "--years", "2022"),
            "nothing is fetched from 'wits'",
        ),
    ],
)
def test_refused_with_what_to_do(fresh: Door, words: tuple[str, ...], says: str) -> None:
    done = fresh.try_(*words)
    assert done.code == 2, (done.out, done.err)
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert says in done.err


def test_fetching_says_that_it_uses_the_network_and_needs_a_key(fresh: Door) -> None:
    done = fresh.try_(
        "data", "fetch", "comtrade", "--reporter", "CHN", "--goods", "0307", "--years", "2022"
    )
    assert done.code == 2
    assert done.err.startswith("asking comtradeapi.un.org over the network")
    assert "needs a key of your own" in done.err
    assert "COMTRADE_KEY" in done.err


def test_a_bad_file_names_file_row_and_column(fresh: Door, tmp_path: Path) -> None:
    path = baci_zip(tmp_path / "b.zip", {2022: "t,i,j,k,v,q\n2022,392,156,030722,-1,3\n"})
    done = refused(fresh, "data", "import", "baci", path)
    assert f"error: {path}:BACI_HS17_Y2022_V202401b.csv, row 1, field v: v is -1" in done.err
    rows = fresh("data", "list", "--format", "csv").out
    assert "baci-hs2017" not in rows
    assert next(csv.reader(io.StringIO(rows)))[0] == "dataset"


def test_the_same_years_from_another_file(stocked: Door, tmp_path: Path) -> None:
    text = "t,i,j,k,v,q\n{0},392,156,030722,5,1\n"
    years = {year: text.format(year) for year in (2021, 2022)}
    other = baci_zip(tmp_path / "c.zip", years)
    done = refused(stocked, "data", "import", "baci", other)
    assert "holds 2021 already, from b.zip" in done.err
    assert "--replace" in done.err
    assert "  replaces baci-" in stocked("data", "import", "baci", other, "--replace").out


def test_a_code_without_an_edition_is_said_to_be_one(comity: Door) -> None:
    said = "no edition was named"
    assert said in comity("flows", "JPN", "CHN", "--goods", "0307", "--years", "2022").out
    assert said in comity(*EXPOSED, "--goods", "0307").out
    assert said not in comity("flows", "JPN", "CHN", "--goods", "HS2022:0307").out

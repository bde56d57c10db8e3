"""`pack load`, `check` and `export`, `documents attach`, `db upgrade` and `check`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.door import Door, facts

PACK = """\
name: ours
version: {version}
title: Notes of our own
recorded: {recorded}
author: Trade desk
licence: CC0-1.0
depends: [common, china-japan]
why: For the test.
"""
NOTE = """\
- id: src-note-1
  kind: source
  title: {title}
  source_kind: official
  published: 2026-11-24
"""


def written(
    door: Door, title: str, version: str = "1.0.0", recorded: str = "2026-11-25T00:00:00Z"
) -> Path:
    door.write("ours/pack.yaml", PACK.format(version=version, recorded=recorded))
    return door.write("ours/notes.yaml", NOTE.format(title=title)).parent


def test_loading_twice_changes_nothing(own: Door) -> None:
    before = own.dump()
    done = own("pack", "load", "--shipped")
    for line in done.out.splitlines():
        assert ": 0 added, 0 revised, 0 retracted, " in line
    assert [row for row in own.dump() if "revision" in row[0]] == [
        row for row in before if "revision" in row[0]
    ]


def test_one_shipped_pack_by_name(empty: Door) -> None:
    assert empty("pack", "load", "common").out.startswith("pack common 1.0.0: ")
    assert "pack china-japan" in empty("pack", "load", "china-japan").out


def test_a_pack_needs_what_it_depends_on(empty: Door) -> None:
    done = empty.try_("pack", "load", "china-japan")
    assert done.code == 2
    assert "common" in done.err


def test_a_pack_of_ones_own(own: Door) -> None:
    folder = written(own, "First title")
    assert "pack ours 1.0.0: 1 added" in own("pack", "load", folder).out
    written(own, "Second title", "1.1.0", "2026-11-25T00:00:01Z")
    assert "pack ours 1.1.0: 0 added, 1 revised" in own("pack", "load", folder).out
    assert "Second title" in own("show", "src-note-1").out
    assert len(own("history", "src-note-1").json_rows()) == 2


def test_a_newer_pack_never_overrides_ones_own_revision(own: Door) -> None:
    folder = written(own, "First title")
    own("pack", "load", folder)
    own.write("mine.yaml", "title: My title\n")
    own("revise", "src-note-1", "mine.yaml")
    assert "your own revision stays" in own("pack", "load", folder).out
    written(own, "Second title", "1.1.0", "2026-11-25T00:00:01Z")
    done = own("pack", "load", folder)
    assert "src-note-1: CONFLICT" in done.out
    assert "My title" in own("show", "src-note-1").out


def test_check_names_the_entries_of_every_fact_row(comity: Door, shared_data: Path) -> None:
    folder = shared_data / "facts" / "china-japan"
    done = comity("pack", "check", "--facts", folder, "--format", "csv")
    became = {row["row"]: row["entries"] for row in done.rows}
    for name, key in (
        ("timeline", "id"),
        ("measures", "id"),
        ("positions", "id"),
        ("sources", "source_id"),
        ("water", "id"),
    ):
        rows = facts(shared_data, name)
        assert key in rows[0], list(rows[0])
        missing = [row[key] for row in rows if not became.get(f"{name}:{row[key]}")]
        assert missing == []
    assert "none missing" in done.err
    assert "cn-seafood-ban-2023" in became["measures:M05"].split("; ")
    assert "leaders-meeting-2023-11-16" in became["timeline:T043"].split("; ")


def test_check_needs_no_store(empty: Door) -> None:
    assert "none missing" in empty("pack", "check", "common").err
    assert not empty.store.exists()


@pytest.mark.parametrize("form", ["table", "json", "csv", "md", "html"])
def test_check_in_every_format(comity: Door, form: str) -> None:
    assert "M05" in comity("pack", "check", "--format", form).out


def test_export_and_load_again_is_without_loss(own: Door, tmp_path: Path) -> None:
    own.write("start.yaml", "from: 2025-11-20\n")
    own("revise", "cn-seafood-suspension-2025", "start.yaml", "--why", "A day later")
    assert "686 entries" in own("pack", "export", "backup").out
    copy = Door(tmp_path / "copy.db", tmp_path)
    assert "686 added" in copy("pack", "load", "backup").out
    for words in (
        ("brief", "CHN", "JPN", "--as-of", "2023-11-16"),
        ("timeline", "CHN", "JPN"),
        ("measures", "--all", "--as-of", "2025-12-01"),
        ("commitments", "CHN", "JPN", "--as-of", "2025-07-01"),
    ):
        assert own(*words).json_rows_or_data() == copy(*words).json_rows_or_data()
    history = ("history", "cn-seafood-suspension-2025")
    kept = [(r["recorded"], r["op"], r["author"], r["why"]) for r in copy(*history).json_rows()]
    assert kept == [
        (r["recorded"], r["op"], r["author"], r["why"]) for r in own(*history).json_rows()
    ]
    copy("pack", "export", "second")
    one, two = (own.folder / "backup", own.folder / "second")
    assert {p.name for p in one.iterdir()} == {p.name for p in two.iterdir()}
    for path in one.iterdir():
        if path.name != "pack.yaml":
            assert path.read_bytes() == (two / path.name).read_bytes(), path.name


def test_export_of_one_pack(own: Door) -> None:
    assert "525 entries" in own("pack", "export", "part", "--pack", "china-japan").out
    own.refused("pack", "export", "part")


ARTICLE = "documents/2023-11-xi-kishida-apec.txt"


def test_attaching_the_founding_document_shows_its_passages(own: Door, shared_data: Path) -> None:
    shown = own("show", "leaders-meeting-2023-11-16").out
    assert "not attached" in shown
    done = own("documents", "attach", shared_data / ARTICLE)
    assert "doc-xi-kishida-apec-2023 attached" in done.out
    data = own("documents", "attach", shared_data / ARTICLE, "--format", "json").json
    assert data["passages"] == data["verified"] > 0
    passages = own("show", "leaders-meeting-2023-11-16", "--format", "json").json["passages"]
    text = (shared_data / ARTICLE).read_text(encoding="utf-8")
    assert passages
    for one in passages:
        assert one["state"] == "verified"
        assert one["text"] == text[one["start"] : one["end"]]
    assert "not attached" not in own("show", "leaders-meeting-2023-11-16").out


def test_another_file_is_not_attached(own: Door) -> None:
    own.write("other.txt", "Something else.")
    done = own.refused("documents", "attach", "other.txt")
    assert "other.txt" in done.err


def test_db_upgrade_and_check(own: Door, empty: Door) -> None:
    assert empty("db", "upgrade").out.startswith("schema ")
    assert empty.store.exists()
    text = own("db", "check").out
    assert f"store: sqlite:///{own.store}" in text
    assert "revisions: 686, all hashes right" in text
    assert "pack: china-japan 1.0.0" in text


def test_db_check_sees_a_changed_revision(own: Door) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(own.store)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
        table = next(name for name in names if name in ("revision", "revisions"))
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        body = next(name for name in columns if name in ("body", "data", "content"))
        connection.execute(
            f"UPDATE {table} SET {body} = replace({body}, '2023-08-24', '2023-08-25')"
        )
        connection.commit()
    done = own.try_("db", "check")
    assert done.code != 0 or "all hashes right" not in done.out


def test_a_newer_store_is_refused(own: Door) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(own.store)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    done = own.refused("show", "gacc-103-2023", code=1)
    assert "newer" in done.err

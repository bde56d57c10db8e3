"""Files that cannot be read: each refused with its place and a mend, the store left as it was."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest

from comity.opened import OpenRecord
from comity.record.yamlfile import MAX_BYTES, MAX_DEPTH, parse_yaml, read_yaml
from comity.words.errors import ComityError, FileError, InputError, ValidationError
from tests.record.build import add, event, state

GOOD = "- id: good\n  kind: event\n  title: Good\n  on: 2023-03-01\n  event_kind: report\n"
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"


def refused(record: OpenRecord, file: Path) -> ComityError:
    """The error that adding the file raises; the store must stay as it was, and say how to mend."""
    before = state(record)
    with pytest.raises(InputError) as caught:
        record.add(file)
    error = caught.value
    assert error.exit_code == 2
    assert state(record) == before
    assert error.where is not None
    assert error.where.file == str(file)
    assert error.mend
    assert len(str(error)) < 2000
    return error


@pytest.mark.parametrize(
    ("content", "kind", "line", "says"),
    [
        pytest.param(b"", FileError, None, "empty", id="empty"),
        pytest.param(b" \n\n\t\n", FileError, None, "empty", id="blank"),
        pytest.param(b"\x7fELF\x02\x01\x01\x00\x00\x00" + b"\x00" * 64, FileError, None, "binary"),
        pytest.param(b"PK\x03\x04\x14\x00\x00\x00", FileError, None, "binary", id="zip"),
        pytest.param(GOOD.encode("utf-16"), FileError, None, "binary", id="utf16"),
        pytest.param(
            b"- id: a\n  title: caf\xe9\n", FileError, 2, "byte 20 is not UTF-8", id="latin1"
        ),
        pytest.param("- id: 岸田\n".encode("shift_jis"), FileError, 1, "UTF-8", id="sjis"),
        pytest.param(BOMB.encode(), ValidationError, 1, "aliases", id="bomb"),
        pytest.param(b"- id: a\n  x: &p y\n", ValidationError, 2, "anchors", id="anchor"),
        pytest.param(b"- id: a\n  x: *p\n", ValidationError, 2, "aliases", id="alias"),
        pytest.param(b"- !!python/object:os.system {}\n", ValidationError, 1, "tag", id="tag"),
        pytest.param(b"- id: a\n  on: !!str 2023\n", ValidationError, 2, "tag", id="str-tag"),
        pytest.param(b"- id: a\n  <<: {kind: event}\n", ValidationError, 2, "merge", id="merge"),
        pytest.param(
            b"- id: a\n  kind: act\n  id: b\n", ValidationError, 3, "twice", id="key-twice"
        ),
        pytest.param(b"- [a, b]: c\n", ValidationError, 1, "key must be a word", id="list-key"),
        pytest.param(b"--- {id: a}\n--- {id: b}\n", ValidationError, 2, "document", id="documents"),
        pytest.param(b"- id: a\n   kind: b\n", ValidationError, 2, "not YAML", id="indent"),
        pytest.param(b"- id: 'a\n", ValidationError, None, "not YAML", id="open-quote"),
        pytest.param(b"hello\n", ValidationError, 1, "neither", id="scalar"),
        pytest.param(b"- hello\n", ValidationError, 1, "mapping", id="list-of-words"),
        pytest.param(b"- - id: a\n", ValidationError, 1, "mapping", id="list-of-lists"),
        pytest.param(b"# nothing but a remark\n", ValidationError, None, "no value", id="remark"),
        pytest.param(b"[]\n", ValidationError, 1, "no entry", id="empty-list"),
        pytest.param(b"{}\n", ValidationError, 1, "no id", id="empty-mapping"),
        pytest.param(b"[" * 100_000, ValidationError, 1, "", id="deep-lists"),
        pytest.param(b"{a: " * 500, ValidationError, 1, "deep", id="deep-mappings"),
        pytest.param(b"? " * 5000 + b"a\n", ValidationError, 1, "", id="deep-keys"),
        pytest.param(b"- id: a\n  x: \x07\n", ValidationError, None, "YAML", id="control"),
        pytest.param(b"%FOO bar\n--- a\n", ValidationError, None, "", id="directive"),
    ],
)
def test_a_file_that_cannot_be_read(
    local: OpenRecord, tmp_path: Path, content: bytes, kind: type, line: int | None, says: str
) -> None:
    add(local, tmp_path, event("present"))
    file = tmp_path / "bad.yaml"
    file.write_bytes(content)
    error = refused(local, file)
    assert type(error) is kind
    assert says in error.what
    assert error.where is not None
    if line is not None:
        assert error.where.line == line


def test_a_file_of_200_mb_is_not_even_read(local: OpenRecord, tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    with file.open("wb") as handle:
        handle.truncate(200 * 1024 * 1024)
    error = refused(local, file)
    assert type(error) is FileError
    assert "209,715,200" in error.what


def test_the_limit_is_a_limit_of_bytes_read(local: OpenRecord, tmp_path: Path) -> None:
    """A device has no size, and goes on for ever."""
    device = Path("/dev/zero")
    if not device.exists():
        pytest.skip("no /dev/zero here")
    error = refused(local, device)
    assert type(error) is FileError
    assert f"{MAX_BYTES:,}" in error.what


def test_a_small_file_of_many_values_is_refused(
    local: OpenRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four bytes a value take some hundred in memory: 32 MB would take gigabytes."""
    monkeypatch.setattr("comity.record.yamlfile.MAX_VALUES", 10_000)
    file = tmp_path / "many.yaml"
    file.write_text("- a\n" * 20_000)
    error = refused(local, file)
    assert type(error) is ValidationError
    assert "10,000 values" in error.what
    assert error.where is not None
    assert error.where.line == 10_000  # the list itself is a value, too


def test_problems_without_end_are_not_collected(local: OpenRecord, tmp_path: Path) -> None:
    file = tmp_path / "many.yaml"
    file.write_text("- a\n" * 5_000)
    error = refused(local, file)
    assert isinstance(error, ValidationError)
    assert 100 <= len(error.problems) < 5_000


def test_missing_file_and_folder(local: OpenRecord, tmp_path: Path) -> None:
    assert "no such file" in refused(local, tmp_path / "absent.yaml").what
    assert "folder" in refused(local, tmp_path).what
    assert type(refused(local, tmp_path / ("x" * 300))) is FileError


def test_a_file_without_permission(
    local: OpenRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret.yaml"
    file.write_text(GOOD)
    file.chmod(0)
    if os.geteuid() == 0:  # root may read everything, so the system's answer is played

        def denied(path: Path, *_: object, **__: object) -> NoReturn:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

        monkeypatch.setattr(Path, "open", denied)
    assert "cannot be read" in refused(local, file).what


def test_depth_is_counted_in_containers() -> None:
    parse_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH, "f")
    with pytest.raises(ValidationError, match="deep"):
        parse_yaml("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "f")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(GOOD.replace("\n", "\r\n").encode(), id="crlf"),
        pytest.param(b"\xef\xbb\xbf" + GOOD.encode(), id="bom"),
        pytest.param(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(), id="bom-crlf"),
        pytest.param(GOOD.rstrip().encode(), id="no-last-newline"),
        pytest.param(b"---\n" + GOOD.encode() + b"...\n", id="document-marks"),
        pytest.param(b"%YAML 1.1\n---\n" + GOOD.encode(), id="yaml-directive"),
        pytest.param(GOOD.replace("- ", "  ", 1).encode(), id="one-entry-without-list"),
    ],
)
def test_files_of_other_editors_are_read(local: OpenRecord, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "good.yaml"
    file.write_bytes(content)
    (entry,) = local.add(file)
    assert (entry.id, entry.title, entry.value("on")) == ("good", "Good", "2023-03-01")


def test_every_scalar_is_text(tmp_path: Path) -> None:
    """The Norway problem, octal, dates, floats, null: YAML guesses nothing here."""
    file = tmp_path / "words.yaml"
    words = ("no", "0307", "2023-08-24", "1e3", "~", "null", "0x1F", "12:30:45", ".inf", "yes", "=")
    file.write_text("\n".join(f"- {word}" for word in words) + "\n- ''\n-\n")
    found = read_yaml(file)
    assert [str(item) for item in found] == [*words, "", ""]
    assert all(isinstance(item, str) for item in found)
    assert [item.line for item in found] == list(range(1, len(words) + 3))


def test_norway_stays_a_word_in_the_record(local: OpenRecord, tmp_path: Path) -> None:
    file = tmp_path / "norway.yaml"
    file.write_text(
        "- id: on\n  kind: event\n  title: no\n  names: [yes, off, 0307]\n"
        "  on: 2023-08-24\n  event_kind: report\n  place: null\n"
    )
    local.add(file)
    entry = local.reading().entry("on")
    assert entry.title == "no"
    assert entry.list("names") == ["yes", "off", "0307"]
    assert entry.value("on") == "2023-08-24"
    assert entry.value("place") == "null"

"""From bytes to a document: limits that hold, the same text always, and clear errors for files."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from comity.documents.extract import extract, read_file
from comity.documents.limits import DEFAULT
from comity.words.errors import FileError
from tests.documents.made import SENTENCE, by_hand, lines, page, printed

EACH = {
    "text": f"{SENTENCE}\n\n{SENTENCE}\n".encode(),
    "html": page(f"<p>{SENTENCE}</p><p>{SENTENCE} <b>Bold</b> words.</p><ul><li>one</li></ul>"),
    "pdf": printed(f"<h1>Talks</h1><p>{SENTENCE}</p><p>{SENTENCE}</p>"),
}


@pytest.mark.parametrize("kind", EACH)
def test_what_is_told_of_a_document(kind: str):
    data = EACH[kind]
    read = extract(data)
    assert read.document.kind == kind
    assert read.document.sha256 == hashlib.sha256(data).hexdigest()
    assert read.document.size == len(data)
    assert read.text_sha256 == hashlib.sha256(read.text.encode()).hexdigest()
    assert read.document.language == "en"
    assert read.document.as_dict()["kind"] == kind
    assert read.paragraph_at(len(read.text)) is None
    assert (read.page_at(0) == 1) is (kind == "pdf")


@pytest.mark.parametrize("kind", EACH)
def test_the_same_bytes_give_the_same_text(kind: str):
    first = extract(EACH[kind])
    assert extract(EACH[kind]) == first
    code = (
        "import sys; from comity.documents.extract import extract;"
        "print(extract(sys.stdin.buffer.read()).text_sha256)"
    )
    for seed in ("1", "2"):
        out = subprocess.run(
            [sys.executable, "-c", code],
            input=EACH[kind],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        assert out.decode().strip() == first.text_sha256


def test_paragraphs_of_plain_text():
    wrapped = "\n".join(["The ministers met on Thursday in Jakarta and they", "agreed to talk."])
    text = f"Title\r\n\r\n  {wrapped}\n \n\nFirst line of news that is a paragraph.\nShort.\nEnd\n"
    read = extract(text.encode())
    assert read.text == text
    assert [text[one.start : one.end] for one in read.paragraphs] == [
        "Title",
        wrapped,
        "First line of news that is a paragraph.",
        "Short.",
        "End",
    ]


@pytest.mark.parametrize(
    "data", [b" ", b"\n\n\t", b"\xef\xbb\xbf", b"---\n***", "\u200b\u200f".encode()]
)
def test_files_without_words(data: bytes):
    with pytest.raises(FileError, match="no words"):
        extract(data)


def test_zero_characters_are_refused():
    with pytest.raises(FileError, match="zero character") as caught:
        extract(b"text\n" * 1000 + b"\0")
    assert caught.value.where is not None
    assert caught.value.where.line == 1001


def test_limits_on_size():
    small = replace(DEFAULT, bytes=100, characters=50)
    with pytest.raises(FileError, match="101 bytes, more than the limit of 100 bytes"):
        extract(b"a" * 101, limits=small)
    with pytest.raises(FileError, match="51 characters"):
        extract(b"a" * 51, limits=small)
    with pytest.raises(FileError, match="characters, more than the limit of 50"):
        extract(EACH["html"], limits=replace(DEFAULT, characters=50))


@pytest.mark.slow
def test_one_line_of_ten_megabytes():
    line = b"the minister of trade said " * 380_000
    before = time.perf_counter()
    read = extract(line)
    assert time.perf_counter() - before < 3
    assert len(read.paragraphs) == 1
    solid = extract(b"a" * 10_000_000)
    assert solid.document.language == "und"
    assert len(extract(page(f"<p>{line.decode()}</p>")).text) == len(line) - 1
    assert time.perf_counter() - before < 30


def test_the_time_limit_interrupts():
    # Marked content nested in this depth keeps the layout busy for long.
    busy = by_hand(b"q 1 0 0 1 0 0 cm BT /F1 1 Tf (a) Tj ET Q\n" * 300_000)
    before = time.perf_counter()
    with pytest.raises(FileError, match=r"more than 0\.5 seconds and was stopped"):
        extract(busy, limits=replace(DEFAULT, seconds=0.5))
    assert time.perf_counter() - before < 5


def test_the_memory_limit_holds():
    # Small enough to unpack, too large to take apart.
    many = by_hand(lines(*[SENTENCE] * 50_000, leading=0))
    with pytest.raises(FileError, match=r"of memory|taken apart"):
        extract(many, limits=replace(DEFAULT, memory=200 * 1024 * 1024))


def test_no_process_is_left_behind():
    with pytest.raises(FileError):
        extract(EACH["pdf"], limits=replace(DEFAULT, seconds=0.01))
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_the_directory_one_is_in_is_not_run(tmp_path: Path, monkeypatch):
    (tmp_path / "trafilatura.py").write_text("raise SystemExit('run')")
    monkeypatch.chdir(tmp_path)
    assert extract(EACH["html"]).text


def test_files(tmp_path: Path):
    path = tmp_path / "news.txt"
    path.write_bytes(EACH["text"])
    assert read_file(path) == extract(EACH["text"])
    for wrong, what in (
        (tmp_path / "missing.txt", "no such file"),
        (tmp_path, "not a regular file"),
        (Path("/dev/zero"), "not a regular file"),
        ("a\0b", "cannot be read|no such file"),
    ):
        with pytest.raises(FileError, match=what):
            read_file(wrong)
    with pytest.raises(FileError, match="more than the limit of 10 bytes") as caught:
        read_file(path, limits=replace(DEFAULT, bytes=10))
    assert caught.value.where is not None
    assert caught.value.where.file == str(path)

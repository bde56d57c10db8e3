"""Keeps the documentation true: runs its examples and writes what can be derived.

    python scripts/generate_reference.py            # rewrite what is no longer true
    python scripts/generate_reference.py --check    # only say what is no longer true; exit code 1
    python scripts/generate_reference.py README.md  # only these pages

Four things in README.md and docs/ are made here:

- **Examples.** A block marked ``console`` that begins with ``$ comity`` and every ``pycon`` block
  is run, page by page, in an empty folder on a store of its own with the shipped record loaded. A
  block with a title (```` ```yaml title="meeting.yaml" ````) is written as a file there first. A
  line of output that is only ``…`` stands for any number of lines.
- **The vocabulary**, from the tables in `src/comity/words/vocabulary/`.
- **The errors**, from the tree in `comity.words.errors`.
- **The routes of the HTTP API**, from its OpenAPI description.

The last three lie between ``<!-- generated: NAME -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import contextlib
import difflib
import doctest
import io
import json
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HOME = "/home/ann"
"""What stands in the pages for the folder in which their examples ran."""

AUTHOR = "ann"
COLUMNS = "100"
MORE = "…"
_FENCE = re.compile(r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\s*$')
_GENERATED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_SHIPPED = "2026-11-25T00:00:00Z"


# ------------------------------------------------------------------------------------- the pages


def pages() -> list[Path]:
    """README.md and every page of the documentation."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@dataclass
class Block:
    """A fenced block of a page; `first` is the index of the line after the opening fence."""

    language: str
    title: str | None
    first: int
    lines: list[str]

    @property
    def runs(self) -> bool:
        """Whether the block is an example that is run."""
        if self.language == "console":
            return bool(self.lines) and self.lines[0].startswith("$ comity")
        return self.language == "pycon"


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        fence = _FENCE.match(lines[index])
        index += 1
        if fence is None:
            continue
        first = index
        while index < len(lines) and lines[index] != "```":
            index += 1
        yield Block(fence["language"], fence["title"], first, lines[first:index])
        index += 1


# ---------------------------------------------------------------------------------- running them


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code and what it printed, errors included."""

    code: int
    text: str


def run(words: Sequence[str]) -> Ran:
    """Run one command of the command line in this process; `words` begin after ``comity``."""
    from comity.cli import main

    data = io.BytesIO()
    screen = io.TextIOWrapper(data, encoding="utf-8", write_through=True)
    before, code = sys.argv, 0
    sys.argv = ["comity", *words]
    try:
        with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
            main()
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else int(done.code is not None)
    finally:
        sys.argv = before
    return Ran(code, data.getvalue().decode())


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    """In a folder, with the environment that the pages take for granted."""
    before = dict(os.environ)
    for name in ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS", "TERMINAL_WIDTH"):
        os.environ.pop(name, None)
    store = str(folder / "comity.db")
    os.environ.update(COMITY_DB=store, COMITY_AUTHOR=AUTHOR, COLUMNS=COLUMNS, NO_COLOR="1")
    os.environ.update(COMITY_DATA=str(folder / "trade"))
    os.environ.pop("COMTRADE_KEY", None)
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class Desk:
    """A folder with a freshly loaded store, in which the examples of one page run."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.folder = folder
        self.names: dict[str, object] = {}
        shutil.copyfile(template, folder / "comity.db")

    def _shown(self, text: str) -> list[str]:
        text = text.replace(str(self.folder), HOME)
        return [line.rstrip() for line in text.rstrip("\n").split("\n")] if text.strip() else []

    def command(self, line: str) -> list[str]:
        """The lines that a command of a ``console`` block prints."""
        words = shlex.split(line)
        target = None
        if ">" in words:
            at = words.index(">")
            target, words = words[at + 1], words[:at]
        with inside(self.folder):
            ran = run(words[1:])
            if target is not None:
                Path(target).write_text(ran.text, encoding="utf-8")
                return []
        return self._shown(ran.text)

    def python(self, source: str) -> list[str]:
        """The lines that an example of a ``pycon`` block prints."""
        screen = io.StringIO()
        with inside(self.folder), contextlib.redirect_stdout(screen):
            exec(compile(source, "<example>", "single"), self.names)
        return self._shown(screen.getvalue())


# ------------------------------------------------------------------- comparing and writing output


def _plain(line: str) -> str:
    """A line without what differs at every run: the instant of a revision of one's own."""
    line = _INSTANT.sub(lambda m: m[0] if m[0] == _SHIPPED else "<instant>", line)
    return re.sub(r"\s+", " ", line) if "<instant>" in line else line


def matches(wanted: Sequence[str], got: Sequence[str]) -> bool:
    """Whether output is what a page shows, where ``…`` stands for any lines."""
    parts: list[str] = []
    for line in wanted:
        parts.append(r"(?:.*\n)*?" if line.strip() == MORE else re.escape(_plain(line)) + r"\n")
    text = "".join(_plain(line) + "\n" for line in got)
    return re.fullmatch("".join(parts), text) is not None


def refreshed(wanted: Sequence[str], got: Sequence[str]) -> list[str]:
    """The output as a page should show it: shortened where it was, as long as it was there."""
    if matches(wanted, got) and wanted:
        return list(wanted)
    runs: list[list[str]] = [[]]
    for line in wanted:
        if line.strip() == MORE:
            runs.append([])
        else:
            runs[-1].append(line)
    if len(runs) == 1:
        return list(got)
    shown = list(got[: len(runs[0])])
    start, last = len(shown), runs[-1]
    for part in runs[1:-1]:
        close = difflib.get_close_matches(part[0], got[start:], n=1, cutoff=0.5)
        if not close:
            raise SystemExit(f"no line of the output is like {part[0]!r}; edit the page by hand")
        start = got.index(close[0], start)
        shown += [MORE, *got[start : start + len(part)]]
        start += len(part)
    return [*shown, MORE, *(got[-len(last) :] if last else [])]


@dataclass(frozen=True)
class Example:
    """One example of a page: what is typed, what the page shows and what is printed now."""

    line: int
    typed: list[str]
    wanted: list[str]
    got: list[str]

    @property
    def holds(self) -> bool:
        return matches(self.wanted, self.got)


def _console(block: Block, desk: Desk) -> Iterator[Example]:
    lines, index = block.lines, 0
    while index < len(lines):
        start = index
        while lines[index].endswith("\\"):
            index += 1
        index += 1
        typed = lines[start:index]
        first = index
        while index < len(lines) and not lines[index].startswith("$ "):
            index += 1
        line = " ".join(part.rstrip("\\") for part in typed)[2:]
        yield Example(block.first + start + 1, typed, lines[first:index], desk.command(line))


def _pycon(block: Block, desk: Desk) -> Iterator[Example]:
    for one in doctest.DocTestParser().get_examples("\n".join(block.lines) + "\n"):
        source = one.source.rstrip("\n").split("\n")
        typed = [f">>> {source[0]}", *(f"... {line}".rstrip() for line in source[1:])]
        wanted = one.want.rstrip("\n").split("\n") if one.want else []
        yield Example(block.first + one.lineno + 1, typed, wanted, desk.python(one.source))


def examples(block: Block, desk: Desk) -> list[Example]:
    """The examples of a block, run; a titled block is written as a file and has none."""
    if block.title is not None:
        path = desk.folder / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(block.lines) + "\n", encoding="utf-8")
    if not block.runs:
        return []
    return list((_console if block.language == "console" else _pycon)(block, desk))


def load_template(folder: Path) -> Path:
    """A store with the shipped record, made once and copied for each page."""
    with inside(folder):
        ran = run(["pack", "load", "--shipped"])
    if ran.code:
        raise SystemExit(ran.text)
    return folder / "comity.db"


def with_examples(text: str, template: Path) -> str:
    """A page with the output of its examples as it is now."""
    lines = text.split("\n")
    found = list(blocks(text))
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder).resolve(), template)
        new: dict[int, list[str]] = {}
        for block in found:
            if made := examples(block, desk):
                new[block.first] = [
                    line for one in made for line in (*one.typed, *refreshed(one.wanted, one.got))
                ]
    for block in reversed(found):
        if block.first in new:
            lines[block.first : block.first + len(block.lines)] = new[block.first]
    return "\n".join(lines)


# ------------------------------------------------------------------------------- derived sections


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _fields(rows: dict[str, object]) -> list[str]:
    from comity.words.vocabulary import Field

    lines = ["| field | type | | meaning |", "|---|---|---|---|"]
    for field in rows.values():
        assert isinstance(field, Field)
        marks = [
            word
            for word, on in (
                ("required", field.required),
                ("list", field.many),
                ("dated", field.dated),
            )
            if on
        ]
        cells = (
            f"`{field.name}`",
            f"`{_cell(field.type)}`",
            ", ".join(marks),
            _cell(field.meaning),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]


def vocabulary() -> str:
    """Kinds, their fields, sub-records, the keys of a claim, and the closed lists."""
    from comity.words import vocabulary as words

    kinds, common = words.kinds(), words.common_fields()
    lines = ["## Kinds", "", "| kind | placed in time by | meaning |", "|---|---|---|"]
    for name, kind in kinds.items():
        date = f"`{kind.date_field}`" if kind.date_field else "–"
        lines.append(f"| [`{name}`](#{name}) | {date} | {_cell(kind.meaning)} |")
    lines += ["", "## Fields of every kind", "", *_fields(dict(common)), "## Fields by kind", ""]
    for name, kind in kinds.items():
        own = {key: field for key, field in kind.fields.items() if key not in common}
        lines += [f"### {name}", "", kind.meaning, "", *_fields(dict(own))]
    lines += ["## Sub-records", ""]
    for name in words.subrecords():
        lines += [f"### {name}", "", *_fields(dict(words.subrecord(name)))]
    lines += ["## Keys of a claim in long form", "", *_fields(dict(words.subrecord("claim")))]
    lines += ["## Closed lists", ""]
    for name, terms in words.terms().items():
        lines += [f"### {name} (list)", "", "| term | label | | meaning |", "|---|---|---|---|"]
        lines += [
            f"| `{t.name}` | {_cell(t.label)} | {_cell(t.extra)} | {_cell(t.meaning)} |"
            for t in terms.values()
        ]
        lines.append("")
    return "\n".join(lines)


def errors() -> str:
    """The error tree, and the parts of a place."""
    from dataclasses import fields

    from comity.words.errors import ComityError, Place

    lines = ["| error | is a | exit code | meaning |", "|---|---|---|---|"]

    def add(error: type[ComityError], depth: int) -> None:
        meaning = (error.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
        base = "" if depth == 0 else f"`{error.__mro__[1].__name__}`"
        lines.append(f"| `{error.__name__}` | {base} | {error.exit_code} | {_cell(meaning)} |")
        for child in error.__subclasses__():
            # Errors that a module keeps to itself are no part of the tree.
            if child.__module__ == ComityError.__module__:
                add(child, depth + 1)

    add(ComityError, 0)
    parts = ", ".join(f"`{field.name}`" for field in fields(Place))
    lines += ["", f"A place has the parts {parts}, each of them only where it is known.", ""]
    return "\n".join(lines)


def http() -> str:
    """The routes of the HTTP API, from its own description."""
    from comity.api.app import declared

    described = declared().openapi()
    lines: list[str] = []
    for tag in described["tags"]:
        lines += [f"### {tag['name'].capitalize()}", "", tag["description"], ""]
        for path, methods in described["paths"].items():
            for method, one in methods.items():
                if tag["name"] in one["tags"]:
                    lines += _operation(f"{method.upper()} {path}", one)
    return "\n".join(lines)


def _operation(title: str, one: dict[str, Any]) -> list[str]:
    role = one["x-role"]
    who = "for anyone" if role is None else f"role `{role}`"
    statuses = ", ".join(one["responses"])
    lines = [f"#### `{title}`", "", one["description"], "", f"{who.capitalize()}; {statuses}.", ""]
    if one.get("parameters"):
        lines += ["| parameter | in | | meaning |", "|---|---|---|---|"]
        for part in one["parameters"]:
            needed = "required" if part["required"] else ""
            about = _cell(part.get("description") or "")
            lines.append(f"| `{part['name']}` | {part['in']} | {needed} | {about} |")
        lines.append("")
    content = one.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = content.get("schema", {})
    for form in schema.get("oneOf", [schema]):
        if form.get("properties"):
            lines += [f"| field of {form['title']} | | meaning |", "|---|---|---|"]
            for name, field in form["properties"].items():
                needed = "required" if name in form.get("required", ()) else ""
                lines.append(f"| `{name}` | {needed} | {_cell(field.get('description') or '')} |")
            lines.append("")
    if "example" in content:
        example = json.dumps(content["example"], ensure_ascii=False, indent=2).split("\n")
        lines += ["```json", *example, "```", ""]
    return lines


_SECTIONS = {"vocabulary": vocabulary, "errors": errors, "http": http}


def with_sections(text: str) -> str:
    """A page with its derived sections as they are now."""
    return _GENERATED.sub(lambda m: f"{m[1]}\n{_SECTIONS[m[2]]()}\n{m[3]}", text)


# --------------------------------------------------------------------------------------- the door


def main(words: Sequence[str]) -> int:
    """Rewrite the pages, or with ``--check`` name those that are no longer true."""
    check = "--check" in words
    chosen = [Path(word).resolve() for word in words if not word.startswith("-")] or pages()
    stale = 0
    with tempfile.TemporaryDirectory() as folder:
        template = load_template(Path(folder).resolve())
        for page in chosen:
            text = page.read_text(encoding="utf-8")
            now = with_examples(with_sections(text), template)
            if now == text:
                continue
            stale += 1
            print(f"{'no longer true' if check else 'rewritten'}: {page.relative_to(ROOT)}")
            if not check:
                page.write_text(now, encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

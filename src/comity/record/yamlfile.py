"""Reading YAML as text with places: every scalar stays a string, every value knows its line.

YAML's own guessing (``no`` is false, ``0307`` is octal, dates become objects) is turned off: the
vocabulary decides what a value means. Anchors, aliases, tags, merge keys and more than one
document are refused, so a small file can never grow in memory; so are files that are too large,
empty, not UTF-8 or binary. libyaml does the parsing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from comity.words.errors import FileError, Place, ValidationError

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 24
MAX_VALUES = 1_500_000
"""A value of one letter takes some hundred bytes in memory, so bytes alone are no limit."""

Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Text(str):
    """A scalar with its place. `plain` is false where it was quoted."""

    __slots__ = ("column", "line", "plain")
    line: int
    column: int
    plain: bool


class Mapping(dict[str, Any]):
    """A mapping with its line and column, and the lines and columns of its keys."""

    __slots__ = ("column", "key_columns", "key_lines", "line")
    line: int
    column: int
    key_lines: dict[str, int]
    key_columns: dict[str, int]


class Sequence(list[Any]):
    """A sequence with its line and column."""

    __slots__ = ("column", "line")
    line: int
    column: int


def read_bytes(path: Path, *, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file no larger than `limit`. Raises `FileError`."""
    place = Place(file=str(path))
    try:
        if path.is_dir():
            raise FileError("this is a folder, not a file", where=place, mend="name a file in it")
        size = path.stat().st_size
        if size > limit:
            raise FileError(
                f"the file has {size:,} bytes, more than the {limit:,} allowed",
                where=place,
                mend="split it into smaller files",
            )
        with path.open("rb") as handle:
            data = handle.read(limit + 1)
    except FileNotFoundError:
        raise FileError("there is no such file", where=place, mend="check the path") from None
    except OSError as error:
        raise FileError(
            f"the file cannot be read: {error.strerror}",
            where=place,
            mend="check the path and its permissions",
        ) from None
    if len(data) > limit:  # a device or a growing file
        raise FileError(f"more than {limit:,} bytes", where=place, mend="split it")
    return data


def read_text(path: Path, *, limit: int = MAX_BYTES) -> str:
    """The text of a UTF-8 file. Raises `FileError`: empty, binary, not UTF-8, too large."""
    data = read_bytes(path, limit=limit)
    place = Place(file=str(path))
    if not data.strip():
        raise FileError("the file is empty", where=place, mend="write at least one entry")
    if b"\x00" in data[:8192]:
        raise FileError("the file is binary, not text", where=place, mend="give a UTF-8 text file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError(
            f"byte {error.start} is not UTF-8",
            where=Place(file=str(path), line=line),
            mend="save the file as UTF-8",
        ) from None


def parse_yaml(text: str, file: str) -> Any:
    """Parse one YAML document into `Mapping`, `Sequence` and `Text`. Raises `ValidationError`."""
    try:
        return _build(yaml.parse(text, Loader=Loader), file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(
            file=file,
            line=mark.line + 1 if mark else None,
            column=mark.column + 1 if mark else None,
        )
        raise ValidationError(
            f"this is not YAML: {error.problem or error.context}",
            where=place,
            mend="check indentation, quotes and colons on this line and the one before",
        ) from None
    except yaml.YAMLError as error:
        reason = getattr(error, "reason", None) or str(error).splitlines()[0]
        line = _line_of_unreadable(text)
        raise ValidationError(
            f"this is not YAML: {reason}",
            where=Place(file=file, line=line),
            mend="remove what is not text, or save the file as plain UTF-8",
        ) from None


def _line_of_unreadable(text: str) -> int | None:
    """The line of the first character that YAML does not allow; its parser does not say."""
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


def _build(events: Iterator[Any], file: str) -> Any:
    """Assemble values from parser events, without recursion."""
    root: list[Any] = []
    stack: list[tuple[Any, list[Any]]] = []  # container, and its pending key as a 0/1-item list
    documents = values = 0

    def refuse(event: Any, what: str, mend: str) -> ValidationError:
        mark = event.start_mark
        return ValidationError(
            what, where=Place(file=file, line=mark.line + 1, column=mark.column + 1), mend=mend
        )

    def place_value(value: Any, event: Any) -> None:
        if not stack:
            root.append(value)
            return
        container, pending = stack[-1]
        if isinstance(container, Sequence):
            container.append(value)
        elif not pending:
            if not isinstance(value, Text):
                raise refuse(event, "a key must be a word", "write key: value")
            if value == "<<":
                raise refuse(event, "merge keys are not allowed", "write the keys out")
            if value in container:
                raise refuse(event, f"the key {value!r} occurs twice", "keep one of them")
            pending.append(value)
            container.key_lines[str(value)] = value.line
            container.key_columns[str(value)] = value.column
        else:
            container[str(pending.pop())] = value

    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise refuse(event, "the file holds more than one document", "remove the ---")
        elif isinstance(event, yaml.AliasEvent):
            raise refuse(event, "anchors and aliases are not allowed", "write the value out")
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            if event.anchor is not None:
                raise refuse(event, "anchors and aliases are not allowed", "write the value out")
            if event.tag is not None:
                raise refuse(event, f"tags ({event.tag}) are not allowed", "remove the tag")
            values += 1
            if values > MAX_VALUES:
                raise refuse(event, f"more than {MAX_VALUES:,} values", "split the file")
            mark: Any = event.start_mark
            line = mark.line + 1
            if isinstance(event, yaml.ScalarEvent):
                text = Text(event.value)
                text.line = line
                text.column = mark.column + 1
                text.plain = event.style is None
                place_value(text, event)
                continue
            if len(stack) >= MAX_DEPTH:
                raise refuse(event, f"nested more than {MAX_DEPTH} deep", "flatten the file")
            container: Mapping | Sequence
            if isinstance(event, yaml.MappingStartEvent):
                container = Mapping()
                container.key_lines = {}
                container.key_columns = {}
            else:
                container = Sequence()
            container.line = line
            container.column = mark.column + 1
            place_value(container, event)
            stack.append((container, []))
        elif isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
    if not root:
        raise ValidationError(
            "the file holds no value", where=Place(file=file), mend="write at least one entry"
        )
    return root[0]


def read_yaml(path: Path, *, limit: int = MAX_BYTES) -> Any:
    """Read and parse one YAML file."""
    return parse_yaml(read_text(path, limit=limit), str(path))

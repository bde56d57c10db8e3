"""From bytes to characters: by mark, by declaration, as UTF-8, or by an honest guess that says so.

Characters are never cleaned or normalised: byte-order marks aside, each is kept, one for one.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from comity.documents.kinds import wide_order
from comity.words.errors import FileError, Place

_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# What browsers read under these names, as the Encoding Standard has it.
_AS_BROWSERS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})"""
    rb"""|^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})""",
    re.IGNORECASE,
)
# UTF-8 sequences of two to four bytes, and bytes beyond ASCII that belong to none.
_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2}|([\x80-\xff])"
)
_GUESSED_FROM = 64 * 1024
_MEND = "save it as UTF-8 and give it again"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Characters, the encoding they were read with, and what a person should know of it."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decoded(data: bytes, *, file: str | None = None, page: bool = False) -> Decoded:
    """The characters of a text or, with `page`, of an HTML page. Raises `FileError`.

    A page may declare its encoding, and stray bytes in it become U+FFFD with a note; in a text
    they are refused, with the line of the first.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], codec, file)
    wide = wide_order(data[:4096])
    if wide is not None:
        read = _strictly(data, wide, file)
        return Decoded(read.text, wide, (f"The text has no mark of its encoding; read as {wide}.",))
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        first = error.start
    declared = _declared(data) if page else None
    if declared is not None and declared != "utf-8":
        try:
            return Decoded(data.decode(declared), declared)
        except (UnicodeDecodeError, LookupError):
            pass
    return _not_utf8(data, first, file, page=page)


def _strictly(data: bytes, codec: str, file: str | None) -> Decoded:
    try:
        return Decoded(data.decode(codec), codec)
    except UnicodeDecodeError as error:
        raise FileError(
            f"the text is marked as {codec}, but byte {error.start} of it is not",
            where=Place(file=file),
            mend=_MEND,
        ) from None


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:2048])
    if found is None:
        return None
    try:
        name = codecs.lookup((found[1] or found[2]).decode("ascii", "replace")).name
    except LookupError:
        return None
    # A page that is read byte by byte as ASCII cannot be in UTF-16, whatever it declares.
    return _AS_BROWSERS.get(name, name) if not name.startswith(("utf-16", "utf-32")) else None


def _not_utf8(data: bytes, first: int, file: str | None, *, page: bool) -> Decoded:
    whole, stray = 0, 0
    for found in _SEQUENCE.finditer(data):
        if found[1] is None:
            whole += 1
        else:
            stray += 1
    dense = (stray + whole) > 0.15 * len(data)
    mixed = whole > stray if dense else whole >= 1 and 5 * whole >= stray
    line = data.count(b"\n", 0, first) + 1
    if mixed:
        if page:
            note = (
                f"{stray} bytes of the page are not UTF-8, the first in line {line}; "
                "each is shown as U+FFFD."
            )
            return Decoded(data.decode("utf-8", "replace"), "utf-8", (note,))
        raise FileError(
            f"the text mixes encodings: most of it is UTF-8, but {stray} bytes are not",
            where=Place(file=file, line=line),
            mend=_MEND,
        )
    return _guessed(data, line, file, dense=dense)


def _guessed(data: bytes, line: int, file: str | None, *, dense: bool) -> Decoded:
    codec = None if dense else _western(data)
    if codec is None:
        from charset_normalizer import from_bytes

        best = from_bytes(data[:_GUESSED_FROM]).best()
        codec = best.encoding if best is not None else None
    if codec is not None:
        codec = codecs.lookup(_AS_BROWSERS.get(codecs.lookup(codec).name, codec)).name
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            pass
        else:
            note = f"The text does not say its encoding and is not UTF-8; read as {codec}, a guess."
            return Decoded(text, codec, (note,))
    raise FileError(
        "the text is not UTF-8, and its encoding cannot be told",
        where=Place(file=file, line=line),
        mend=_MEND,
    )


def _western(data: bytes) -> str | None:
    """Windows-1252, where the bytes beyond ASCII are letters and quotes as it has them."""
    try:
        beyond = bytes(byte for byte in data if byte >= 0x80).decode("cp1252")
    except UnicodeDecodeError:
        return None
    usual = sum(character.isalpha() or character in "‘’“”–—…•€£§°«»\u00a0" for character in beyond)
    return "cp1252" if usual >= 0.9 * len(beyond) else None

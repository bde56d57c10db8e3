"""What reading one document may take: bytes in, pages, characters out, time and memory."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on one document; whoever calls may set others. Every limit is inclusive.

    bytes : size of the document as given
    pages : pages of a PDF
    characters : characters of the text that comes out
    seconds : wall time of extracting an HTML page or a PDF, after which it is stopped
    memory : bytes of address space that extracting an HTML page or a PDF may take
    unpacked : bytes that all compressed streams of a PDF together may unpack to
    """

    bytes: int = 32 * _MIB
    pages: int = 500
    characters: int = 12_000_000
    seconds: float = 120.0
    memory: int = 1024 * _MIB
    unpacked: int = 256 * _MIB


DEFAULT = Limits()


def size(count: int) -> str:
    """A number of bytes for people: ``12.0 MB``, ``3 bytes``."""
    return f"{count / _MIB:.1f} MB" if count >= 100_000 else f"{count:,} bytes"

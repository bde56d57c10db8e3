"""Small documents made for the tests: pages, PDFs by hand and by weasyprint, encrypted, scanned."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache

SENTENCE = (
    "The two ministers met on Thursday in Jakarta and agreed to hold consultations between experts "
    "on the inspection of frozen fish, although neither side said when the first would take place."
)


def page(body: str, head: str = "") -> bytes:
    """An HTML page in UTF-8 with an article."""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{head}</head>'
        f"<body><nav><a href='/'>Home</a></nav><article>{body}</article>"
        "<footer>All rights reserved</footer></body></html>"
    ).encode()


@cache
def printed(body: str, style: str = "", title: str = "") -> bytes:
    """A PDF of an HTML body: A5 pages, justified and hyphenated."""
    from weasyprint import HTML

    head = f"<title>{title}</title>" if title else ""
    made: bytes = HTML(
        string=f"<html lang='en'><head>{head}<style>@page{{size:A5;margin:2cm}}"
        f"p{{hyphens:auto;text-align:justify}}{style}</style></head><body>{body}</body></html>"
    ).write_pdf()
    return made


def by_hand(content: bytes, *, extra: bytes = b"", count: int = 1, packed: bool = False) -> bytes:
    """A PDF of one page with a content stream; `count` is the number of pages it promises."""
    packing = b"/Filter/FlateDecode" if packed else b""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count %d>>" % count,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R"
        b"/Resources<</Font<</F1 4 0 R>>>>>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Length %d%s%s>>\nstream\n%s\nendstream" % (len(content), packing, extra, content),
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def lines(*texts: str, leading: int = 14) -> bytes:
    """A content stream that draws lines of text one below the other."""
    shown = b"".join(b"(%s) Tj 0 -%d Td\n" % (text.encode("latin-1"), leading) for text in texts)
    return b"BT /F1 12 Tf 72 700 Td\n" + shown + b"ET"


def encrypted(data: bytes, password: str, owner: str = "owner") -> bytes:
    """A PDF that opens with a password; with an empty one it opens for everybody."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(password, owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(width: int = 40, height: int = 40) -> bytes:
    """A grey PNG."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    rows = (b"\x00" + b"\x80" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )

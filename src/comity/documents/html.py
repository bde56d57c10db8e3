"""An HTML page to the text of its article, by trafilatura. Nothing is ever fetched."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from comity.documents.document import Span
from comity.documents.html_facts import facts_of
from comity.documents.limits import Limits
from comity.documents.parts import Parts, fit
from comity.words.errors import FileError, Place

# What browsers do not show as text, and what by its name is no part of an article: without them, a
# page that holds nothing else has no article, and no menu is taken for one.
_UNSHOWN = (
    "script", "style", "noscript", "template", "iframe", "object", "embed", "applet", "svg",
    "canvas", "audio", "video",
    "nav", "footer", "aside", "menu", "dialog", "button", "select", "textarea",
)  # fmt: skip
# Marks of direction and zero-width characters: trafilatura would drop them. Each is kept, one for
# one, by a stand-in that the page has nowhere and that counts as a letter.
_MARKS = "\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff" + "".join(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
_STAND_INS = range(0x12000, 0x12380)  # cuneiform signs


def extractor() -> str:
    """What makes the text of a page, with versions."""
    return f"trafilatura {version('trafilatura')}, lxml {version('lxml')}, comity-html 1"


def read(page: str, limits: Limits, file: str | None = None) -> Parts:
    """The article of a page with its facts. Raises `FileError` where there is none."""
    from lxml import etree

    where = Place(file=file)
    tree = _tree(page)
    if tree is None:
        raise _nothing(where, None)
    facts = facts_of(tree)
    etree.strip_elements(tree, *_UNSHOWN, with_tail=False)
    lines = [line for raw in _article(tree).split("\n") if (line := raw.strip())]
    if not any(character.isalpha() for line in lines for character in line):
        raise _nothing(where, facts.title)
    paragraphs, at = [], 0
    for line in lines:
        paragraphs.append(Span(at, at + len(line)))
        at += len(line) + 2
    if at - 2 > limits.characters:
        raise FileError(
            f"the article has {at - 2:,} characters, more than the limit of {limits.characters:,}",
            where=where,
            mend="give a part of it",
        )
    return Parts(
        text=fit("\n\n".join(lines)),
        paragraphs=tuple(paragraphs),
        extractor=extractor(),
        notes=facts.notes,
        title=facts.title,
        published=facts.published,
        published_at=facts.published_at,
        address=facts.address,
        site=facts.site,
    )


def _nothing(where: Place, title: str | None) -> FileError:
    called = f" ({title[:80]!r})" if title else ""
    return FileError(
        f"the page{called} has no article text",
        where=where,
        mend="if scripts build the page, print it to PDF or copy its text into a text file",
    )


def _tree(page: str) -> Any:
    """The page as a tree. No document type is loaded and no entity of the page's own is known."""
    from lxml import etree, html

    # The parser of HTML knows the entities of HTML alone; given bytes with their encoding, it
    # ignores what the page declares. Size and depth are bounded by the process it runs in.
    parser = html.HTMLParser(
        encoding="utf-8",
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
    )
    data = page.replace("\x00", "\ufffd").encode("utf-8", "replace")
    try:
        return html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _article(tree: Any) -> str:
    import trafilatura

    # An entity may hide a mark from a search of the page, so the tree is asked.
    used: set[str] = set()
    for one in tree.iter():
        used.update(one.text or "", one.tail or "")
    free = (chr(code) for code in _STAND_INS if chr(code) not in used)
    stand_ins = {ord(mark): sign for mark, sign in zip(_MARKS, free, strict=False) if mark in used}
    # Characters that XML does not know would make trafilatura give up the page.
    unfit = {ord(one): fit(one) for one in used if fit(one) != one}
    if stand_ins or unfit:
        signs = {**stand_ins, **unfit}
        for one in tree.iter():
            if one.text:
                one.text = one.text.translate(signs)
            if one.tail:
                one.tail = one.tail.translate(signs)
    found = trafilatura.bare_extraction(tree, include_comments=False, include_links=False)
    if found is None:
        return ""
    text = found["text"] if isinstance(found, dict) else found.text
    return (text or "").translate({ord(sign): chr(mark) for mark, sign in stand_ins.items()})

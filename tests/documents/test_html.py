"""Pages to the text of their article: nothing fetched, no script, the facts that they state."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.documents import html
from comity.documents.extract import extract
from comity.documents.html_facts import published
from comity.documents.limits import DEFAULT
from comity.words.errors import FileError
from tests.documents.made import SENTENCE, page

ARTICLE = f"<h1>Talks on fish</h1><p>{SENTENCE}</p><p>{SENTENCE}</p>"


@pytest.fixture
def server() -> Iterator[tuple[str, list[object]]]:
    """An address that notes every connection made to it."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        stop = threading.Event()

        def note() -> None:
            while not stop.is_set():
                try:
                    connection, peer = listening.accept()
                except TimeoutError:
                    continue
                calls.append(peer)
                connection.close()

        thread = threading.Thread(target=note)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", calls
        stop.set()
        thread.join()


def test_article_without_its_surroundings():
    read = extract(page(ARTICLE))
    assert read.text.startswith("Talks on fish\n\nThe two ministers met")
    assert "Home" not in read.text
    assert "All rights" not in read.text
    assert [read.text[one.start : one.end] for one in read.paragraphs] == read.text.split("\n\n")
    assert read.document.kind == "html"
    assert read.document.language == "en"
    assert read.extractor.startswith("trafilatura 2.")
    assert read.pages == ()


def test_scripts_are_never_in_the_text():
    hidden = "SECRET words of a script that are long enough to look like an article. " * 20
    spread = (
        f"<script>{hidden}</script><style>{hidden}</style><noscript>{hidden}</noscript>"
        f'<script type="application/ld+json">{{"articleBody": "{hidden}"}}</script>'
        f"<template><p>{hidden}</p></template><svg><text>{hidden}</text></svg>"
        f"<iframe>{hidden}</iframe><p onclick='{hidden}'>Shown text.</p><!-- {hidden} -->"
    )
    assert "SECRET" not in extract(page(ARTICLE + spread)).text
    with pytest.raises(FileError, match="no article text"):
        extract(page(spread.replace("Shown text.", ""), "<title>App</title>"))


def test_nothing_is_fetched(server: tuple[str, list[object]], tmp_path: Path, monkeypatch):
    address, calls = server
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    body = (
        f'<!DOCTYPE html SYSTEM "{address}/page.dtd" [<!ENTITY f SYSTEM "{secret.as_uri()}">'
        f'<!ENTITY n SYSTEM "{address}/x"><!ENTITY % p SYSTEM "{address}/p"> %p;]>'
        f'<html xmlns:xi="http://www.w3.org/2001/XInclude"><head><base href="{address}/">'
        f'<link rel="stylesheet" href="{address}/s.css"><link rel="canonical" href="{address}/c">'
        f'<meta http-equiv="refresh" content="0;url={address}/r"></head><body><article>'
        f'<p>{SENTENCE} &f; &n;</p><img src="{address}/i.png"><iframe src="{address}/f"></iframe>'
        f'<xi:include href="{secret.as_uri()}" parse="text"/><object data="{address}/o"></object>'
        f"<p>{SENTENCE}</p></article></body></html>"
    )
    for whole in (body, '<?xml version="1.0" encoding="utf-8"?>' + body):
        assert "SECRET" not in extract(whole.encode()).text

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    assert "SECRET" not in html.read(body, DEFAULT).text
    assert calls == []


def test_entities_that_grow_stay_as_written():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE html [<!ENTITY l0 "ha">{laughs}]><html><body><p>{SENTENCE} &l11;</p></body>'
    assert len(extract(bomb.encode()).text) < 1000


def test_marks_of_direction_and_zero_width_are_kept():
    words = (
        f"<p>A\u200bB\u200fC\u202eD\u2066E &rlm;F&#8203;G\ufeffH {SENTENCE}</p><p>{SENTENCE}</p>"
    )
    read = extract(page(words))
    assert read.text.startswith("A\u200bB\u200fC\u202eD\u2066E \u200fF\u200bG\ufeffH The two")


def test_what_cannot_be_stored_is_shown():
    read = extract(
        page(f"<p>a&#1;b&#xD800;c&#0;d\x7fe {SENTENCE}</p><p>{SENTENCE}</p>"), file="a.html"
    )
    read.text.encode("utf-8")
    assert "\0" not in read.text


def test_facts_that_the_page_states():
    head = (
        '<title>Fish | Site</title><meta property="og:title" content="Talks on  fish &amp; rice">'
        '<meta property="og:site_name" content="The Site">'
        '<link rel="canonical" href="https://example.org/fish">'
        '<meta property="article:published_time" content="2023-11-16T23:30:00-08:00">'
    )
    document = extract(page(ARTICLE, head)).document
    assert document.title == "Talks on fish & rice"
    assert document.site == "The Site"
    assert document.address == "https://example.org/fish"
    assert document.published == "2023-11-16"
    assert document.published_at is not None
    assert document.as_dict()["published_at"] == "2023-11-16T23:30:00-08:00"


def test_facts_of_linked_data_come_first():
    head = (
        '<meta name="date" content="2020"><script type="application/ld+json">'
        '{"@graph": [{"@type": "WebSite", "datePublished": "2001-01-01"},'
        '{"@type": ["NewsArticle"], "headline": "Fish", "datePublished": "2023-11-17",'
        '"url": "https://example.org/f", "publisher": [{"name": "Paper"}]}, 3]}</script>'
        '<script type="application/ld+json">{broken</script>'
    )
    read = extract(page(f"<p>{SENTENCE}</p><p>{SENTENCE}</p>", head))
    document = read.document
    assert (document.title, document.published, document.site, document.address) == (
        "Fish",
        "2023-11-17",
        "Paper",
        "https://example.org/f",
    )
    assert "more than one publication date" in read.notes[0]


def test_facts_that_are_not_stated_are_not_guessed():
    body = f"<p>Published on 3 May 2021. {SENTENCE}</p><p>{SENTENCE}</p>"
    document = extract(page(body, '<link rel="canonical" href="javascript:alert(1)">')).document
    assert (document.title, document.published, document.address, document.site) == (None,) * 4


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2023-11-16", "2023-11-16"),
        ("2023-11-16T10:00:00Z", "2023-11-16"),
        ("2023-11-16 10:00", "2023-11-16"),
        ("2023-11", "2023-11"),
        ("2023", "2023"),
        ("16 November 2023", "2023-11-16"),
        ("Nov. 16, 2023", "2023-11-16"),
        ("November 2023", "2023-11"),
        ("Thu, 16 Nov 2023 10:00:00 GMT", "2023-11-16"),
        ("2023-02-30", None),
        ("11/12/2023", None),
        ("0001-01-01", None),
        ("31 February 2023", None),
        ("yesterday", None),
        ("may", None),
        ("", None),
    ],
)
def test_dates_with_their_precision(words: str, day: str | None):
    found = published(words)
    assert (found[0] if found else None) == day


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<p></p>",
        "<p>&nbsp;\u200b</p>",
        "<div>" * 100_000,
        "<p>" + "<b>" * 50_000,
        "<img src=x>",
    ],
)
def test_pages_without_text_say_so(body: str):
    with pytest.raises(FileError, match=r"no article text|taken apart") as caught:
        extract(page(body), file="a.html")
    assert caught.value.mend


def test_a_short_page_is_read():
    assert extract(b"<html><body><p>Short notice.</p></body></html>").text == "Short notice."

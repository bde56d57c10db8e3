from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comity.words.errors import ValidationError
from comity.words.text import Labels, check_characters, check_language, fold, language_chain, tokens


@given(st.text())
@example("\u0130\u0307")
@example("\u1e9e \ufb03 \u00b4")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_the_fast_path_for_ascii_gives_the_same(text: str) -> None:
    # The mark is dropped by the slow path, which the whole text must take for it.
    assert fold(text + "\u0301") == fold(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hokkaid\u014d", "hokkaido"),
        ("Hokkaido\u0304", "hokkaido"),
        ("Stra\u00dfe", "strasse"),
        ("C\u00f4te d\u2019Ivoire", "cote d'ivoire"),
        ("T\u00fcrkiye", "turkiye"),
        ("\u0130stanbul", "istanbul"),
        ("F\u00f8roya \u2013  \u201cx\u201d", 'foroya - "x"'),
        ("\uff2a\uff30\uff2e\u3000\uff11", "jpn 1"),
        ("\u7d4c\u6e08\u7523\u696d\u7701", "\u7d4c\u6e08\u7523\u696d\u7701"),
        ("\u30db\u30bf\u30c6\u30ac\u30a4", "\u30db\u30bf\u30c6\u30ac\u30a4"),  # voiced ga stays
        ("\uff8e\uff80\uff83\uff76\uff9e\uff72", "\u30db\u30bf\u30c6\u30ac\u30a4"),  # half width
        ("\u30b5\u30fc\u30d3\u30b9", "\u30b5\u30fc\u30d3\u30b9"),  # the length mark is no dash
        ("\ud55c\uad6d", "\ud55c\uad6d"),
    ],
)
def test_folding(text: str, expected: str) -> None:
    assert fold(text) == expected


def test_voicing_makes_another_word() -> None:
    assert fold("\u304b") != fold("\u304c")


def test_tokens() -> None:
    assert tokens("The ALPS-treated water: d\u00e9bat, C\u00f4te d'Ivoire (2023)") == (
        *("the", "alps", "treated", "water", "debat", "cote", "d'ivoire", "2023"),
    )


def test_labels() -> None:
    label = Labels({"ja": "\u51e6\u7406\u6c34", "EN": "treated water"})
    assert label.get("ja") == "\u51e6\u7406\u6c34"
    assert label.get("ja-JP") == "\u51e6\u7406\u6c34"
    assert label.get("fr") == label.get() == str(label) == "treated water"
    assert dict(label.items()) == {"ja": "\u51e6\u7406\u6c34", "en": "treated water"}
    assert Labels({"ja": "\u6c34"}).get("en") == "\u6c34"
    assert Labels({"ja": "\u6c34"}).language("en") == "ja"
    assert Labels("water").as_data() == "water"
    assert Labels("water") == Labels({"en": "water"})
    assert hash(Labels("water")) == hash(Labels({"en": "water"}))


@pytest.mark.parametrize(
    "value", [{}, {"en": ""}, {"english!": "x"}, {"en": "a", "EN": "b"}, {"en": "a\u202eb"}]
)
def test_labels_that_are_none(value: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        Labels(value)
    assert caught.value.mend


def test_language_tags() -> None:
    # Examples of RFC 5646, section 2.1.1 and appendix A.
    assert check_language("mn-cyrl-mn") == "mn-Cyrl-MN"
    assert check_language("ZH-hant") == "zh-Hant"
    assert check_language("sl-rozaj") == "sl-rozaj"
    assert check_language("es-419") == "es-419"
    assert language_chain("zh-Hant-TW") == ("zh-Hant-TW", "zh-Hant", "zh")
    for tag in ("", "e", "en_US", "english-", "en-", "en us"):
        with pytest.raises(ValidationError):
            check_language(tag)


@pytest.mark.parametrize(
    "point", [0x00, 0x07, 0x1B, 0x7F, 0x9F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xD800]
)
def test_characters_that_hide_are_refused(point: int) -> None:
    with pytest.raises(ValidationError, match=f"U\\+{point:04X} at position 2"):
        check_characters(f"a{chr(point)}b")


def test_ordinary_text_passes() -> None:
    text = "line\r\n\ttab \u65e5\u672c\u8a9e \u0639\u0631\u0628\u064a \U0001f600"
    assert check_characters(text) == text

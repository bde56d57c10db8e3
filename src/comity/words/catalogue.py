"""The one catalogue of what the doors print: `data/catalogue/<language>.csv`, columns key and text.

To add a text, add a row to ``en.csv`` (keys are dotted, the file is sorted by key) and call
``t("verdict.prohibited", goods=...)``. Where the text depends on a number, write two rows,
``key.one`` and ``key.other``, and pass ``count``. Another language is another file, which may have
fewer keys: what it lacks is printed in English.
"""

from __future__ import annotations

from functools import lru_cache
from string import Formatter

from comity.words import tables
from comity.words.text import language_chain

SOURCE = "en"
# Languages whose nouns do not change with a number have the form "other" only (Unicode CLDR).
_NO_PLURAL = ("ja", "zh", "ko", "th", "vi", "id")


@lru_cache(maxsize=8)
def texts(lang: str = SOURCE) -> dict[str, str]:
    """Every key → text of exactly that language; empty where there is no catalogue for it."""
    name = f"catalogue/{lang}.csv"
    if not (tables.DATA / name).is_file():
        return {}
    found: dict[str, str] = {}
    for key, text in tables.rows(name, ("key", "text")):
        if key in found:
            raise RuntimeError(f"{name}: {key} is there twice")
        found[key] = text
    return found


@lru_cache(maxsize=4096)
def fields(text: str) -> frozenset[str]:
    """The names of the values that a text takes."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def plural(lang: str, count: object) -> str:
    """``one`` or ``other``: the form of the language for the number."""
    return "one" if count == 1 and lang.split("-")[0] not in _NO_PLURAL else "other"


def t(key: str, lang: str = SOURCE, **values: object) -> str:
    """The text of a key with its values, in that language or else in English.

    Raises `KeyError` for a key that is not in the catalogue and for a value that is missing: those
    are mistakes of ours, not of the user.
    """
    for tag in _chain(lang):
        have = texts(tag)
        forms = (
            (f"{key}.{plural(tag, values['count'])}", f"{key}.other") if "count" in values else ()
        )
        text = next((have[k] for k in (*forms, key) if k in have), None)
        if text is not None:
            return _fill(key, text, values)
    raise KeyError(f"the catalogue has no text for {key!r}")


@lru_cache(maxsize=64)
def _chain(lang: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*language_chain(lang), SOURCE)))


def _fill(key: str, text: str, values: dict[str, object]) -> str:
    # More values than a text takes are no mistake: another language may need them.
    missing = fields(text) - frozenset(values)
    if missing:
        raise KeyError(f"{key!r} also takes {', '.join(sorted(missing))}")
    return text.format(**values)

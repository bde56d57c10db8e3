"""Which language a text is in: by its script, and by the small words of each language.

Bounded work: a long text is judged by three stretches of it. Nothing is guessed for a text with
too few letters or words to tell; the answer is then `UNKNOWN`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from comity.words.errors import InputError, Place

UNKNOWN = "und"  # ISO 639: undetermined

# First and last code points of the blocks of each script; letters outside them count as "other".
SCRIPTS: dict[str, tuple[tuple[int, int], ...]] = {
    "latin": ((0x41, 0x24F), (0x1E00, 0x1EFF), (0xFB00, 0xFB06), (0xFF21, 0xFF5A)),
    "cyrillic": ((0x400, 0x52F),),
    "greek": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "arabic": ((0x600, 0x6FF), (0x750, 0x77F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFE)),
    "hebrew": ((0x590, 0x5FF), (0xFB1D, 0xFB4F)),
    "devanagari": ((0x900, 0x97F),),
    "bengali": ((0x980, 0x9FF),),
    "gurmukhi": ((0xA00, 0xA7F),),
    "gujarati": ((0xA80, 0xAFF),),
    "tamil": ((0xB80, 0xBFF),),
    "telugu": ((0xC00, 0xC7F),),
    "kannada": ((0xC80, 0xCFF),),
    "malayalam": ((0xD00, 0xD7F),),
    "sinhala": ((0xD80, 0xDFF),),
    "thai": ((0xE00, 0xE7F),),
    "lao": ((0xE80, 0xEFF),),
    "myanmar": ((0x1000, 0x109F),),
    "georgian": ((0x10A0, 0x10FF), (0x1C90, 0x1CBF)),
    "ethiopic": ((0x1200, 0x139F),),
    "khmer": ((0x1780, 0x17FF),),
    "mongolian": ((0x1800, 0x18AF),),
    "armenian": ((0x530, 0x58F),),
    "hangul": ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF)),
    "kana": ((0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9D)),
    "han": ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)),
}

_STRETCH = 20_000  # characters; three of them are looked at
_FEWEST_LETTERS = 12
_FEWEST_WORDS = 4
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# The weight a Han or kana letter has beside letters of an alphabet: it says about as much as two.
_DENSE = {"han": 2.0, "kana": 2.0, "hangul": 2.0}
# Share of kana among Japanese letters: running Japanese has half, headlines and names have less.
_KANA_SHARE = 0.08
# In running prose of a listed language at least this share of the words are its small words. Lists
# and tables have fewer; a text with fewer still is of no language that we know.
_SMALL_WORDS = 0.06
# English when at least this share of the text speaks for it: names and quotes may be foreign.
_MOSTLY = 0.6
_TOO_SHORT = 60  # letters


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the data file: ISO 639-1 `code`, English `name`, `script`, small words."""

    code: str
    name: str
    script: str
    words: frozenset[str]


@cache
def languages() -> Mapping[str, Language]:
    """The languages that can be told apart, by code."""
    import yaml

    path = files("comity.documents") / "data" / "languages.yaml"
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        row["code"]: Language(
            row["code"], row["name"], row["script"], frozenset(row["words"].casefold().split())
        )
        for row in rows
    }


def language_name(code: str) -> str:
    """The English name of a code of `language_of`; a code that is not listed names itself."""
    if code == UNKNOWN:
        return "an unknown language"
    known = languages().get(code)
    return known.name if known else code


def language_of(text: str) -> tuple[str, float]:
    """The language of a text, and from 0 to 1 the share of the text that speaks for it.

    The code is ISO 639-1, or `UNKNOWN` with 0.0 where there is too little to tell. A text half in
    English and half in Chinese answers one of them with about 0.5.
    """
    sample = _sample(text)
    scripts = _scripts(sample)
    total = sum(scripts.values())
    if total < _FEWEST_LETTERS:
        return UNKNOWN, 0.0
    east = scripts["han"] + scripts["kana"]
    if scripts["kana"] > _KANA_SHARE * east:
        scripts["kana"], scripts["han"] = east, 0.0
    script, weight = max(scripts.items(), key=lambda item: (item[1], item[0]))
    of_script = [one for one in languages().values() if one.script == script]
    share = weight / total
    if not of_script:
        return UNKNOWN, 0.0
    if not any(one.words for one in of_script):
        return of_script[0].code, round(share, 3)
    return _by_words(sample, of_script, share, alone=script not in ("latin", "cyrillic"))


def _sample(text: str) -> str:
    if len(text) <= 3 * _STRETCH:
        return text
    middle = (len(text) - _STRETCH) // 2
    return " ".join(
        (text[:_STRETCH], text[middle : middle + _STRETCH], text[len(text) - _STRETCH :])
    )


@cache
def _script_of(character: str) -> str | None:
    if not character.isalpha():
        return None
    point = ord(character)
    for script, blocks in SCRIPTS.items():
        if any(first <= point <= last for first, last in blocks):
            return script
    return "other"


def _scripts(sample: str) -> dict[str, float]:
    """Letters of the sample by script; dense scripts weigh more."""
    weights = dict.fromkeys((*SCRIPTS, "other"), 0.0)
    for character, count in Counter(sample).items():
        script = _script_of(character)
        if script is not None:
            weights[script] += count * _DENSE.get(script, 1.0)
    return weights


@cache
def _rarity(script: str) -> Mapping[str, float]:
    """What a small word says for its language: less where several languages have it."""
    listed = Counter(
        word for one in languages().values() if one.script == script for word in one.words
    )
    return {word: 1.0 / count for word, count in listed.items()}


def _by_words(
    sample: str, candidates: list[Language], share: float, *, alone: bool
) -> tuple[str, float]:
    words = Counter(found.replace("’", "'") for found in _WORD.findall(sample.casefold()))
    total = sum(words.values())
    if total < _FEWEST_WORDS and not alone:
        return UNKNOWN, 0.0
    rarity = _rarity(candidates[0].script)
    small = {word: count for word, count in words.items() if word in rarity}
    hits = {
        one.code: (
            sum(count for word, count in small.items() if word in one.words),
            sum(count * rarity[word] for word, count in small.items() if word in one.words),
        )
        for one in candidates
    }
    # Each language counts all its words, and those it shares with others once more by rarity.
    scored = sorted(((own + telling, code) for code, (own, telling) in hits.items()), reverse=True)
    best, code = scored[0]
    if best == 0 or hits[code][0] < _SMALL_WORDS * total:
        # A script that hardly any other language uses still tells its first language.
        return (candidates[0].code, round(share / 2, 3)) if alone else (UNKNOWN, 0.0)
    # Small words that this language does not have speak for another one.
    strangers = sum(
        count * rarity[word] for word, count in small.items() if word not in languages()[code].words
    )
    certain = hits[code][0] / (hits[code][0] + strangers)
    return code, round(share * certain, 3)


def check_english(text: str, *, file: str | None = None) -> None:
    """Raise `InputError` that names the language of a text that is not in English.

    For readers of English. A text too short to tell passes: it has little to be wrong about.
    """
    code, share = language_of(text)
    if code == "en" and share >= _MOSTLY:
        return
    if code == UNKNOWN and sum(character.isalpha() for character in _sample(text)) < _TOO_SHORT:
        return
    what = (
        f"the text is only in part in English ({share:.0%})"
        if code == "en"
        else f"the text is in {language_name(code)}, not in English"
    )
    raise InputError(
        what, where=Place(file=file), mend="give the English version, or a translation into English"
    )

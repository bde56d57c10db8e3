"""Languages told by script and small words; a reader of English refuses others by name."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.documents.language import UNKNOWN, check_english, language_name, language_of, languages
from comity.words.errors import InputError
from tests.documents.made import SENTENCE

SAMPLES = {
    "en": SENTENCE,
    "fr": "Le ministre a déclaré que les deux pays doivent coopérer dans le domaine du commerce.",
    "de": "Der Minister sagte, dass die Zölle auf Stahl in diesem Jahr nicht erhöht werden.",
    "es": "El ministro dijo que los aranceles sobre el acero no van a subir este año.",
    "pt": "O ministro disse que as tarifas sobre o aço não vão subir neste ano.",
    "it": "Il ministro ha detto che i dazi sull'acciaio non aumenteranno nel corso dell'anno.",
    "nl": "De minister zei dat de invoerrechten op staal dit jaar niet omhoog gaan.",
    "pl": "Minister powiedział, że cła na stal nie zostaną podniesione w tym roku.",
    "tr": "Bakan, çelik vergilerinin bu yıl artmayacağını ve görüşmelerin sürdüğünü söyledi.",
    "id": "Menteri mengatakan bahwa tarif baja tidak akan naik dalam tahun ini.",
    "vi": "Bộ trưởng cho biết thuế thép sẽ không tăng trong năm nay và các nước đã đồng ý.",
    "ru": "Министр заявил, что пошлины на сталь в этом году не будут повышены.",
    "uk": "Міністр заявив, що мита на сталь цього року не будуть підвищені, і це добре.",
    "ar": "قال الوزير إن الرسوم الجمركية على الصلب لن ترتفع في هذا العام",
    "zh": "外交部发言人表示，双方将就进口水产品的检验问题继续进行磋商。",
    "ja": "外務大臣は水産物の輸入規制について協議を続けると述べました。",
    "ko": "외교부 장관은 수산물 수입 규제에 대해 협의를 계속하겠다고 말했다.",
    "th": "รัฐมนตรีกล่าวว่าภาษีเหล็กจะไม่เพิ่มขึ้นในปีนี้",
    "hi": "मंत्री ने कहा कि इस्पात पर शुल्क इस वर्ष नहीं बढ़ेगा और यह अच्छा है।",
}


@pytest.mark.parametrize("code", SAMPLES)
def test_languages_are_told(code: str):
    found, share = language_of(SAMPLES[code])
    assert found == code
    assert share > 0.7


@pytest.mark.parametrize("code", [code for code in SAMPLES if code != "en"])
def test_what_is_not_english_is_named(code: str):
    with pytest.raises(InputError, match=f"in {language_name(code)}, not in English") as caught:
        check_english(SAMPLES[code] * 3, file="a.txt")
    assert caught.value.where is not None
    assert caught.value.mend


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        SENTENCE.upper(),
        f"{SENTENCE} 外交部发言人 said so.",
        "Short.",
        "",
        f"Kishida, Fumio (岸田文雄), Xi Jinping (习近平), Yoon Suk Yeol (윤석열). {SENTENCE}",
    ],
)
def test_english_passes_with_foreign_names(text: str):
    check_english(text)


def test_half_and_half_is_not_sure():
    _, share = language_of(SAMPLES["en"] + SAMPLES["fr"] * 2)
    assert share < 0.8
    with pytest.raises(InputError):
        check_english(SAMPLES["en"] + SAMPLES["zh"] * 10)


@pytest.mark.parametrize("text", ["", "12 345", "Xi", "\u200b\u200f", "😀" * 99, "🇯🇵 → 🇨🇳"])
def test_too_little_to_tell(text: str):
    assert language_of(text) == (UNKNOWN, 0.0)
    assert language_name(UNKNOWN) == "an unknown language"


def test_bounded_for_long_texts():
    before = time.perf_counter()
    assert language_of("the of and x " * 800_000)[0] == "en"
    assert language_of("a" * 10_000_000) == (UNKNOWN, 0.0)
    assert time.perf_counter() - before < 2


def test_the_list_is_in_order():
    assert all(one.words for one in languages().values() if one.script == "latin")
    assert len({one.name for one in languages().values()}) == len(languages())


@given(st.text(max_size=200))
def test_any_text_has_an_answer(text: str):
    code, share = language_of(text)
    assert code == UNKNOWN or code in languages()
    assert 0 <= share <= 1

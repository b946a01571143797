"""Doors described in words, "behind the mosque of Nour, second floor": how like two of them are, across scripts.

Words that only say how one place lies to another (near, behind) go; words for kinds of places (mosque, جامع, cami) are one
word in every language and count little; names and numbers count most.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from taawun.solve.linking.sounds import closeness, folded, skeletons

PLACE_LENGTH_MAX = 500
WORDS_MAX = 14
KEYS_MAX = 6
_WORD_SAME = 0.86
# What a kind of building, a kind of place, a number and a name weigh.
_PART_OF_HOUSE, _KIND_OF_PLACE, _NUMBER, _NAME = 0.25, 0.5, 0.8, 1.0

_LIES: Final = """near nearby next to by at in on of the a an behind opposite facing beside between after before above below over under from
and with side close across corner around left right top ground our my me house home door address
قرب بقرب بالقرب من عند جنب بجنب بجانب جانب خلف وراء ورا مقابل قبال امام أمام قدام بين بعد قبل فوق تحت على في الى إلى حد يمين يسار شمال و مفرق زاوية
بيت بيتنا دار باب عنوان
pres de du la le les des a cote derriere devant face en l d au aux sous sur entre chez
yakin yakını yanı yani yaninda yanında arkasi arkası arkasında arkasinda karsi karşı karşısı karşısında onunde önünde ile ve
dekat sebelah belakang depan seberang di
نزدیک پاس پیچھے سامنے کنار پشت روبروی کے کی کا میں در
পাশে কাছে পিছনে সামনে"""
_KINDS: Final = """
mosque masjid mesjid musjid جامع مسجد cami camii mosquee মসজিদ
church كنيسة eglise kilise gereja
school مدرسة مدرسه ecole okul okulu sekolah madrasa madrasah স্কুল اسکول
bakery فرن مخبز boulangerie firin fırın
pharmacy صيدلية صيدليه pharmacie eczane apotek فارمیسی
hospital مستشفى مستشفي hopital hastane hastanesi rumahsakit بیمارستان ہسپتال হাসপাতাল
clinic عيادة مستوصف clinique dispensaire klinik
market سوق souk souq marche pazar pasar bazaar bazar بازار বাজার
shop دكان محل متجر magasin dukkan dükkan toko supermarket سوبرماركت بقالة
square ساحة ساحه دوار place meydan meydanı midan ميدان roundabout
bridge جسر pont kopru köprü jembatan
station محطة محطه gare istasyon stasiun
camp مخيم kamp kampı
garage كراج موقف parking otopark
park حديقة jardin garden bahce bahçe taman
river نهر riviere nehir sungai
cemetery مقبرة cimetiere mezarlik
university جامعة universite üniversite universitas
"""
_HOUSE: Final = """
street st شارع rue sokak sokağı sokagi cadde caddesi jalan jl road rd طريق route yol خیابان کوچه گلی سڑک রোড
building bldg flat بناية بنايه عمارة مبنى immeuble bina binasi apartment apt شقة شقه daire appartement
floor طابق طابق دور الدور etage kat lantai منزل
block بلوك blok مربع
quarter حي حارة quartier mahalle mahallesi kampung محله محلہ منطقة area
lane زقاق زاروب impasse alley avenue ave
"""
_SMALL_NUMBERS: Final[Mapping[str, str]] = {
    word: str(number)
    for number, spelt in enumerate(
        ["first 1st اول أول الأول premier 1er birinci", "second 2nd ثاني ثانى deuxieme 2eme ikinci", "third 3rd ثالث troisieme ucuncu üçüncü",
         "fourth 4th رابع quatrieme dorduncu", "fifth 5th خامس cinquieme besinci", "sixth 6th سادس", "seventh 7th سابع"], start=1
    )
    for word in spelt.split()
}  # fmt: skip
_TOKEN: Final = re.compile(r"\d+|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u064b-\u065f\u0670\u0980-\u09ff'’])*")


@cache
def _vocabulary() -> Mapping[str, tuple[str, float]]:
    """Return for each known word what it stands for and what it weighs; nothing for words that only say how things lie."""
    found: dict[str, tuple[str, float]] = {folded(one): ("", 0.0) for one in _LIES.split()}
    for lines, weighs in ((_KINDS, _KIND_OF_PLACE), (_HOUSE, _PART_OF_HOUSE)):
        for line in lines.strip().splitlines():
            words = line.split()
            found |= {folded(one): (f"={words[0]}", weighs) for one in words}
    return found | {folded(word): (number, _NUMBER) for word, number in _SMALL_NUMBERS.items()}


@lru_cache(maxsize=16384)
def words_of(place: str) -> tuple[tuple[str, float], ...]:
    """Return the words of a place that say something, and what each weighs."""
    found: dict[str, float] = {}
    for token in _TOKEN.findall(_digits(place[:PLACE_LENGTH_MAX])):
        word = folded(token).replace("’", "'")
        known = _vocabulary().get(word) or _vocabulary().get(_bare(word))
        if known is None:
            bare = _bare(word)
            known = (bare.lstrip("0") or "0", _NUMBER) if bare.isdigit() else (bare, _NAME if len(bare) > 1 else 0.3)
        if known[0]:
            found.setdefault(*known)
    return tuple(found.items())[:WORDS_MAX]


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(one)) if one.isdigit() and not one.isascii() else one for one in text)


def _bare(word: str) -> str:
    """Take off the article and what Arabic writes before it: بالجامع, والجسر."""
    for opening in ("وال", "بال", "لل", "ال"):
        if word.startswith(opening) and len(word) > len(opening) + 2:
            return word[len(opening) :]
    return re.sub(r"^(?:al|el)-?(?=[^aeiou].{2})", "", word)


@lru_cache(maxsize=65536)
def compare(one: str, other: str) -> float:
    """Return how like two places are, from 0 to 1. Symmetric; 0 where either says nothing."""
    left, right = words_of(one), words_of(other)
    if not left or not right:
        return 0.0
    if len(left) > len(right) or (len(left) == len(right) and left > right):
        left, right = right, left
    free = dict(right)
    met = 0.0
    for word, weighs in left:
        best, how = "", _WORD_SAME - 1e-9
        for candidate in free:
            near = _word_closeness(word, candidate)
            if near > how:
                best, how = candidate, near
        if best:
            met += weighs * how
            del free[best]
    smaller, larger = sum(w for _, w in left), sum(w for _, w in right)
    # One may say more than the other; what the shorter says must be in the longer.
    score = met / (0.7 * max(smaller, 1.0) + 0.3 * max(larger, 1.0))
    return min(1.0, score) * (0.6 if _numbers_differ(left, right) else 1.0)


def _word_closeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if one[0] == "=" or other[0] == "=" or one.isdigit() or other.isdigit():
        return 0.0
    if min(len(one), len(other)) >= 4 and OSA.distance(one, other) == 1:
        return 0.9
    return closeness(one, other)


def _numbers_differ(left: tuple[tuple[str, float], ...], right: tuple[tuple[str, float], ...]) -> bool:
    """Flat 3 is not flat 5, however alike the rest."""
    mine = {word for word, _ in left if word.isdigit()}
    theirs = {word for word, _ in right if word.isdigit()}
    return bool(mine and theirs) and not mine & theirs


def keys(place: str) -> list[str]:
    """Return what a place is found by: two of its words together, by their sounds, the names first."""
    words = [(word, weighs) for word, weighs in words_of(place) if weighs > _PART_OF_HOUSE]
    words.sort(key=lambda pair: -pair[1])
    sounded = [_sounded(word) for word, _ in words[:6]]
    sounded = [one for one in sounded if one]
    found = ["+".join(sorted((one, other))) for place_, one in enumerate(sounded) for other in sounded[place_ + 1 :]]
    # A place of one name alone is found by it, if the name is long enough to mean something.
    if len(sounded) == 1 and len(sounded[0]) > 3:
        found.append(sounded[0])
    return list(dict.fromkeys(found))[:KEYS_MAX]


def _sounded(word: str) -> str:
    if word[0] == "=" or word.isdigit():
        return word
    found = skeletons(word)
    return found[0] if found else ""

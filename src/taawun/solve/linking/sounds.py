"""How a word sounds, whatever script it is written in, and how far two sounds lie from each other.

A word of Arabic, Persian, Urdu, Bengali or Latin letters (as English, French, Turkish, Indonesian and Urdu speakers
write them) becomes a row of sounds, one character each:

    consonants  b p t T(th) j c(ch) h x(kh) d D(dh) r z s S(sh) Z(zh) G(gh) f v q k g l m n w y  C(a Latin c)  X(a Latin ch)
    stops       '   hamza and ain, which most spellings leave out
    vowels      a e i o u, written short;  A I U, the Arabic letters;  E (ee, ii)  O (ou, oo)  Y (ai, ei)  W (au, aw)
    endings     @ (taa marbuta, or a silent he)   % (alef maqsura)   ~ (an h at the end, heard or not)

Arabic script leaves short vowels out, so that a vowel of the other side costs little where it has none, and much where
it has another long one: that tells Hasan from Hussein. The costs are our own judgement, made from how these names are
spelt, and are in units of one wrong consonant.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import Indel

_MARKS: Final = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u0653\u0656-\u065f\u0670\u06d6-\u06ed\u061c\u200b-\u200f\u2060-\u206f\ufeff\u00ad]"
)
_ARABIC: Final = re.compile("[\u0600-\u06ff\u0750-\u077f]")
_BENGALI: Final = re.compile("[\u0980-\u09ff]")

_ARABIC_SOUND: Final[Mapping[str, str]] = {
    "ا": "A", "أ": "A", "إ": "A", "آ": "A", "ٱ": "A", "ب": "b", "پ": "p", "ت": "t", "ط": "t", "ٹ": "t", "ث": "T",
    "ج": "j", "چ": "c", "ح": "h", "ه": "h", "ہ": "h", "ھ": "", "ۀ": "@", "ۃ": "@", "خ": "x", "د": "d", "ض": "V",
    "ڈ": "d", "ذ": "D", "ظ": "D", "ر": "r", "ڑ": "r", "ز": "z", "ژ": "Z", "س": "s", "ص": "s", "ش": "S", "ع": "'",
    "ء": "'", "غ": "G", "ف": "f", "ڤ": "v", "ق": "q", "ك": "k", "ک": "k", "ڪ": "k", "گ": "g", "ل": "l", "م": "m",
    "ن": "n", "ں": "n", "و": "U", "ؤ": "U", "ۇ": "U", "ي": "I", "ی": "I", "ئ": "I", "ے": "I", "ې": "I", "ى": "%",
    "ة": "@", "ە": "@", "ڭ": "n",
}  # fmt: skip
_BENGALI_SOUND: Final[Mapping[str, str]] = {
    "অ": "o", "আ": "a", "ই": "i", "ঈ": "i", "উ": "u", "ঊ": "u", "এ": "e", "ঐ": "Y", "ও": "o", "ঔ": "W", "ঋ": "ri",
    "া": "a", "ি": "i", "ী": "i", "ু": "u", "ূ": "u", "ে": "e", "ৈ": "Y", "ো": "o", "ৌ": "W", "ৃ": "ri",
    "ক": "k", "খ": "x", "গ": "g", "ঘ": "G", "ঙ": "n", "চ": "c", "ছ": "s", "জ": "j", "ঝ": "j", "ঞ": "n", "ট": "t",
    "ঠ": "t", "ড": "d", "ঢ": "d", "ণ": "n", "ত": "t", "থ": "t", "দ": "d", "ধ": "d", "ন": "n", "প": "p", "ফ": "f",
    "ব": "b", "ভ": "b", "ম": "m", "য": "j", "র": "r", "ল": "l", "শ": "S", "ষ": "S", "স": "s", "হ": "h", "ড়": "r",
    "ঢ়": "r", "য়": "y", "ৎ": "t", "ং": "n", "ঃ": "", "ঁ": "", "়": "", "্": "",
}  # fmt: skip
# Longest first. French, English, Turkish, Indonesian and chat spellings (3 7 2 5 9) side by side.
_LATIN: Final = (
    ("tch", "c"), ("sch", "S"), ("dsh", "j"), ("dj", "j"), ("sh", "S"), ("ch", "X"), ("kh", "x"), ("gh", "G"),
    ("dh", "D"), ("th", "T"), ("ph", "f"), ("zh", "Z"), ("bh", "b"), ("jh", "j"), ("ck", "k"), ("sy", "S"),
    ("qu", "k"), ("aou", "aO"), ("eou", "O"), ("oo", "O"), ("ou", "O"), ("ee", "E"), ("ii", "E"), ("ie", "E"),
    ("ei", "Y"), ("ai", "Y"), ("ay", "Y"), ("ey", "Y"), ("au", "W"), ("aw", "W"), ("ow", "W"), ("aa", "a"),
    ("ea", "E"), ("eu", "u"), ("x", "ks"), ("c", "C"), ("ç", "c"), ("ş", "S"), ("ğ", "G"), ("ı", "i"), ("ñ", "ny"),
    ("3", "'"), ("7", "h"), ("2", "'"), ("5", "x"), ("9", "q"), ("'", "'"),
)  # fmt: skip
_LATIN_PLAIN: Final = "abdefghijklmnopqrstuvwyz"
VOWELS: Final = frozenset("aeiouAIUEOYW@%")
_LONG: Final = frozenset("AIU%@")


def folded(text: str) -> str:
    """Return a word as it is looked up: composed letters, no marks above or below, small letters."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _MARKS.sub("", unicodedata.normalize("NFC", text))
    if text.isascii() or _BENGALI.search(text):
        return text
    kept = []
    for one in text:
        if one in "çşğıñ" or _ARABIC.match(one):
            kept.append(one)
        else:
            kept.append("".join(part for part in unicodedata.normalize("NFD", one) if not unicodedata.combining(part)))
    return "".join(kept)


@lru_cache(maxsize=65536)
def sounds(word: str) -> str:
    """Return the sounds of one folded word."""
    if _ARABIC.search(word):
        return _of_arabic(word)
    if _BENGALI.search(word):
        return _single("".join(_BENGALI_SOUND.get(one, "") for one in unicodedata.normalize("NFC", word)))
    return _of_latin(word)


def is_abjad(word: str) -> bool:
    """Return whether a word is written in a script that leaves short vowels out."""
    return _ARABIC.search(word) is not None


def _of_arabic(word: str) -> str:
    found = "".join(_ARABIC_SOUND.get(one, "") for one in word)
    # A waw or yaa before another vowel letter, or at the start, is a consonant.
    made = []
    for place, one in enumerate(found):
        after = found[place + 1] if place + 1 < len(found) else ""
        if one in "UI" and (place == 0 or after in {"A", "@", "%", "U", "I"}) and after:
            made.append("w" if one == "U" else "y")
        else:
            made.append(one)
    text = "".join(made)
    text = re.sub("AI(?=[^AIU@%])", "Y", text)
    # A final he is often a taa marbuta whose dots were left out.
    ends_open = word.endswith(("ه", "ہ")) and len(text) > 2 and text[-2] not in "AU"
    return _single(text[:-1] + "@" if ends_open else text)


def _of_latin(word: str) -> str:
    made: list[str] = []
    place = 0
    while place < len(word):
        for letters, sound in _LATIN:
            if word.startswith(letters, place) and not _reads_apart(word, letters, place):
                made.append(sound)
                place += len(letters)
                break
        else:
            one = word[place]
            place += 1
            if one in _LATIN_PLAIN:
                made.append(_glide(word, place - 1, one))
    text = _single("".join(made))
    if len(text) > 2 and text[-1] == "h" and text[-2] in VOWELS:
        return text[:-1] + "~"
    # A mute French e after a consonant says nothing: Noureddine.
    return text[:-1] if len(word) > 4 and word.endswith("ne") and text.endswith("e") else text


def _reads_apart(word: str, letters: str, place: int) -> bool:
    """Some pairs are two sounds where a vowel follows: Ayub, Awad, Aya, Karaiem."""
    after = word[place + len(letters)] if place + len(letters) < len(word) else ""
    if letters in {"ay", "ey", "aw", "ow"}:
        return after != "" and after in "aeiou"
    if letters == "sy":
        return after == "" or after not in "aeiou" or place > 0
    return False


def _glide(word: str, place: int, one: str) -> str:
    if one not in "yw":
        return one
    after = word[place + 1] if place + 1 < len(word) else ""
    if after and after in "aeiou":
        return one
    return "i" if one == "y" else "u"


def _single(text: str) -> str:
    """Doubled sounds become one: a shadda is not written."""
    return re.sub(r"(.)\1+", r"\1", text)


SKELETONS_MAX: Final = 4
ROUGH_MIN: Final = 0.55


@lru_cache(maxsize=65536)
def skeletons(word: str) -> tuple[str, ...]:
    """Return the rows of consonants a folded word may stand for, in classes that spellings exchange; no vowels.

    A letter that is read in two ways (th, c, the Arabic dad) gives both readings, so that one of them meets the other
    spelling's. For finding only, not for deciding: Hasan and Hussein have one skeleton.
    """
    found = [""]
    for one in sounds(word):
        readings = _CLASSES.get(one, "")
        if readings:
            found = [
                before if before[-1:] == reading else before + reading.strip()
                for before in found
                for reading in readings
            ]
            found = found[:SKELETONS_MAX]
    return tuple(dict.fromkeys(one for one in found if one))


_CLASSES: Final[Mapping[str, str]] = {
    "b": "b", "p": "b", "f": "f", "v": "f", "t": "t", "d": "t", "T": "ts", "D": "st", "V": "ts", "s": "s", "z": "s",
    "S": "s", "Z": "k", "j": "k", "g": "k", "k": "k", "q": "k", "c": "sk", "C": "ks", "X": "sk", "x": "hk", "h": "h",
    "G": "k", "r": "r", "l": "l", "m": "m", "n": "n", "~": "h ",
}  # fmt: skip

_NEAR: Final[Mapping[frozenset[str], float]] = {
    frozenset(pair): cost
    for pair, cost in {
        "tT": 0.12, "sT": 0.2, "dD": 0.15, "zD": 0.12, "DT": 0.2, "zs": 0.35, "dt": 0.4, "xk": 0.25, "xh": 0.3,
        "qk": 0.0, "qg": 0.15, "kg": 0.4, "Gg": 0.1, "Gq": 0.3, "Gr": 0.5, "Gk": 0.45, "jg": 0.12, "jZ": 0.08,
        "jc": 0.3, "jz": 0.3, "jy": 0.3, "bp": 0.15, "fv": 0.15, "wv": 0.12, "bv": 0.4, "fb": 0.6, "Ss": 0.35,
        "Sc": 0.25, "cs": 0.45, "Zz": 0.3, "ZS": 0.4, "Ck": 0.03, "Cs": 0.08, "Cj": 0.05, "Cc": 0.08, "Cq": 0.06,
        "Vd": 0.0, "VD": 0.03, "Vz": 0.08, "Vt": 0.4, "Xc": 0.0, "XS": 0.05, "Xk": 0.2, "Xx": 0.15, "Xh": 0.35, "mn": 0.6, "rl": 0.7, "h'": 0.5, "~h": 0.1,
        "h@": 0.02, "~@": 0.08, "t@": 0.08, "q'": 0.45, "nm": 0.6, "G'": 0.7, "fp": 0.25,
    }.items()
}  # fmt: skip
_VOWEL_NEAR: Final[Mapping[frozenset[str], float]] = {
    frozenset(pair): cost
    for pair, cost in {
        "ae": 0.12, "ei": 0.25, "uo": 0.04, "ai": 0.7, "ao": 0.4, "au": 0.6, "iu": 0.6, "eo": 0.6, "eu": 0.6, "io": 0.7,
        "iE": 0.04, "eE": 0.2, "uO": 0.04, "oO": 0.04, "aE": 0.8, "aO": 0.8, "EO": 0.9, "iO": 0.8, "eO": 0.8, "uE": 0.9, "oE": 0.9,
        "YE": 0.1, "Yi": 0.15, "Ye": 0.08, "Ya": 0.3, "YI": 0.02, "Yu": 0.8, "Yo": 0.8, "YO": 0.9, "YA": 0.35, "YU": 0.9,
        "Wo": 0.08, "Wu": 0.12, "WO": 0.08, "Wa": 0.3, "WU": 0.02, "Wi": 0.8, "We": 0.6, "WE": 0.9, "WY": 0.6, "WA": 0.35, "WI": 0.9,
        "Aa": 0.0, "Ae": 0.1, "Ao": 0.25, "Ai": 0.8, "Au": 0.8, "AE": 0.9, "AO": 0.9,
        "Ii": 0.0, "Ie": 0.2, "IE": 0.0, "Ia": 0.8, "Iu": 0.9, "Io": 0.9, "IO": 0.9,
        "Uu": 0.0, "Uo": 0.0, "UO": 0.0, "Ua": 0.9, "Ue": 0.9, "Ui": 0.9, "UE": 0.9,
        "AI": 0.9, "AU": 0.9, "IU": 0.9, "@a": 0.0, "@e": 0.03, "@A": 0.05, "@%": 0.08, "@i": 0.5, "@o": 0.3, "@I": 0.7, "@U": 0.8,
        "@u": 0.5, "@E": 0.6, "@Y": 0.4, "%a": 0.0, "%A": 0.0, "%i": 0.3, "%I": 0.05, "%e": 0.1, "%E": 0.4, "%Y": 0.3, "%u": 0.7,
        "%o": 0.6, "%U": 0.8, "@O": 0.5, "%O": 0.7,
    }.items()
}  # fmt: skip
_GLIDES: Final[Mapping[frozenset[str], float]] = {
    frozenset(pair): cost
    for pair, cost in {
        "yi": 0.03, "ye": 0.06, "yI": 0.02, "yE": 0.04, "yY": 0.03, "wu": 0.03, "wo": 0.05, "wU": 0.02, "wO": 0.04, "wW": 0.03,
        "vU": 0.15, "vW": 0.15, "jI": 0.35, "y%": 0.1, "ya": 0.4, "wa": 0.4,
    }.items()
}  # fmt: skip
_WRONG = 1.0


def _exchange(one: str, other: str) -> float:
    if one == other:
        return 0.0
    pair = frozenset((one, other))
    if one in VOWELS and other in VOWELS:
        return _VOWEL_NEAR.get(pair, 0.5)
    if pair in _NEAR:
        return _NEAR[pair]
    if pair in _GLIDES:
        return _GLIDES[pair]
    if "'" in pair and (one in VOWELS or other in VOWELS):
        return 0.7 if pair & {"I", "U"} else 0.15 if "A" in pair else 0.04
    return _WRONG


def _alone(sound: str, place: int, *, abjad: bool, other_abjad: bool) -> float:
    """Return what it costs that a sound has no counterpart. ``abjad``: its own word is of a script without short vowels."""
    one, is_last, is_first = sound[place], place == len(sound) - 1, place == 0
    if one in "'~":
        return 0.08
    if one in "yw":
        return 0.4
    if one == "h":
        return 0.6
    if one not in VOWELS:
        return 0.9
    if one == "A":
        return 0.4 if is_first else 0.6 if is_last else 0.35 if other_abjad else 0.25
    if one in _LONG:
        return 0.85
    if is_last:
        return 0.35 if one == "e" else 0.85
    if is_first:
        return 0.4
    if one in "YW":
        return 0.45
    closes = all(rest not in VOWELS for rest in sound[place + 1 :])
    if not other_abjad:
        return 0.5 if one in "EO" else 0.35
    if one in "EO":
        return 0.7 if closes else 0.2
    return (0.3 if closes else 0.06) if one in "ou" else (0.08 if one == "i" else 0.03)


@lru_cache(maxsize=262144)
def distance(one: str, other: str) -> float:
    """Return how far two folded words lie apart, in wrong consonants: an edit distance with the costs above.

    O(len × len); symmetric; two neighbours that changed places count as one mistake.
    """
    left, right = sounds(one), sounds(other)
    if left == right:
        return 0.0
    left_abjad, right_abjad = is_abjad(one), is_abjad(other)
    before: list[float] = []
    row = [0.0]
    for place in range(len(right)):
        row.append(row[-1] + _alone(right, place, abjad=right_abjad, other_abjad=left_abjad))
    for at, sound in enumerate(left):
        lone = _alone(left, at, abjad=left_abjad, other_abjad=right_abjad)
        last_of_left = at == len(left) - 1
        new = [row[0] + lone]
        for place, heard in enumerate(right):
            cost = _exchange(sound, heard)
            if at == 0 and place == 0 and "A" in (sound, heard) and sound in VOWELS and heard in VOWELS:
                # An alef at the start carries any vowel.
                cost = min(cost, 0.02)
            if cost == _NEAR[frozenset("dt")] and last_of_left and place == len(right) - 1:
                # Turkish hardens the end: Ahmet.
                cost = 0.1
            alone = _alone(right, place, abjad=right_abjad, other_abjad=left_abjad)
            best = min(row[place] + cost, row[place + 1] + lone, new[place] + alone)
            if at and place and sound == right[place - 1] and heard == left[at - 1] and sound != heard:
                best = min(best, before[place - 1] + 0.5)
            new.append(best)
        before, row = row, new
    return row[-1]


@lru_cache(maxsize=65536)
def weight(word: str) -> float:
    """Return how much a folded word says, in consonants: vowels count little, so that scripts compare."""
    return sum(0.25 if one in VOWELS or one in "'~" else 1.0 for one in sounds(word))


def closeness(one: str, other: str) -> float:
    """Return from 0 (nothing in common) to 1 (the same sounds)."""
    size = max(2.2, (weight(one) + weight(other)) / 2)
    rough = max(
        (Indel.normalized_similarity(left, right) for left in skeletons(one) for right in skeletons(other)), default=1.0
    )
    if rough < ROUGH_MIN:
        # Their consonants have too little in common for the slow comparison to find them near.
        return 0.5 * rough
    return max(0.0, 1.0 - distance(one, other) / size)

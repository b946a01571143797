"""Light stemming: the forms under which a word may stand in a list of words. Nothing here needs a dictionary.

A word keeps its own key as the first form; the others are what is left when endings, articles and what is written
together with a word are taken off. A false form is harmless where no listed word looks like it, so a few too many are
better than one too few.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

_STEM_MIN: Final = 3
# Where endings pile up one on the other, a listed word of this length is found at the beginning of a longer one.
_PREFIX_MIN: Final = 5
_PREFIX_REST_MAX: Final = 9


@lru_cache(maxsize=200_000)
def forms(key: str, language: str) -> tuple[str, ...]:
    """Return the key and its shorter forms in a language, without repetition."""
    if key.isdecimal():
        return (key,)
    return tuple(dict.fromkeys((key, *_FORMS.get(language, _none)(key))))


@lru_cache(maxsize=200_000)
def stem(key: str, language: str) -> str:
    """Return the one form of a listed word under which it is filed besides its own: without article and plural."""
    for one in _LISTED.get(language, _none)(key):
        return one
    return key


def _none(_key: str) -> Iterator[str]:
    yield from ()


def _cut(key: str, endings: tuple[str, ...], keep: int = _STEM_MIN) -> Iterator[str]:
    for ending in endings:
        if key.endswith(ending) and len(key) - len(ending) >= keep:
            yield key[: -len(ending)]


_AR_FRONT: Final = (
    "وبال",
    "وال",
    "بال",
    "فال",
    "كال",
    "ولل",
    "عال",
    "هال",
    "لل",
    "ال",
    "وب",
    "ول",
    "و",
    "ف",
    "ب",
    "ل",
    "ع",
    "ه",
)
_AR_SURE_FRONT: Final = ("وال", "بال", "لل", "ال")
_AR_END: Final = (
    "تين", "تان", "تنا", "تها", "تهم", "تكم", "تي", "ات", "ين", "ون", "ان", "يه", "ها", "هم", "كم", "نا", "ني", "ه", "ي", "ك", "ا",
)  # fmt: skip


def _arabic(key: str) -> Iterator[str]:
    fronts = [key, *(key[len(one) :] for one in _AR_FRONT if key.startswith(one) and len(key) - len(one) >= _STEM_MIN)]
    yield from fronts[1:]
    for front in fronts:
        yield from _cut(front, _AR_END)


def _arabic_listed(key: str) -> Iterator[str]:
    for front in _AR_SURE_FRONT:
        if key.startswith(front) and len(key) - len(front) >= _STEM_MIN:
            key = key[len(front) :]
            break
    yield next(_cut(key, ("تين", "ات", "ين", "ه"), 3), key)


def _english(key: str) -> Iterator[str]:
    if key.endswith("ies") and len(key) > 4:
        yield key[:-3] + "y"
    if key.endswith("es") and len(key) > 4:
        yield key[:-2]
    if key.endswith("s") and not key.endswith("ss") and len(key) > 3:
        yield key[:-1]
    for ending in ("ing", "ed", "er"):
        if key.endswith(ending) and len(key) - len(ending) >= 4:
            yield key[: -len(ending)]
            yield key[: -len(ending)] + "e"


def _english_listed(key: str) -> Iterator[str]:
    if key.endswith("ies") and len(key) > 4:
        yield key[:-3] + "y"
    elif key.endswith("s") and not key.endswith("ss") and len(key) > 3:
        yield key[:-1]


def _french(key: str) -> Iterator[str]:
    if key.endswith("aux") and len(key) > 4:
        yield key[:-3] + "al"
    yield from _cut(key, ("s", "x", "es", "e", "ees", "ee"), 3)


def _french_listed(key: str) -> Iterator[str]:
    yield from _cut(key, ("s", "x"), 3)


_TR_END: Final = (
    "larimizi", "lerimizi", "larimiza", "lerimize", "larimiz", "lerimiz", "lariniz", "leriniz", "larini", "lerini", "larina", "lerine",
    "larim", "lerim", "larin", "lerin", "lari", "leri", "lara", "lere", "larda", "lerde", "lardan", "lerden", "lar", "ler",
    "imizi", "umuzu", "imize", "umuza", "imiz", "umuz", "sina", "sine", "suna", "sini", "sunu", "sinin", "sunun", "nin", "nun", "ndan",
    "nden", "nda", "nde", "dan", "den", "tan", "ten", "yla", "yle", "la", "le", "da", "de", "ta", "te", "ya", "ye", "yi", "yu", "ni", "nu",
    "na", "ne", "si", "su", "imi", "umu", "ime", "uma", "im", "um", "in", "un", "lik", "luk", "a", "e", "i", "u", "m", "n",
)  # fmt: skip
_TR_SOFT: Final = {"g": "k", "b": "p", "d": "t", "c": "c"}


def _turkish(key: str) -> Iterator[str]:
    yield from _prefixes(key)
    for cut in _cut(key, _TR_END, 2):
        if len(cut) < 3 and cut not in {"su", "et", "un", "ip"}:
            continue
        yield cut
        if cut[-1] in _TR_SOFT:
            yield cut[:-1] + _TR_SOFT[cut[-1]]


def _prefixes(key: str) -> Iterator[str]:
    for length in range(min(len(key) - 1, 12), _PREFIX_MIN - 1, -1):
        if len(key) - length <= _PREFIX_REST_MAX:
            yield key[:length]


_ID_FRONT: Final = (
    "memper", "diper", "meng", "meny", "mem", "men", "nge", "ber", "ter", "per", "peng", "pem", "pen", "di", "me", "se", "ke", "ng", "ny", "n",
)  # fmt: skip
_ID_END: Final = ("kannya", "annya", "nya", "kan", "lah", "kah", "ku", "mu", "an", "in", "i")


def _indonesian(key: str) -> Iterator[str]:
    yield from _cut(key, _ID_END)
    for front in _ID_FRONT:
        if key.startswith(front) and len(key) - len(front) >= _STEM_MIN:
            rest = key[len(front) :]
            yield rest
            yield from _cut(rest, _ID_END)


_UR_END: Final = ("ون", "ين", "ات", "وں", "ان", "ي", "ه", "ا", "و")
_UR_LATIN_END: Final = (
    "iyon",
    "iyan",
    "ain",
    "ein",
    "yan",
    "on",
    "an",
    "en",
    "on",
    "ay",
    "ey",
    "s",
    "e",
    "o",
    "i",
    "a",
    "y",
)


def _urdu(key: str) -> Iterator[str]:
    if key.isascii():
        yield from _prefixes(key)
        for cut in _cut(key, _UR_LATIN_END):
            yield cut
            yield cut + "a"
            yield cut + "i"
        yield from _folded(key)
        return
    for cut in _cut(key, _UR_END):
        yield cut
        yield cut + "ا"
        yield cut + "ه"
        yield cut + "ي"


def _folded(key: str) -> Iterator[str]:
    """The loose spelling of Urdu in Latin letters: doubled vowels and consonants, v for w, z for j."""
    loose = fold_latin(key)
    yield loose
    if loose.endswith(("ay", "ai", "ey")):
        yield loose[:-2] + "e"
        yield loose[:-2] + "a"


def fold_latin(key: str) -> str:
    """Return a key with vowels and doubled letters written in one way: "aata" and "atta" are both "ata"."""
    for pair, single in (
        ("aa", "a"),
        ("ee", "i"),
        ("oo", "u"),
        ("ii", "i"),
        ("ou", "u"),
        ("ph", "f"),
        ("w", "v"),
        ("q", "k"),
    ):
        key = key.replace(pair, single)
    out: list[str] = []
    for one in key:
        if not out or out[-1] != one:
            out.append(one)
    return "".join(out)


def _urdu_listed(key: str) -> Iterator[str]:
    if key.isascii():
        yield fold_latin(key)


_FA_END: Final = (
    "هايمان", "هايم", "هايش", "هايي", "هاي", "هام", "هاش", "ها", "مان", "تان", "شان", "ان", "اي", "ام", "ات", "اش", "رو", "را", "و", "ي", "م", "ش", "ت",
)  # fmt: skip


def _persian(key: str) -> Iterator[str]:
    yield from _cut(key, _FA_END)
    if key.startswith(("مي", "نمي", "ب", "بي")):
        yield from (key[len(one) :] for one in ("نمي", "مي", "ب") if key.startswith(one) and len(key) - len(one) >= 3)
    yield from _prefixes(key)


_BN_END: Final = (
    "গুলোর", "গুলো", "গুলি", "দেরকে", "দের", "টার", "টির", "টাকে", "টা", "টি", "খানা", "জন", "রা", "কে", "তে", "য়ের", "য়", "ের", "েরও", "র", "ে", "ও", "ই",
)  # fmt: skip


def _bengali(key: str) -> Iterator[str]:
    from unicodedata import normalize

    for ending in _BN_END:
        plain = normalize("NFKD", ending)
        if key.endswith(plain) and len(key) - len(plain) >= 2:
            yield key[: -len(plain)]


def _swahili(key: str) -> Iterator[str]:
    yield from _cut(key, ("ni",))
    for front in ("ku", "wa", "vi", "ki", "ma", "mi", "m", "ni", "tu", "u", "a"):
        if key.startswith(front) and len(key) - len(front) >= 4:
            yield key[len(front) :]


_FORMS: Final[dict[str, Callable[[str], Iterator[str]]]] = {
    "ar": _arabic,
    "en": _english,
    "fr": _french,
    "tr": _turkish,
    "id": _indonesian,
    "ur": _urdu,
    "fa": _persian,
    "bn": _bengali,
    "sw": _swahili,
}
_LISTED: Final[dict[str, Callable[[str], Iterator[str]]]] = {
    "ar": _arabic_listed,
    "en": _english_listed,
    "fr": _french_listed,
    "ur": _urdu_listed,
}

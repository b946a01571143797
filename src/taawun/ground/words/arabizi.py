"""Arabic written with Latin letters and digits ("m7tajin 7aleeb"), read as the Arabic words it may stand for.

A word is filed under its consonants. Among words with the same consonants the one that sounds nearest is taken: what
Arabic writes as a long vowel should be there, and short vowels may stand between.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import Final

_CONSONANTS: Final[dict[str, tuple[str, ...]]] = {
    "ب": ("b",), "ت": ("t",), "ث": ("t", "s"), "ج": ("j",), "ح": ("h",), "خ": ("x",), "د": ("d",), "ذ": ("d", "z"), "ر": ("r",),
    "ز": ("z",), "س": ("s",), "ش": ("c",), "ص": ("s",), "ض": ("d", "z"), "ط": ("t",), "ظ": ("z", "d"), "غ": ("G",), "ف": ("f",),
    "ق": ("k",), "ك": ("k",), "ل": ("l",), "م": ("m",), "ن": ("n",), "ه": ("h",), "پ": ("b",), "چ": ("c",), "گ": ("j",),
}  # fmt: skip
_SOUNDS: Final[dict[str, str]] = {
    "ا": "a", "ب": "b", "ت": "t", "ث": "t", "ج": "j", "ح": "h", "خ": "x", "د": "d", "ذ": "d", "ر": "r", "ز": "d", "س": "s", "ش": "c",
    "ص": "s", "ض": "d", "ط": "t", "ظ": "d", "ع": "3", "غ": "G", "ف": "f", "ق": "k", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h",
    "و": "u", "ي": "i",
}  # fmt: skip
_LATIN: Final = (
    ("3'", "G"), ("7'", "x"), ("sh", "c"), ("ch", "c"), ("kh", "x"), ("gh", "G"), ("th", "t"), ("dh", "d"), ("5", "x"), ("7", "h"), ("8", "G"),
    ("2", ""), ("6", "t"), ("9", "s"), ("q", "k"), ("g", "j"), ("v", "f"), ("p", "b"), ("aa", "a"), ("ee", "i"), ("oo", "u"), ("ou", "u"),
    ("ei", "i"), ("ai", "i"), ("ay", "i"), ("o", "u"), ("y", "i"), ("w", "u"),
)  # fmt: skip
_VOWELS: Final = frozenset("aeiu")
_ARTICLES: Final = (
    "wel",
    "wal",
    "bel",
    "bil",
    "bal",
    "lel",
    "lil",
    "3al",
    "3el",
    "fel",
    "fil",
    "el",
    "al",
    "il",
    "l",
    "w",
    "b",
)
_CANDIDATES_MAX: Final = 4
_NEAR: Final = 3.0
# What a difference in sound costs, in hundredths of a perfect likeness.
_LONG_VOWEL_MISSING, _AYN_MISSING, _CONSONANT_MISSING = 20, 12, 40
_SHORT_VOWEL_MORE, _CONSONANT_MORE, _SHORT_FOR_LONG, _ENDING = 5, 25, 9, 2
_LEAST: Final = {1: 86, 2: 78}
_LEAST_LONG: Final = 72
_LONG: Final = 5


def _plain(key: str) -> str:
    """Return a Latin key with one letter a sound; vowels still in it, "e" as the short one."""
    for pair, single in _LATIN:
        key = key.replace(pair, single)
    return _single(key)


def _single(text: str) -> str:
    return "".join(one for at, one in enumerate(text) if at == 0 or text[at - 1] != one)


def _bones(plain: str) -> str:
    bare = plain[:-1] if plain.endswith("h") and len(plain) > 3 else plain
    return _single("".join(one for one in bare if one not in _VOWELS and one != "3"))


def _arabic_bones(key: str) -> Iterator[str]:
    body = key.removesuffix("ه")
    if body != key and len(body) >= 2:
        # In "jarret ghaz" the ending is spoken.
        yield from _arabic_bones(body + "ت")
    for choice in product(*(_CONSONANTS.get(one, ("",)) for one in body[:12])):
        yield _single("".join(choice))


@lru_cache(maxsize=50_000)
def likeness(plain: str, sound: str) -> float:
    """Return how well a Latin word sounds as an Arabic one, from 100 downwards."""
    plain = plain.replace("z", "d")
    row = [_more(plain[:at]) for at in range(len(plain) + 1)]
    for number, spoken in enumerate(sound):
        missing = _AYN_MISSING if spoken == "3" else _LONG_VOWEL_MISSING if spoken in "aiu" else _CONSONANT_MISSING
        ending = spoken == "h" and number == len(sound) - 1
        if ending:
            missing = _ENDING
        best = [row[0] + missing]
        for at, typed in enumerate(plain):
            alike = 0 if typed == spoken else _SHORT_FOR_LONG if spoken == "i" and typed == "e" else None
            if ending and typed in "aeht":
                alike = _ENDING if typed != "t" else _ENDING * 2
            swap = row[at] + alike if alike is not None else 1000
            best.append(min(row[at + 1] + missing, best[at] + _more(typed), swap))
        row = best
    return 100 - row[-1]


def _more(typed: str) -> int:
    return sum(_SHORT_VOWEL_MORE if one in _VOWELS else _CONSONANT_MORE for one in typed)


class Arabizi:
    """The Arabic words of a list, filed by their consonants."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._filed: dict[str, set[str]] = {}
        self._sound: dict[str, str] = {}
        for key in keys:
            if not key or not "\u0600" <= key[0] <= "\u06ff":
                continue
            self._sound[key] = _single("".join(_SOUNDS.get(one, "") for one in key))
            for bones in set(_arabic_bones(key)):
                if bones:
                    self._filed.setdefault(bones, set()).add(key)

    def read(self, key: str) -> tuple[str, ...]:
        """Return the listed Arabic words a Latin key may stand for, the nearest first."""
        found: dict[str, float] = {}
        for cost, rest in _spelt(key):
            plain = _plain(rest)
            bones = _bones(plain)
            for word in self._filed.get(bones, ()) if bones else ():
                score = likeness(plain, self._sound[word])
                least = _LEAST_LONG if len(plain) >= _LONG else _LEAST.get(len(bones), _LEAST_LONG)
                if score >= least:
                    found[word] = max(found.get(word, 0.0), score - cost)
        best = sorted(found, key=lambda word: (-found[word], word))
        return tuple(word for word in best if found[word] >= found[best[0]] - _NEAR)[:_CANDIDATES_MAX]


def _spelt(key: str) -> Iterator[tuple[float, str]]:
    """The key, without an article, and with 2 for the deep k that many speak as a catch of breath."""
    for cost, rest in _without_article(key):
        yield cost, rest
        if "2" in rest:
            yield cost, rest.replace("2", "k")


def _without_article(key: str) -> Iterator[tuple[float, str]]:
    yield 0.0, key
    for article in _ARTICLES:
        if key.startswith(article) and len(key) - len(article) >= 4:
            yield 6.0, key[len(article) :]

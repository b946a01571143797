"""Finding the kind someone means by the words they typed: names in English, Arabic or the language of the page, and what
people call it in any of the nine languages.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.utils.translation import override

from taawun.community.circles.catalogue.kind import Kind
from taawun.community.circles.catalogue.vocabulary import codes_called
from taawun.ground.words.clean import search_key

TEXT_LENGTH_MAX: Final = 200

# What the words of a name weigh against the further words.
_NAME_WEIGHT: Final = 2.0
# What it weighs that people call the kind so, in whatever language.
_CALLED_WEIGHT: Final = 3.0
# Where both fit alike, the one that does not touch on anything painful is proposed first.
_SENSITIVE_WEIGHT: Final = 0.9
_EXACT, _BEGINNING, _ENDING, _MISTYPED, _INSIDE = 1.0, 0.7, 0.6, 0.5, 0.4
_FRAGMENT_LENGTH_MIN: Final = 3
_MISTYPED_LENGTH_MIN: Final = 4
# A kind is found if it answers to at least this share of what the best one answers to.
_SHARE_OF_BEST: Final = 0.35
_ARTICLES: Final = ("وال", "بال", "فال", "كال", "ال", "لل")
_EMPTY_WORDS: Final = frozenset(
    [
        "a",
        "an",
        "and",
        "any",
        "for",
        "from",
        "help",
        "i",
        "in",
        "is",
        "it",
        "me",
        "my",
        "need",
        "needs",
        "of",
        "on",
        "or",
        "please",
        "some",
        "someone",
        "that",
        "the",
        "to",
        "want",
        "we",
        "with",
        "you",
        "your",
        "في",
        "من",
        "على",
        "الى",
        "عن",
        "مع",
        "او",
        "احتاج",
        "محتاج",
        "نحتاج",
        "بحاجه",
        "اريد",
        "بدي",
        "عاوز",
        "لو",
        "سمحت",
        "هل",
        "عندي",
        "لي",
        "لنا",
    ]
)


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: Kind
    names: frozenset[str]
    words: dict[str, float]
    """Each word and its weight."""


def _stem(word: str) -> str:
    """Return the word without the Arabic article and what is written together with it."""
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= _FRAGMENT_LENGTH_MIN:
            return word[len(article) :]
    return word


def _words(text: str) -> list[str]:
    return [_stem(word) for word in search_key(text).split()]


@lru_cache(maxsize=32)
def _index(kinds: tuple[Kind, ...], language: str) -> tuple[tuple[_Entry, ...], dict[str, float]]:
    entries = []
    for kind in kinds:
        words = {word: 1.0 for text in kind.search for word in _words(text)}
        # Names in the source language and in Arabic are known on every page.
        names = []
        for spoken in ("en", "ar", language):
            with override(spoken):
                names.append(str(kind.name))
        words |= {word: _NAME_WEIGHT for name in names for word in _words(name) if word not in _EMPTY_WORDS}
        entries.append(_Entry(kind, frozenset(map(search_key, names)), words))
    spread = Counter(word for entry in entries for word in entry.words)
    # A word that stands at few kinds says more than one that stands at many.
    rarity = {word: math.log(1 + len(entries) / count) for word, count in spread.items()}
    return tuple(entries), rarity


def search_among(kinds: Sequence[Kind], text: str, language: str) -> list[Kind]:
    """Return the kinds that fit ``text``, the best first; equal ones in the order of ``kinds``. Nothing typed finds
    nothing.
    """
    entries, rarity = _index(tuple(kinds), language)
    whole = search_key(text[:TEXT_LENGTH_MAX])
    wanted = [word for word in dict.fromkeys(_words(whole)) if word not in _EMPTY_WORDS] or _words(whole)
    fits = [_fits(word, rarity) for word in wanted]
    called = codes_called(text[:TEXT_LENGTH_MAX])
    scores = [
        (_score(entry, fits, rarity) + _CALLED_WEIGHT * called.get(entry.kind.code, 0.0), entry) for entry in entries
    ]
    enough = max((score for score, _entry in scores), default=0.0) * _SHARE_OF_BEST
    found = [(score, entry) for score, entry in scores if score > 0 and score >= enough]
    # Who types the very name means this kind before all others.
    return [entry.kind for score, entry in sorted(found, key=lambda pair: (whole not in pair[1].names, -pair[0]))]


def _fits(word: str, known: Iterable[str]) -> dict[str, float]:
    """Return how well ``word`` fits each known word. What fits badly counts only where nothing fits better."""
    fits = {one: fit for one in known if (fit := _fit(word, one)) > 0}
    best = max(fits.values(), default=0.0)
    # Who types "blood" also sees what begins with it, but who types "seeds" does not mean "see".
    worst = _BEGINNING if best >= _BEGINNING else _ENDING if best >= _ENDING else 0.0
    return {one: fit for one, fit in fits.items() if fit >= worst}


def _score(entry: _Entry, fits: list[dict[str, float]], rarity: dict[str, float]) -> float:
    total = 0.0
    for fit in fits:
        total += max(
            (fit[word] * entry.words[word] * rarity[word] for word in fit.keys() & entry.words.keys()), default=0.0
        )
    return total * (_SENSITIVE_WEIGHT if entry.kind.sensitive else 1.0)


def _fit(word: str, known: str) -> float:
    """Return how well a typed word fits a known one, from 0 to 1."""
    if word == known:
        return _EXACT
    if len(word) >= _FRAGMENT_LENGTH_MIN and known.startswith(word):
        return _BEGINNING
    # Plurals and endings: "meals" begins with "meal".
    if len(known) >= _FRAGMENT_LENGTH_MIN and word.startswith(known) and len(word) - len(known) <= 2:
        return _ENDING
    if len(word) >= _MISTYPED_LENGTH_MIN and word in known:
        return _INSIDE
    if min(len(word), len(known)) >= _MISTYPED_LENGTH_MIN and _one_slip(word, known):
        return _MISTYPED
    return 0.0


def _one_slip(one: str, other: str) -> bool:
    """Return whether one letter was left out, added, changed, or swapped with its neighbour."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[1::-1] == b[:2] and a[2:] == b[2:])

"""A book of phrases: which of many listed words and phrases stand in a text, and where. Loaded once, read by key.

A phrase is filed under its first word; a message's word finds it by any of its forms. A listed word may begin with a
hyphen ("-ebilirim"): then it is an ending; a star stands for any one word. Mistyped words are tried last, within one slip, or two in a long word.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Generic, TypeVar

from rapidfuzz.distance import OSA

from taawun.ground.words.stems import forms, stem
from taawun.ground.words.tokens import Token, tokens

Value = TypeVar("Value")
_TYPO_LENGTH_MIN: Final = 5
_TYPO_LENGTH_TWO: Final = 9
# Written without short vowels, so that a slip of one letter is another word sooner.
_SHORT_WORDS: Final = frozenset({"ar", "ur", "fa"})
_ENDING: Final = "-"
_ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class Match(Generic[Value]):
    """A phrase found: the words ``first`` to ``last`` (not included) of the text, and how surely."""

    first: int
    last: int
    value: Value
    language: str
    exact: bool
    """Whether every word stands there as it is listed, or at least in a plain form of it."""
    listed: bool = True
    """Whether every word stands there in just the spelling of the list, with nothing taken off."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What a listed word means: a kind, by its code, or a group of words that mean one together with another group."""

    code: str = ""
    group: str = ""
    weak: bool = False
    """Whether it means the kind only where nothing better is said."""


@dataclass(slots=True)
class _Filed(Generic[Value]):
    """One phrase, each word in the forms under which it counts."""

    words: tuple[frozenset[str], ...]
    value: Value


@dataclass(slots=True)
class Word:
    """A word of a text as a book reads it: its forms in each language, and the exact ones among them."""

    token: Token
    forms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    spelt: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What the word is before any ending is taken off: its key, or the words it may stand for."""
    mistyped: bool = False


@lru_cache(maxsize=50_000)
def listed_words(text: str) -> tuple[str, ...]:
    """Return the keys of a listed phrase; endings keep their hyphen."""
    out: list[str] = []
    for piece in text.split():
        if piece == _ANY:
            out.append(_ANY)
        elif piece.startswith(_ENDING) and len(piece) > 1:
            out += [_ENDING + one.key for one in tokens(piece[1:])]
        else:
            out += [one.key for one in tokens(piece)]
    return tuple(out)


class PhraseBook(Generic[Value]):
    """Phrases by language. With ``stems`` a listed word is also filed without its article and plural."""

    def __init__(self, *, stems: bool = True) -> None:
        self._stems = stems
        self._filed: dict[str, dict[str, list[_Filed[Value]]]] = {}
        self._endings: dict[str, dict[str, list[_Filed[Value]]]] = {}
        self.known: dict[str, set[str]] = {}
        """Every listed word by language, in its own spelling."""
        self._buckets: dict[str, dict[str, list[str]]] = {}

    def add(self, text: str, language: str, value: Value) -> None:
        keys = listed_words(text)
        if not keys:
            return
        known = self.known.setdefault(language, set())
        words = []
        for key in keys:
            if key.startswith((_ENDING, _ANY)):
                words.append(frozenset([key]))
                continue
            known.add(key)
            words.append(frozenset((key, stem(key, language)) if self._stems else (key,)))
        filed = _Filed(tuple(words), value)
        shelf = self._endings if keys[0].startswith(_ENDING) else self._filed
        for one in words[0]:
            shelf.setdefault(language, {}).setdefault(one, []).append(filed)

    def find(self, words: Sequence[Word], languages: Iterable[str]) -> list[Match[Value]]:
        """Return every phrase that stands in the text, in the order of its first word, the longest first there."""
        found: list[Match[Value]] = []
        for language in languages:
            filed = self._filed.get(language)
            endings = self._endings.get(language)
            if filed is None and endings is None:
                continue
            for at, word in enumerate(words):
                for form in word.forms.get(language, ()):
                    for one in (filed or {}).get(form, ()):
                        self._match(one, words, at, language, found)
                for ending, ended in (endings or {}).items():
                    if word.token.key.endswith(ending[1:]) and len(word.token.key) > len(ending):
                        for one in ended:
                            self._match(one, words, at, language, found)
        return sorted(set(found), key=lambda one: (one.first, one.first - one.last))

    def _match(
        self, filed: _Filed[Value], words: Sequence[Word], at: int, language: str, found: list[Match[Value]]
    ) -> None:
        last = at + len(filed.words)
        if last > len(words):
            return
        for offset in range(1, len(filed.words)):
            if not _fits(words[at + offset], filed.words[offset], language):
                return
        exact = not any(words[one].mistyped for one in range(at, last))
        listed = all(_is_listed(words[at + one], filed.words[one], language) for one in range(len(filed.words)))
        found.append(Match(at, last, filed.value, language, exact, listed))

    def nearest(self, key: str, language: str) -> str | None:
        """Return the listed word that ``key`` was probably meant to be, or None."""
        if len(key) < _TYPO_LENGTH_MIN + (language in _SHORT_WORDS):
            return None
        slips = 2 if len(key) >= _TYPO_LENGTH_TWO else 1
        best: tuple[int, str] | None = None
        for one in self._bucket(language).get(key[0], ()):
            if abs(len(one) - len(key)) > slips:
                continue
            distance = OSA.distance(key, one, score_cutoff=slips)
            if distance <= slips and (best is None or distance < best[0]):
                best = (distance, one)
        return best[1] if best else None

    def _bucket(self, language: str) -> dict[str, list[str]]:
        if language not in self._buckets:
            bucket: dict[str, list[str]] = {}
            for one in sorted(self.known.get(language, ())):
                if len(one) >= _TYPO_LENGTH_MIN:
                    bucket.setdefault(one[0], []).append(one)
            self._buckets[language] = bucket
        return self._buckets[language]


def _fits(word: Word, listed: frozenset[str], language: str) -> bool:
    for one in listed:
        if one == _ANY:
            return True
        if one.startswith(_ENDING):
            return word.token.key.endswith(one[1:])
    return any(form in listed for form in word.forms.get(language, ()))


def _is_listed(word: Word, listed: frozenset[str], language: str) -> bool:
    if word.token.key in listed or any(one in listed for one in word.spelt.get(language, ())):
        return True
    return any(one.startswith((_ANY, _ENDING)) for one in listed)


def word_of(token: Token, languages: Iterable[str]) -> Word:
    """Return a word with its forms in each of the languages."""
    return Word(token, {language: forms(token.key, language) for language in languages})


def longest(matches: Sequence[Match[Value]]) -> list[Match[Value]]:
    """Return the matches that are left when a longer one swallows the shorter ones inside it; equal ones all stay."""
    kept: list[Match[Value]] = []
    for one in sorted(matches, key=lambda one: (one.first - one.last, one.first)):
        covered = any(
            other.first <= one.first and one.last <= other.last and other.last - other.first > one.last - one.first
            for other in kept
        )
        if not covered:
            kept.append(one)
    return sorted(kept, key=lambda one: (one.first, one.last))

"""The words by which columns and cells are understood, from data files that a person can extend.

``lexicons/columns/<language>.toml`` holds what stands at the head of columns, ``lexicons/values/<language>.toml`` what stands
in cells. Files of the same names in ``<data folder>/lexicons`` are laid over them: their words are added.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from rapidfuzz.distance import OSA

from taawun.ground.values.refusal import Refusal
from taawun.ground.words.clean import search_key

HERE: Final = Path(__file__).parent / "lexicons"
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_ARTICLES: Final = ("وال", "بال", "لل", "ال")
_TYPED_WRONG_FROM: Final = 5
_ENDING_MAX: Final = 4
_SIGNS: Final = str.maketrans({"№": " no ", "#": " no ", "°": " no ", "&": " and ", "ـ": ""})


@lru_cache(maxsize=50_000)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a head or a phrase in the form in which they are compared."""
    return tuple(_bare(word) for word in search_key(_CAMEL.sub(" ", text.translate(_SIGNS))).split())


def _bare(word: str) -> str:
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= 2:
            return word[len(article) :]
    return word


@dataclass(frozen=True, slots=True)
class Phrase:
    """What some words at the head of a column mean. ``meaning`` is ``section:name``, as the file has it."""

    words: tuple[str, ...]
    meaning: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """All phrases, by their first word; the words that say nothing; and every word that is known at all."""

    phrases: Mapping[str, tuple[Phrase, ...]]
    fill: frozenset[str]
    known: frozenset[str]
    weights: Mapping[str, Mapping[str, float]]
    """How much each word speaks for each meaning, from 0 to 1, by the phrases it stands in."""
    by_length: Mapping[int, tuple[str, ...]]
    """The longer known words by their length, for words typed wrong."""
    _near: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def starting_with(self, word: str) -> Iterator[Phrase]:
        for one in self.near(word):
            yield from self.phrases.get(one, ())

    def near(self, word: str) -> tuple[str, ...]:
        """Return the known words this one can be: itself, one without its ending, or the one it was meant to be."""
        if word in self.known:
            return (word,)
        if word not in self._near:
            if len(self._near) > 20_000:
                self._near.clear()
            self._near[word] = tuple(self._meant(word))
        return self._near[word]

    def _meant(self, word: str) -> Iterator[str]:
        if len(word) < _TYPED_WRONG_FROM:
            return
        for length in range(max(_TYPED_WRONG_FROM - 1, len(word) - _ENDING_MAX), len(word)):
            if word[:length] in self.known:
                yield word[:length]
        slips = 1 if len(word) < 8 else 2
        for length in range(len(word) - slips, len(word) + slips + 1):
            for one in self.by_length.get(length, ()):
                if one[0] == word[0] and OSA.distance(one, word, score_cutoff=slips) <= slips:
                    yield one


def _files(kind: str) -> Iterator[Path]:
    yield from sorted((HERE / kind).glob("*.toml"))
    data = os.environ.get("TAAWUN_DATA", "")
    if data:
        yield from sorted((Path(data).expanduser() / "lexicons" / kind).glob("*.toml"))


def _read(path: Path) -> Mapping[str, Mapping[str, str]]:
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise Refusal("sheet.lexicon", None, status=500, file=path.name, reason=str(error)[:200]) from error
    for section, entries in found.items():
        if not isinstance(entries, dict) or not all(isinstance(text, str) for text in entries.values()):
            raise Refusal("sheet.lexicon", None, status=500, file=path.name, reason=f"[{section}]")
    return found


def _split(text: str) -> Iterable[str]:
    return (one.strip() for one in text.split("|") if one.strip())


@lru_cache(maxsize=1)
def columns() -> Columns:
    """Return the phrases at the head of columns in all languages."""
    phrases: dict[str, dict[tuple[tuple[str, ...], str], Phrase]] = {}
    fill: set[str] = set()
    known: set[str] = set()
    for path in _files("columns"):
        for section, entries in _read(path).items():
            for name, text in entries.items():
                for written in _split(text):
                    words = words_of(written.rstrip("!"))
                    known.update(words)
                    if section == "fill":
                        fill.update(word for one in written.split() for word in words_of(one))
                        known.update(fill)
                    elif words:
                        phrase = Phrase(words, f"{section}:{name}", written.endswith("!"))
                        kept = phrases.setdefault(words[0], {}).setdefault((words, phrase.meaning), phrase)
                        if kept.whole and not phrase.whole:
                            phrases[words[0]][words, phrase.meaning] = phrase
    by_length: dict[int, list[str]] = {}
    for word in known:
        if len(word) >= _TYPED_WRONG_FROM:
            by_length.setdefault(len(word), []).append(word)
    return Columns(
        {word: tuple(found.values()) for word, found in phrases.items()},
        frozenset(fill),
        frozenset(known),
        _weights(phrase for found in phrases.values() for phrase in found.values()),
        {length: tuple(sorted(found)) for length, found in by_length.items()},
    )


def _weights(phrases: Iterable[Phrase]) -> dict[str, dict[str, float]]:
    weights: dict[str, dict[str, float]] = {}
    for phrase in phrases:
        for word in phrase.words:
            found = weights.setdefault(word, {})
            found[phrase.meaning] = found.get(phrase.meaning, 0.0) + 1 / len(phrase.words)
    return {
        word: {meaning: weight / sum(found.values()) for meaning, weight in found.items()}
        for word, found in weights.items()
    }


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one list (``urgency``) and what each means (``now``)."""

    meanings: Mapping[str, str]
    longest: int

    def exact(self, text: str) -> str | None:
        return self.meanings.get(" ".join(words_of(text)))

    def within(self, text: str) -> str | None:
        """Return what the longest phrase in the text means; nothing where two equally long ones disagree."""
        words = words_of(text)
        for length in range(min(self.longest, len(words)), 0, -1):
            found = {
                meaning
                for start in range(len(words) - length + 1)
                # A single letter says something alone in its cell, and nothing among words.
                if (length > 1 or len(words[start]) > 1 or len(words) == 1)
                and (meaning := self.meanings.get(" ".join(words[start : start + length])))
            }
            if found:
                return found.pop() if len(found) == 1 else None
        return None


_NO_WORDS: Final = Words({}, 0)


@lru_cache(maxsize=1)
def _values() -> Mapping[str, Words]:
    lists: dict[str, dict[str, str]] = {}
    for path in _files("values"):
        for section, entries in _read(path).items():
            meanings = lists.setdefault(section, {})
            for name, text in entries.items():
                for written in _split(text):
                    key = " ".join(words_of(written))
                    # A sign such as ✓ has no letters: it is its own key.
                    meanings.setdefault(key or written, name)
    return {name: Words(found, max(len(one.split()) for one in found)) for name, found in lists.items() if found}


def values(name: str) -> Words:
    """Return one list of words for cells."""
    return _values().get(name, _NO_WORDS)

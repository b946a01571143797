"""What the head of a column says about it: names in nine languages, questions, abbreviations, slips of the keyboard."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from taawun.ground.words.clean import search_key
from taawun.ground.words.units import UNITS
from taawun.reach.sheets.lexicon import Columns, Phrase, columns, words_of

_PARTS: Final = re.compile(r"[\n/|:;،؛؟?*•()\[\]{}«»\"“”]+|\s[-–—]\s|\.\s")
_BRACKETS: Final = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")
JOINED: Final = " › "
_SURE: Final = 0.6
WEAK: Final = 0.65
_VOTES_NEEDED: Final = 0.4
_COLUMN_WORDS: Final = "column|col|field|unnamed|spalte|colonne|عمود|ستون|sütun|kolom|কলাম|کالم|safu"
_LETTER_ONLY: Final = re.compile(
    rf"\s*(?:(?:{_COLUMN_WORDS})[\s:_-]*(?:[A-Z]{{1,2}}|[0-9]{{1,3}})?|[A-Z]|[0-9]{{1,3}})\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Said:
    """One meaning of a head, with how sure it is (0 to 1)."""

    meaning: str
    score: float

    @property
    def section(self) -> str:
        return self.meaning.partition(":")[0]

    @property
    def name(self) -> str:
        return self.meaning.partition(":")[2]


def is_bare(header: str) -> bool:
    """Return whether a head says nothing: empty, a number, "Column B"."""
    return not header.strip() or bool(_LETTER_ONLY.fullmatch(header)) or not search_key(header)


@lru_cache(maxsize=5_000)
def said(header: str) -> tuple[Said, ...]:
    """Return what a head can mean, the most likely first."""
    if is_bare(header):
        return ()
    lexicon = columns()
    best: dict[str, float] = {}
    for text, weight in _readings(header):
        for meaning, score in _meanings(text, lexicon).items():
            if meaning.startswith("weak:"):
                meaning, score = meaning.replace("weak:", "targets:"), min(score, WEAK)
            best[meaning] = max(best.get(meaning, 0.0), score * weight)
    if max(best.values(), default=0.0) < _SURE:
        for meaning, score in _votes(words_of(header.replace(JOINED, " ")), lexicon).items():
            best[meaning] = max(best.get(meaning, 0.0), score)
    return tuple(sorted((Said(meaning, score) for meaning, score in best.items()), key=lambda one: -one.score))


def _votes(words: tuple[str, ...], lexicon: Columns) -> dict[str, float]:
    """Where no phrase is found, each word speaks for what the phrases it stands in mean."""
    telling = [word for word in words[:20] if not _is_fill(word, lexicon) and len(word) > 1 and not word.isdecimal()]
    votes: dict[str, float] = {}
    for word in telling:
        for near in lexicon.near(word)[:1]:
            for meaning, weight in lexicon.weights.get(near, {}).items():
                if not meaning.startswith(("fill:", "wide:", "weak:", "sensitive:")):
                    votes[meaning] = votes.get(meaning, 0.0) + weight / len(telling)
    return {meaning: min(0.68, 0.5 + 0.4 * share) for meaning, share in votes.items() if share >= _VOTES_NEEDED}


def _readings(header: str) -> Iterator[tuple[str, float]]:
    """A head is read as a whole, and in the parts that brackets, slashes and line ends make of it."""
    yield header.replace(JOINED, " "), 1.0
    outside = _BRACKETS.sub(" ", header)
    if outside != header:
        yield outside, 0.99
    if JOINED in header:
        # Of two lines of heads the lower one says it, and the upper one says of what.
        upper, _, lower = header.rpartition(JOINED)
        yield lower, 0.99
        yield upper, 0.6
        return
    parts = [part for part in _PARTS.split(header) if part.strip()]
    # The path of a form ("household/contact/phone_number") ends with what the column is.
    path = "/" in header and " " not in header.strip()
    for place, part in enumerate(parts):
        if len(part.strip()) < 2 and len(parts) > 1:
            continue
        inside = any(part.strip() in found for found in _BRACKETS.findall(header))
        last = place == len(parts) - 1
        yield part, 0.7 if inside else (1.0 if last else 0.6) if path else 0.97 if place == 0 else 0.95


def unit_in(header: str) -> str:
    """Return the unit a head names in brackets or at its end ("Rice (kg)"), as a code; empty where it names none."""
    found = [*_BRACKETS.findall(header), header.rpartition(",")[2] if "," in header else ""]
    for text in found:
        for unit in UNITS:
            if search_key(text) and search_key(text.strip(". ")) in {
                search_key(word) for word in (unit.code, *unit.words)
            }:
                return unit.code
    return ""


def is_of_helper(header: str) -> bool:
    """Return whether a head speaks of whoever helps ("volunteer's phone"), and not of whoever asks."""
    lexicon = columns()
    return any(
        phrase.meaning == "not_stored:helper" and len(phrase.words) == 1
        for word in words_of(header)
        for phrase in lexicon.starting_with(word)
    )


def measure_in(header: str) -> str:
    """Return the unit a head names as one of its last words; empty where it names none."""
    words = [word for word in search_key(header).split() if word not in columns().fill]
    for unit in UNITS:
        if words and words[-1] in {search_key(word) for word in (unit.code, *unit.words)}:
            return unit.code
    return ""


def _meanings(text: str, lexicon: Columns) -> dict[str, float]:
    words = words_of(text)[:60]
    telling = [word for word in words if not _is_fill(word, lexicon)]
    spans = [
        (start, end, phrase, slip)
        for start in range(len(words))
        for phrase in lexicon.starting_with(words[start])
        if (found := _match(words, start, phrase, lexicon)) is not None
        for end, slip in [found]
    ]
    best: dict[str, float] = {}
    for start, end, phrase, slip in spans:
        whole = end - start == len(words) or [*words[start:end]] == telling or not _rest(words, start, end, lexicon)
        if phrase.whole and not whole:
            continue
        # "Name of the organisation" holds "name", but says something longer with it.
        if any(
            other_start <= start and end <= other_end and other_end - other_start > end - start
            and not (other.whole and not _covers(words, other_start, other_end, lexicon))
            for other_start, other_end, other, _ in spans
        ):  # fmt: skip
            continue
        score = _score(words[start:end], start, whole, len(telling), lexicon) - 0.06 * slip
        best[phrase.meaning] = max(best.get(phrase.meaning, 0.0), score)
    return best


def _covers(words: tuple[str, ...], start: int, end: int, lexicon: Columns) -> bool:
    return end - start == len(words) or not _rest(words, start, end, lexicon)


def _rest(words: tuple[str, ...], start: int, end: int, lexicon: Columns) -> list[str]:
    """Return the words outside a span that say something."""
    return [word for word in (*words[:start], *words[end:]) if not _is_fill(word, lexicon) and not word.isdecimal()]


def _is_fill(word: str, lexicon: Columns) -> bool:
    return word in lexicon.fill


def _score(found: tuple[str, ...], start: int, whole: bool, telling: int, lexicon: Columns) -> float:
    if whole:
        return 1.0
    own = sum(1 for word in found if not _is_fill(word, lexicon)) or 1
    share = min(1.0, own / max(telling, 1))
    # What stands first, and what is said in several words, says more.
    return min(0.96, 0.5 + 0.25 * share + 0.07 * min(len(found), 4) + (0.03 if start == 0 else 0.0))


def _match(words: tuple[str, ...], start: int, phrase: Phrase, lexicon: Columns) -> tuple[int, int] | None:
    """Return where the phrase ends when it begins at ``start``, and how many of its words were written otherwise."""
    end = start + len(phrase.words)
    if end > len(words):
        return None
    slips = 0
    for word, wanted in zip(words[start:end], phrase.words, strict=True):
        if word == wanted:
            continue
        if wanted not in lexicon.near(word):
            return None
        slips += 1
    return end, slips

"""What a whole message answers to "it is brought to you": not now, or it may come after all. Pure: words in, a word out.

Only a message that says nothing else is an answer. "Not now, my son is ill, but we need bread" is for somebody to read.
"""

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from taawun.ground.words.clean import search_key

HERE: Final = Path(__file__).resolve().parent
NOT_NOW, AFTER_ALL = "not_now", "after_all"
LENGTH_MAX: Final = 200
# Whatever is no letter and no vowel sign of one: signs, smileys, line breaks.
_APART = re.compile(r"[^\w\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0d7f\u200c\u200d]+|[\d_]+")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Whole answers by their key, and the words of courtesy that may stand around one."""

    answers: dict[str, str]
    courtesy: frozenset[str]
    longest: int


def _key(text: str) -> str:
    return search_key(" ".join(_APART.sub(" ", text).split()))


@functools.cache
def lexicon() -> Lexicon:
    """Return all languages together: nobody says in which language an SMS is."""
    held = tomllib.loads((HERE / "answers.toml").read_text("utf-8"))
    answers = {
        _key(phrase): name
        for name in (AFTER_ALL, NOT_NOW)
        for said in held[name].values()
        for phrase in said.split(",")
    }
    courtesy = frozenset(_key(phrase) for said in held["courtesy"].values() for phrase in said.split(","))
    return Lexicon(answers, courtesy, max(len(one.split()) for one in courtesy))


def read_answer(text: str) -> str | None:
    """Return ``not_now``, ``after_all``, or None where the message says something else, more, or both."""
    if len(text) > LENGTH_MAX:
        return None
    known = lexicon()
    words = _key(text).split()
    if (whole := known.answers.get(" ".join(words))) is not None:
        return whole
    for start, end in _cut(words, known):
        found = known.answers.get(" ".join(words[start:end]))
        if found is not None:
            return found
    return None


def _cut(words: list[str], known: Lexicon) -> list[tuple[int, int]]:
    """Return the spans that are left when courtesy is taken off either end, the longest first."""
    starts, ends = {0}, {len(words)}
    for _ in words:
        starts |= {
            at + size
            for at in starts
            for size in range(1, known.longest + 1)
            if " ".join(words[at : at + size]) in known.courtesy
        }
        ends |= {
            at - size
            for at in ends
            for size in range(1, known.longest + 1)
            if " ".join(words[max(0, at - size) : at]) in known.courtesy
        }
    spans = [(start, end) for start in starts for end in ends if 0 <= start < end <= len(words)]
    return sorted(spans, key=lambda span: span[0] - span[1])

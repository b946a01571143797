"""What people call the kinds, in nine languages: ``words/<language>.toml``, and ``words/together.toml`` for two words that
make a kind only together. Read once, found by key. A community adds its own in the data folder: see docs/lexicons.md.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from taawun.ground.words.clean import search_key
from taawun.ground.words.phrases import PhraseBook, Sense, word_of
from taawun.ground.words.tokens import tokens

WORDS: Final = Path(__file__).with_name("words")
TOGETHER: Final = "together"
_WEAK: Final = "~"
# Where all words of what was typed make one listed phrase, where only some do, and where a weak word is all there is.
_WHOLE, _PART, _WEAKLY = 3.0, 1.5, 0.5
_TEXT_WORDS_MAX: Final = 30


def listed(text: str) -> list[str]:
    """Return the phrases of one line of a words file: they stand between commas, of whichever script."""
    return [one.strip() for one in text.replace("،", ",").split(",") if one.strip()]


def read_words(path: Path, book: PhraseBook[Sense]) -> None:
    """File the words of one file. A file that cannot be read is an error with its name and line, not a silence."""
    found = tomllib.loads(path.read_text("utf-8"))
    language = str(found.get("language", path.stem))
    for code, text in found.get("kinds", {}).items():
        for phrase in listed(str(text)):
            book.add(phrase.removeprefix(_WEAK), language, Sense(code=code, weak=phrase.startswith(_WEAK)))
    for group, text in found.get("groups", {}).items():
        for phrase in listed(str(text)):
            book.add(phrase, language, Sense(group=group))


@lru_cache(maxsize=4)
def book_of(added: Path | None = None) -> PhraseBook[Sense]:
    """Return the words of the default catalogue, and those in the folder ``added`` laid over."""
    book: PhraseBook[Sense] = PhraseBook()
    for folder in (WORDS, added):
        if folder is not None and folder.is_dir():
            for path in sorted(folder.glob("*.toml")):
                if path.stem != TOGETHER:
                    read_words(path, book)
    return book


@lru_cache(maxsize=1)
def together() -> tuple[tuple[str, str, str], ...]:
    """Return each pair of groups and the kind they make."""
    found = tomllib.loads((WORDS / f"{TOGETHER}.toml").read_text("utf-8"))
    pairs = []
    for code, text in found.items():
        for pair in listed(str(text)):
            one, _, other = pair.partition("+")
            pairs.append((one.strip(), other.strip(), str(code)))
    return tuple(pairs)


def own_words(names: Mapping[str, Iterable[str]], languages: Iterable[str]) -> PhraseBook[Sense]:
    """Return a small book of a circle's own names for kinds: code to names, found in each of the languages."""
    book: PhraseBook[Sense] = PhraseBook()
    for code, called in names.items():
        for name in called:
            for language in languages:
                book.add(name, language, Sense(code=code))
    return book


@lru_cache(maxsize=2_000)
def codes_called(text: str) -> dict[str, float]:
    """Return the kinds people call by these words in any of the nine languages, and how surely: for finding a kind."""
    book = book_of()
    languages = tuple(book.known)
    typed = tokens(search_key(text))[:_TEXT_WORDS_MAX]
    words = [word_of(one, languages) for one in typed]
    found: dict[str, float] = {}
    for match in book.find(words, languages):
        sense = match.value
        if sense.code:
            whole = match.last - match.first == len(words)
            sure = _WEAKLY if sense.weak else _WHOLE if whole else _PART * (match.last - match.first) / len(words)
            found[sense.code] = max(found.get(sense.code, 0.0), sure)
    return found


def called_exactly(text: str) -> list[str]:
    """Return the kinds that all the words of a text together name, and surely."""
    return [code for code, sure in codes_called(text).items() if sure >= _WHOLE]

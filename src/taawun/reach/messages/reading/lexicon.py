"""The words by which a message is read, apart from the kinds: ``lexicons/<language>.toml``, and a community's own laid over.

Every phrase is filed under where it stands in its file, such as ``direction.offer`` or ``numbers.12``.
"""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Final

from taawun.ground.words.arabizi import Arabizi
from taawun.ground.words.phrases import PhraseBook

FOLDER: Final = Path(__file__).with_name("lexicons")
COMMON: Final = "common.words"
_DIRECTION: Final = "direction."
_COMMON_LATIN: Final = "common.latin"


class Lexicon:
    """The book of markers, and the words that say which language a text is in."""

    def __init__(self, added: Path | None = None) -> None:
        self.book: PhraseBook[str] = PhraseBook(stems=False)
        self.common: dict[str, set[str]] = {}
        self.common_latin: set[str] = set()
        self.numbers: dict[str, set[str]] = {}
        self.alone: dict[str, set[str]] = {}
        """The words that mean something by themselves other than asking or offering: days, numbers, everyday words."""
        for folder in (FOLDER, added):
            if folder is not None and folder.is_dir():
                for path in sorted(folder.glob("*.toml")):
                    self._read(path)

    def _read(self, path: Path) -> None:
        found = tomllib.loads(path.read_text("utf-8"))
        language = str(found.get("language", path.stem))
        for table, lines in found.items():
            if not isinstance(lines, dict):
                continue
            for name, text in lines.items():
                for phrase in str(text).replace("،", ",").split(","):
                    self._file(phrase.strip(), language, f"{table}.{name}")

    def _file(self, phrase: str, language: str, marker: str) -> None:
        if not phrase:
            return
        if marker == _COMMON_LATIN:
            self.common_latin.add(phrase)
            return
        self.book.add(phrase, language, marker)
        if marker.startswith("numbers."):
            self.numbers.setdefault(language, set()).update(_keys(phrase))
        if not marker.startswith(_DIRECTION) and len(_keys(phrase)) == 1:
            self.alone.setdefault(language, set()).update(_keys(phrase))
        if marker == COMMON:
            self.common.setdefault(language, set()).update(self.book.known[language] & _keys(phrase))


def _keys(phrase: str) -> set[str]:
    from taawun.ground.words.phrases import listed_words

    return set(listed_words(phrase))


@lru_cache(maxsize=4)
def lexicon_of(added: Path | None = None) -> Lexicon:
    """Return the lexicon with the files of the folder ``added`` laid over. Read once."""
    return Lexicon(added)


class Sounds:
    """Arabic in Latin letters, read by the words of several books; words heard in every message, by the lexicon alone."""

    def __init__(self, everyday: set[str], *others: set[str]) -> None:
        self._everyday = Arabizi(everyday)
        self._all = Arabizi(everyday.union(*others))
        self._read: dict[tuple[str, bool], tuple[str, ...]] = {}

    def read(self, key: str, *, common: bool) -> tuple[str, ...]:
        asked = (key, common)
        if asked not in self._read:
            if len(self._read) > 20_000:
                self._read.clear()
            self._read[asked] = (self._everyday if common else self._all).read(key)
        return self._read[asked]

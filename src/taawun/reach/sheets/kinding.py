"""The kind a text names, by the catalogue alone: for sheets that are read without a circle."""

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.utils.translation import override

from taawun.community.circles import catalogue
from taawun.ground.words.clean import search_key

_NAMED_IN: Final = ("en", "ar")


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Codes and names as search keys. A name that two kinds share names neither."""
    codes: dict[str, str] = {}
    shared: set[str] = set()
    for kind in catalogue.ALL:
        names = {kind.code, kind.code.partition(".")[2]}
        for language in _NAMED_IN:
            with override(language):
                names.add(str(kind.name))
        for key in {search_key(name.replace("_", " ").replace(".", " ")) for name in names}:
            if codes.setdefault(key, kind.code) != kind.code:
                shared.add(key)
    for kind in catalogue.ALL:
        for word in (one for text in kind.search for one in text.split()):
            key = search_key(word)
            if key and codes.setdefault(key, kind.code) != kind.code and key not in _names():
                shared.add(key)
    for key, code in _further_words():
        if codes.setdefault(key, code) != code and key not in _names():
            shared.add(key)
    return {key: code for key, code in codes.items() if key not in shared}


def _further_words() -> Iterator[tuple[str, str]]:
    """Yield what people call the kinds in nine languages, from the word lists of the catalogue."""
    for path in sorted((Path(catalogue.__file__).parent / "words").glob("*.toml")):
        for code, words in tomllib.loads(path.read_text("utf-8")).get("kinds", {}).items():
            if code in catalogue.BY_CODE:
                yield from ((key, code) for word in words.split(",") if "~" not in word and (key := search_key(word)))


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    found = set()
    for kind in catalogue.ALL:
        for language in _NAMED_IN:
            with override(language):
                found.add(search_key(str(kind.name)))
    return frozenset(found)


@lru_cache(maxsize=20_000)
def kind_of(text: str) -> str | None:
    """Return the code of the kind a text names in one of the languages, or nothing."""
    key = search_key(text.replace("_", " ").replace(".", " "))
    codes = _codes()
    if not key:
        return None
    if key in codes:
        return codes[key]
    singular = key.removesuffix("s")
    return codes.get(singular)

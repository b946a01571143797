"""A text in words: each with its place in the text and the key under which its other spellings are found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from taawun.ground.words.clean import search_key
from taawun.ground.words.digits import to_latin

Script = Literal["latin", "arabic", "bengali", "digits", "other"]

# Letters with what belongs to them: Arabic vowel signs, the signs of Bengali, and the joiners inside Persian words. An
# apostrophe parts words ("l'eau", "Kadıköy'de"), and so does the underscore that chats draw round slanted text.
_WORD: Final = re.compile(
    r"(?:[^\W\d_]|[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u0980-\u09e3]"
    r"|(?<=\w)[\u200c\u200d](?=\w))+|\d+"
)
# Digits that stand for sounds in Arabic written with Latin letters: "7aleeb", "ma7tajin", "sob7".
_MIXED: Final = re.compile(r"[a-z]*[235-9][a-z235-9']*[a-z][a-z235-9']*|[a-z]+[235-9]+", re.IGNORECASE)
_MIXED_RUN: Final = re.compile(r"(?<![\w])[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*(?![\w])")
# What stands behind a figure without a space and is no sound: "5kg", "3x", "10am", "6th".
_AFTER_FIGURE: Final = re.compile(
    r"\d+(?:kg|kgs|g|gr|gm|mg|ml|cl|l|lt|ltr|x|h|hr|hrs|min|am|pm|p|st|nd|rd|th|e|er|eme|tl|tk|k|km|m|cm|w|gb|mb|pcs|pc|pack|packs"
    r"|box|boxes|bags|yo|yr|yrs|y|months?|days?|weeks?|mo|pm|pax|nos?|ltrs|litres?|liters?|kilos?|bd|usd|eur|dt|da|dh|fr|rb|jt|rs)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: ``text[start:end]`` in the original, its key for matching, and its script."""

    start: int
    end: int
    text: str
    key: str
    script: Script


@lru_cache(maxsize=100_000)
def _key(text: str) -> str:
    return search_key(text).replace(" ", "")


def _script(text: str) -> Script:
    first = text[0]
    if first.isdecimal():
        return "digits"
    if first < "\u0250":
        return "latin"
    if "\u0600" <= first <= "\u06ff" or "\u0750" <= first <= "\u077f" or "\ufb50" <= first <= "\ufeff":
        return "arabic"
    return "bengali" if "\u0980" <= first <= "\u09ff" else "other"


def tokens(text: str) -> list[Token]:
    """Return the words and the figures of a text, in order. A figure's key is in Latin digits."""
    found: list[Token] = []
    for start, end in _spans(text):
        piece = text[start:end]
        script = _script(piece)
        key = to_latin(piece) if script == "digits" else _key(piece)
        if key:
            found.append(
                Token(start, end, piece, key, "latin" if script == "digits" and not key.isdecimal() else script)
            )
    return found


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the words stand. Sounds written as digits stay in their word; other figures stand alone."""
    whole = {
        match.start(): match.end()
        for match in _MIXED_RUN.finditer(text)
        if _MIXED.fullmatch(match[0]) and not _AFTER_FIGURE.fullmatch(match[0]) and not match[0].isalpha()
    }
    at = 0
    for match in _WORD.finditer(text):
        if match.start() < at:
            continue
        at = whole.get(match.start(), match.end())
        yield match.start(), at

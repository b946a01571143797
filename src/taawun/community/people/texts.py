"""Cleaning what people typed, with refusals that name the field."""

from taawun.ground.values.refusal import Refusal
from taawun.ground.words.clean import clean_line, clean_text, has_visible
from taawun.ground.words.errors import WordsError

NAME_LENGTH_MAX = 120
LINES_MAX = 30


def refuse(error: WordsError, field: str) -> Refusal:
    """Return what the words room found wrong as a refusal of a field."""
    refusal = Refusal(error.code, field)
    refusal.facts.update(error.facts)
    return refusal


def name(text: str, field: str = "name") -> str:
    """Return a display name: any script, one line, at least one visible character."""
    cleaned = line(text, field, NAME_LENGTH_MAX)
    if not has_visible(cleaned):
        raise Refusal("name.empty", field)
    return cleaned


def line(text: str, field: str, most: int) -> str:
    try:
        return clean_line(text, most)
    except WordsError as error:
        raise refuse(error, field) from None


def paragraph(text: str, field: str, most: int) -> str:
    try:
        return clean_text(text, most, LINES_MAX)
    except WordsError as error:
        raise refuse(error, field) from None

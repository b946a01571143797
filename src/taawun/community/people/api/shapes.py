"""What every operation's values look like: bodies that refuse what they do not know, texts, moments, amounts, pages."""

import base64
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, WithJsonSchema
from pydantic_core import PydanticCustomError

from taawun.community.people import texts
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.errors import WordsError
from taawun.ground.words.units import format_amount, format_amount_bare, parse_amount

LIMIT_DEFAULT = 30
LIMIT_MAX = 100
# Nothing in the loop of help lies further away; the database and Python both fail at the ends of their calendars.
YEARS = (2000, 2100)

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Body(BaseModel):
    """What a caller sends. A field nobody knows is refused, because a misspelt one would silently do nothing."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


def _storable(text: str) -> str:
    # PostgreSQL stores no NUL, and half a character (a lone surrogate) is no text at all.
    if "\0" in text:
        raise PydanticCustomError("text.nul", "a zero character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("text.broken", "half a character") from None
    return text


def _read_moment(value: object) -> datetime:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise PydanticCustomError("moment.format", "not a moment")
    try:
        moment = datetime.fromisoformat(value.upper().replace(" ", "T"))
        if not YEARS[0] <= moment.year < YEARS[1]:
            raise PydanticCustomError("moment.year", "out of the calendar")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise PydanticCustomError("moment.format", "not a moment") from None


def _read_id(value: object) -> object:
    if isinstance(value, uuid.UUID):
        return value
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise PydanticCustomError("id.format", "not a UUID")
    return value


Word = Annotated[str, Field(max_length=60), AfterValidator(_storable)]
Line = Annotated[str, Field(max_length=400), AfterValidator(_storable)]
Paragraph = Annotated[str, Field(max_length=4000), AfterValidator(_storable)]
Slug = Annotated[str, Field(max_length=60), AfterValidator(_storable)]
Cursor = Annotated[str, Field(max_length=200), AfterValidator(_storable)]
Amount = Annotated[
    str,
    Field(max_length=40, description="How much, in the unit, as a decimal text: 3, 2.5, 1:30 (hours and minutes)."),
    AfterValidator(_storable),
]
Id = Annotated[uuid.UUID, BeforeValidator(_read_id), WithJsonSchema({"type": "string", "format": "uuid"})]
Moment = Annotated[
    datetime,
    BeforeValidator(_read_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Flag = StrictBool
Limit = Annotated[int, Field(ge=1, le=LIMIT_MAX)]


class Quantity(Answer):
    """An amount: exactly, in the unit as a request would write it, and as people of the reader's language say it."""

    parts: str = Field(description="A whole number of the unit's smallest part: grams of kg, minutes of hour.")
    value: str = Field(description="The same in the unit; can be sent back as it is.")
    text: str = Field(description="The same with its unit, in the language of Accept-Language.")

    @classmethod
    def of(cls, parts: int, unit: str) -> "Quantity":
        value = format_amount_bare(parts, unit, "en", "latn")
        return cls(parts=str(parts), value=value, text=format_amount(parts, unit))


def read_amount(text: str | None, unit: str, field: str = "quantity") -> int | None:
    """Return an amount in the unit's smallest parts. Numbers are read as English writes them, whatever the texts' language."""
    if text is None:
        return None
    try:
        return parse_amount(text, unit, "en")
    except WordsError as error:
        raise texts.refuse(error, field) from None


Item = TypeVar("Item")


class Page(Answer, Generic[Item]):
    """A part of a list. ``next`` is what to send as ``cursor`` for the part after it, and null at the end."""

    items: list[Item]
    next: str | None = None


class Named(Answer):
    """Somebody or something, by id and by the name it is shown under."""

    id: uuid.UUID
    name: str


def write_cursor(place: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(place.bytes).decode().rstrip("=")


def read_cursor(cursor: str) -> uuid.UUID | None:
    """Return the id in a cursor made by ``write_cursor``; None for the beginning."""
    if not cursor:
        return None
    try:
        return uuid.UUID(bytes=base64.b64decode(cursor + "==", altchars=b"-_", validate=True))
    except ValueError:
        raise cursor_unknown() from None


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong: the field, a code for programs, a sentence, and in a sheet the line."""

    field: str
    code: str
    detail: str
    line: int | None = None


class Refusals(Refusal):
    """A refusal for several reasons at once, each of them named."""

    def __init__(self, code: str, wrong: Sequence[Wrong], *, status: int = 422, **facts: object) -> None:
        super().__init__(code, None, status=status, **facts)
        self.wrong = wrong


def cursor_unknown() -> Refusal:
    return Refusal("cursor.unknown", "cursor")

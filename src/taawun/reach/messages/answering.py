"""An answer by a word: from a gateway, or pasted by a coordinator together with the number it came from."""

from datetime import datetime
from typing import Literal, cast

from taawun.community.circles.models import Circle
from taawun.community.people.texts import refuse
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.errors import WordsError
from taawun.ground.words.phones import parse_phone
from taawun.practice.delivery.actions.coming import say_by_word
from taawun.practice.delivery.models import Stop
from taawun.reach.messages.reading.answers import read_answer
from taawun.reach.messages.reading.phones import find_phones

Said = Literal["not_now", "after_all"]


def answer(circle: Circle, phone: str, text: str, *, now: datetime) -> tuple[Said, Stop]:
    """Do what a whole message says for the delivery that goes to its sender. Returns how it was read, and the stop."""
    said = read_answer(text)
    if said is None:
        raise Refusal("answer.unclear", "text")
    try:
        number = parse_phone(phone, circle.region)
    except WordsError as error:
        raise refuse(error, "phone") from None
    return cast(Said, said), say_by_word(circle, number, said, now=now)


def pasted(circle: Circle, text: str) -> tuple[str, str] | None:
    """Return the number and the words of a pasted answer, such as "+961 3 123456: not now"; None where it is none."""
    found = find_phones(text, circle.region)
    if len(found) != 1:
        return None
    rest = text
    for start, end in sorted(found[0].spans, reverse=True):
        rest = f"{rest[:start]} {rest[end:]}"
    return (found[0].value.best, rest) if read_answer(rest) is not None else None

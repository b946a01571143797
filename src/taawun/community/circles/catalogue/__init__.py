"""The default catalogue: the kinds of goods, services, skills and spaces that neighbours ask for and offer.

A kind is *sensitive* where its mere mention beside a name or a door can hurt: it names an illness or the body, tells
of fear, grief or addiction, of hardship, of a court or an office, or of a place where someone is in hiding. Intents of
such kinds are shown to coordinators and to whoever helps, not to the street. Each file says why its sensitive kinds
are. No kind is about religion, ethnicity or legal status, and none ever will be: food "for a special diet" and help
"with official papers" need neither.
"""

from typing import Final

from taawun.community.circles.catalogue import (
    animals,
    care,
    celebrations,
    children,
    company,
    crisis,
    digital,
    farm,
    food,
    health,
    household,
    housing,
    learning,
    money,
    organising,
    papers,
    repairs,
    spaces,
    tools,
    transport,
)
from taawun.community.circles.catalogue.find import search_among
from taawun.community.circles.catalogue.groups import GROUPS, Group
from taawun.community.circles.catalogue.kind import Kind

__all__ = ["ALL", "BY_CODE", "GROUPS", "Group", "Kind", "find", "search"]

_ROOMS: Final = {
    room.KINDS[0].group: room.KINDS
    for room in (
        animals,
        care,
        celebrations,
        children,
        company,
        crisis,
        digital,
        farm,
        food,
        health,
        household,
        housing,
        learning,
        money,
        organising,
        papers,
        repairs,
        spaces,
        tools,
        transport,
    )
}
ALL: Final[tuple[Kind, ...]] = tuple(kind for group in GROUPS for kind in _ROOMS[group.code])
BY_CODE: Final[dict[str, Kind]] = {kind.code: kind for kind in ALL}


def find(code: str) -> Kind | None:
    """Return the kind of a code."""
    return BY_CODE.get(code)


def search(text: str, language: str) -> list[Kind]:
    """Return the kinds that fit what someone typed, the best first. Names count in ``language``, words in English and
    Arabic too.
    """
    return search_among(ALL, text, language)

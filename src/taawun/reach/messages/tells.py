"""Which entries tell whom: one table, read by nobody but the follower of the journal."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from taawun.practice.aid.models import Commitment, Intent


class Group(Enum):
    """Somebody to tell who is not one agent."""

    COORDINATORS = "coordinators"


@dataclass(frozen=True, slots=True)
class Story:
    """What an entry is about, as far as the table needs it. One of the two is there."""

    intent: Intent | None = None
    commitment: Commitment | None = None


Concerned = uuid.UUID | Group
Rule = Callable[[Story], Iterable[Concerned]]


def _both_sides(story: Story) -> Iterable[Concerned]:
    commitment = story.commitment
    return (commitment.giver_id, commitment.receiver_id) if commitment else ()


def _giver(story: Story) -> Iterable[Concerned]:
    return (story.commitment.giver_id,) if story.commitment else ()


def _receiver(story: Story) -> Iterable[Concerned]:
    return (story.commitment.receiver_id,) if story.commitment else ()


def _whoever_was_asked(story: Story) -> Iterable[Concerned]:
    """A promise handed on asks its new giver only; the receiver hears that it was handed on."""
    handed_on = story.commitment is not None and story.commitment.handed_on_from_id is not None
    return _giver(story) if handed_on else _both_sides(story)


def _whose_turn_it_is(story: Story) -> Iterable[Concerned]:
    """The side that still has to say yes, or else the giver, who has gone quiet."""
    waits_for_receiver = story.commitment is not None and story.commitment.waiting_for == "receiver"
    return _receiver(story) if waits_for_receiver else _giver(story)


def _owner(story: Story) -> Iterable[Concerned]:
    return (story.intent.agent_id,) if story.intent else ()


def _coordinators_when_unchecked(story: Story) -> Iterable[Concerned]:
    """A need filed without an account waits for a coordinator to look at it. One that a member posts tells nobody."""
    return (Group.COORDINATORS,) if story.intent is not None and story.intent.checked_at is None else ()


# A side that acted itself is never told (see ``following``), so "both sides" means the other one, or both when it was
# a coordinator or the clock. Entries that are not here tell nobody.
TELLS: Final[Mapping[str, Rule]] = {
    "intent.posted": _coordinators_when_unchecked,
    "intent.asked": _owner,
    "intent.expired": _owner,
    "intent.withdrawn": _owner,
    "match.proposed": _giver,
    "claim.made": _whoever_was_asked,
    "claim.accepted": _both_sides,
    "claim.declined": _both_sides,
    "claim.released": _both_sides,
    "claim.warned": _whose_turn_it_is,
    "claim.handed_over": _receiver,
    "help.delivered": _receiver,
    "help.received": _giver,
    "help.failed": _both_sides,
    "help.thanked": _giver,
}

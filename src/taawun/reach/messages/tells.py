"""Which entries tell whom: one table, read by nobody but the follower of the journal."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from taawun.practice.aid.models import Commitment, Intent, Series


class Group(Enum):
    """Somebody to tell who is not one agent."""

    COORDINATORS = "coordinators"
    OTHER_COORDINATORS = "other coordinators"


@dataclass(frozen=True, slots=True)
class Story:
    """What an entry is about, as far as the table needs it. One of the three is there, but where it is about a person.

    ``heard`` are those an entry was written for, ``named`` those of them whose name stands in a message, ``number``
    the message's place in its conversation.
    """

    intent: Intent | None = None
    commitment: Commitment | None = None
    series: Series | None = None
    heard: tuple[uuid.UUID, ...] = ()
    named: frozenset[uuid.UUID] = frozenset()
    number: int = 0

    @property
    def involved(self) -> frozenset[uuid.UUID]:
        """Return the agents whose it is."""
        if self.commitment is not None:
            return frozenset({self.commitment.giver_id, self.commitment.receiver_id})
        about = self.intent or self.series
        return frozenset({about.agent_id}) if about is not None else frozenset()


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


def _other_coordinators(_story: Story) -> Iterable[Concerned]:
    """A list that was brought in or taken away tells one thing, whatever its length, to those who did not do it."""
    return (Group.OTHER_COORDINATORS,)


def _coordinators_when_unchecked(story: Story) -> Iterable[Concerned]:
    """A need filed without an account waits for a coordinator to look at it. One that a member posts tells nobody."""
    return (Group.COORDINATORS,) if story.intent is not None and story.intent.checked_at is None else ()


def _whoever_is_on_it(story: Story) -> Iterable[Concerned]:
    return story.heard


def _coordinators(story: Story) -> Iterable[Concerned]:
    return (Group.COORDINATORS,)


def _coordinators_of_a_need(story: Story) -> Iterable[Concerned]:
    return (Group.COORDINATORS,) if story.intent is not None else ()


# A side that acted itself is never told (see ``following``), so "both sides" means the other one, or both when it was
# a coordinator or the clock. Entries that are not here tell nobody.
TELLS: Final[Mapping[str, Rule]] = {
    "intent.posted": _coordinators_when_unchecked,
    "intent.asked": _owner,
    "intent.expired": _owner,
    "intent.withdrawn": _owner,
    "match.proposed": _giver,
    "referral.made": _giver,
    "claim.made": _whoever_was_asked,
    "claim.accepted": _both_sides,
    "claim.declined": _both_sides,
    "claim.released": _both_sides,
    "claim.warned": _whose_turn_it_is,
    "claim.reminded": _giver,
    "claim.handed_over": _receiver,
    "help.delivered": _receiver,
    "help.received": _giver,
    "help.failed": _both_sides,
    "help.thanked": _giver,
    # Whose it is, who does it, and who was on one of its dates.
    "series.skipped": _whoever_is_on_it,
    "series.unskipped": _whoever_is_on_it,
    "series.paused": _whoever_is_on_it,
    "series.resumed": _whoever_is_on_it,
    "series.ended": _whoever_is_on_it,
    "series.changed": _whoever_is_on_it,
    "series.taken": _whoever_is_on_it,
    "series.accepted": _whoever_is_on_it,
    "series.declined": _whoever_is_on_it,
    "series.left": _whoever_is_on_it,
    "series.stand_in": _whoever_is_on_it,
    # Who is brought something, and who brings it. What a stop became is told by what became of its promise.
    "stop.promised": _owner,
    "stop.moved": _owner,
    "stop.unplanned": _owner,
    "stop.on_the_way": _owner,
    "stop.not_there": _owner,
    "stop.not_now": _whoever_is_on_it,
    "stop.after_all": _whoever_is_on_it,
    "stop.conflict": _coordinators_of_a_need,
    "run.promised": _whoever_is_on_it,
    "run.changed": _whoever_is_on_it,
    "member.recovery_asked": _coordinators,
    "member.recovery_disputed": _coordinators,
    "message.posted": _whoever_is_on_it,
    "note.shown": _whoever_is_on_it,
    "sheet.brought": _other_coordinators,
    "sheet.exported_personal": _other_coordinators,
}

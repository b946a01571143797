"""What a notice says, made when it is read: whole sentences without a name, so that they are safe wherever they appear."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from taawun.practice.aid.models import Commitment, Intent
from taawun.practice.aid.wording import ENTRIES
from taawun.reach.messages.models import Notice

# The sentences speak of "this", not of "your": the same notice reaches the person herself, whoever looks after her,
# and the coordinator who has to pick up the telephone.
SENTENCES: Final[Mapping[str, Promise | str]] = {
    "intent.posted": _("Somebody without an account asked for help. Please look at it, so that others can see it."),
    "intent.asked.request": _("Is this still needed? One tap keeps it on the board."),
    "intent.asked.offer": _("Is this still there? One tap keeps it on the board."),
    "intent.expired.request": _("This request ran out and left the board. One tap puts it back."),
    "intent.expired.offer": _("This offer ran out and left the board. One tap puts it back."),
    "intent.withdrawn": _("This was taken off the board."),
    "match.proposed": _("Could you help with this? It waits for a yes or a no."),
    "claim.made.waiting": _("Somebody would like to help with this. It waits for a yes or a no."),
    "claim.made.wanted": _("Somebody would like what is offered here. It waits for a yes or a no."),
    "claim.made.handed_on": _("Somebody asks for this promise to be taken over. It waits for a yes or a no."),
    "claim.made.agreed": _("Somebody is on it. Each side now sees how to reach the other."),
    "claim.accepted": _("The answer was yes. Each side now sees how to reach the other."),
    "claim.declined": _("It did not fit this time. It is open to others again."),
    "claim.released": _("This promise was let go. It is open to others again."),
    "claim.released.stale": _("There was no word for a while, so this promise was let go. It is open to others again."),
    "claim.released.withdrawn": _("This was taken off the board. Nothing more needs to be done for it."),
    "claim.warned": _("Is this still going to happen? Please say so, or it will be open to others again."),
    "claim.warned.waiting": _("This still waits for a yes or a no. Without an answer it will be open to others again."),
    "claim.handed_over": _("This promise was passed on to somebody else, who is being asked."),
    "help.delivered": _("This was delivered. Did it arrive?"),
    "help.received": _("This arrived."),
    "help.failed": _("It did not work this time."),
    "help.thanked": _("Thanks were sent for this."),
}

# Where what a notice is about is gone, the plainest of its sentences is left.
PLAINEST: Final = {
    "intent.asked": "intent.asked.request",
    "intent.expired": "intent.expired.request",
    "claim.made": "claim.made.agreed",
}


def sentence_key(notice: Notice, intent: Intent | None, commitment: Commitment | None) -> str:
    """Return which sentence a notice is, from what it is about. An entry with one sentence has its own name for a key."""
    found = notice.name
    if intent is not None:
        found = f"{notice.name}.{intent.direction}"
    elif commitment is not None and notice.name == "claim.made":
        found = f"claim.made.{_claim(notice, commitment)}"
    elif commitment is not None and notice.name == "claim.released":
        found = f"claim.released.{commitment.reason}"
    elif commitment is not None and notice.name == "claim.warned" and commitment.agreed_at is None:
        found = "claim.warned.waiting"
    return found if found in SENTENCES else PLAINEST.get(notice.name, notice.name)


def _claim(notice: Notice, commitment: Commitment) -> str:
    if commitment.handed_on_from_id is not None:
        return "handed_on"
    if commitment.agreed_at == commitment.made_at:
        return "agreed"
    return "wanted" if notice.for_id == commitment.giver_id else "waiting"


def sentence(notice: Notice, intent: Intent | None, commitment: Commitment | None) -> str:
    """Return the sentence of a notice in the active language."""
    return str(SENTENCES[sentence_key(notice, intent, commitment)])


def icon(notice: Notice) -> str:
    return ENTRIES[notice.name][1]

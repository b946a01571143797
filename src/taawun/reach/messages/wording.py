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
    "referral.made": _("A need was handed to your programme. It waits for a yes or a no."),
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
    "claim.reminded": _("A reminder: the day of this promise is near."),
    "series.skipped": _("One date of this is skipped. Nothing needs to be done on that day."),
    "series.unskipped": _("A date of this that was skipped takes place after all."),
    "series.paused": _("This rests for a while. Nothing needs to be done until it goes on."),
    "series.resumed": _("This goes on. The next dates are on the board."),
    "series.ended": _("This has ended. Nothing more needs to be done for it."),
    "series.changed": _("Days, hours or the amount of this were changed. Please look whether it still fits."),
    "series.taken": _("Somebody is ready to do this every time. Please look whether it waits for a yes."),
    "series.accepted": _("The answer about who does this was yes."),
    "series.declined": _("The answer about who does this was no. That is fine."),
    "series.left": _("Somebody does this no longer. Please look which dates are open."),
    "series.stand_in": _("This is about doing it in somebody's place for a while. Please look whether it waits for a yes."),
    "claim.handed_over": _("This promise was passed on to somebody else, who is being asked."),
    "help.delivered": _("This was delivered. Did it arrive?"),
    "help.received": _("This arrived."),
    "help.failed": _("It did not work this time."),
    "help.thanked": _("Thanks were sent for this."),
    "stop.promised": _("It is planned when this is brought. The page says when, and takes a “not now”."),
    "stop.moved": _("The time at which this is brought has changed."),
    "stop.unplanned": _("This is not on its way as planned. Coordinators look for somebody else to bring it."),
    "stop.on_the_way": _("This is on the way now."),
    "stop.not_there": _("Somebody was there to bring this and met nobody."),
    "stop.not_now": _("It was said of this: not now."),
    "stop.after_all": _("It was said of this: it can come after all."),
    "stop.conflict": _("A carrier said something of a stop that did not fit what was known. Please look at it."),
    "run.promised": _("A round is planned. The page shows when it begins and what there is to do."),
    "run.changed": _("A planned round has changed. Please look at it again."),
    "member.recovery_asked": _("Somebody who lost every way in asks to be let in anew. Do you know them?"),
    "member.recovery_disputed": _("Somebody was let in anew, and the old address says: that was not me. Please look at it."),
    "message.posted": _("There is something new in the conversation about this."),
    "message.mentioned": _("Somebody is called by name in the conversation about this."),
    "note.shown": _("A coordinator wrote a note that is there to be read."),
    "sheet.brought": _("A coordinator brought in a list. It can be undone for 30 days."),
    "sheet.exported_personal": _("A coordinator took everything away as tables, with names and phones."),
}

# Notices of entries that are no step in the story of a need.
ICONS: Final = {
    "message.posted": "message", "message.mentioned": "message", "note.shown": "edit", "sheet.brought": "download",
    "sheet.exported_personal": "warning", "stop.promised": "clock", "stop.moved": "clock", "stop.unplanned": "warning",
    "stop.on_the_way": "truck", "stop.not_there": "decline", "stop.not_now": "clock", "stop.after_all": "renew",
    "stop.conflict": "warning", "run.promised": "truck", "run.changed": "truck",
} | dict.fromkeys(
    ("member.recovery_asked", "member.recovery_disputed"), "key"
)
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
    return ENTRIES[notice.name][1] if notice.name in ENTRIES else ICONS[notice.name]

"""What this room's entries say on the record: nobody is named, and nothing is said of what it was about."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ENTRIES: dict[str, tuple[Promise | str, str]] = {
    "message.posted": (_("Something was said in a conversation"), "message"),
    "message.taken_back": (_("A message was taken back"), "message"),
    "coordination.joined": (_("A coordinator stepped into a conversation"), "shield"),
    "coordination.left": (_("A coordinator stepped out of a conversation"), "shield"),
    "note.written": (_("A note for coordinators was written"), "edit"),
    "note.shown": (_("A note was written that the person it is about can read"), "edit"),
    "note.taken_back": (_("A note was destroyed"), "edit"),
}

"""The sentences of this room's refusals."""

from django.utils.translation import gettext_lazy as _

from taawun.ground.values import refusal

refusal.register(
    {
        "message.empty": _("Write something, or add a picture or a voice note."),
        "message.not_yours": _("Only who wrote a message can take it back."),
        "talk.ended": _("This conversation is over. It can still be read for a while."),
        "talk.step_in": _("This conversation belongs to those who are on it. Step in first; everybody in it sees that."),
        "medium.base64": _("This is not base64. Send the bytes of the file in base64, without line breaks."),
        "note.empty": _("Write the note first."),
        "note.own": _("A note about you, or about somebody you act for, is written by another coordinator."),
    }
)

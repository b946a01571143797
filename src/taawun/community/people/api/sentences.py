"""The sentences of refusals that only a program meets."""

from django.utils.translation import gettext_lazy as _

from taawun.ground.values import refusal

refusal.register(
    {
        "token.needed": _("This needs a token: send it in the header “Authorization: Bearer …”. Make one on your account's page."),
        "token.unknown": _("This token is not valid: it was ended, has run out, or was mistyped. Make a new one on your account's page."),
        "token.read_only": _("This token may only read. Make one that may write on your account's page."),
        "cursor.unknown": _("This cursor was not made by this list. Send “next” of the page before, or none to begin anew."),
        "commitment.unnamed": _("Name the commitment this is about, by its id."),
    }
)

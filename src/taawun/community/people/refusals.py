"""The sentences of this room's refusals."""

from django.utils.translation import gettext_lazy as _

from taawun.ground.values import refusal
from taawun.ground.words.refusals import SENTENCES

refusal.register(SENTENCES)
refusal.register(
    {
        "not_found": _("This page does not exist, or it is not open to you."),
        "forbidden": _("Your role does not allow this. Ask a coordinator of your community."),
        "sign_in_first": _("Sign in first; then you come back to this page."),
        "key.reused": _("This form was already sent with other content. Open the page again and send it once more."),
        "key.not_a_key": _("The idempotency key must be a UUID, for example 018f3c1e-7b5a-7c3d-9f00-2b1a6c0d4e5f."),
        "rate.too_often": _("That was tried too often. Wait %(minutes)s minutes and try again."),
        "rate.too_often_today": _("That was tried too often today. Try again tomorrow."),
        "address.empty": _("Write an e-mail address or a phone number."),
        "address.not_email": _("This is not an e-mail address. It looks like name@example.org."),
        "address.taken": _("Another account already uses this address. Sign in with it, or use another one."),
        "address.too_many": _("At most %(limit)s addresses are possible. Remove one you no longer use."),
        "address.last": _("This is your only way back in. Add another address first, then remove this one."),
        "code.wrong": _("This code is not right. Check the six digits and try again."),
        "code.expired": _("This code or link is no longer valid. Ask for a new one."),
        "password.wrong": _("The address or the password is not right."),
        "password.weak": _("This password is too easy to guess. Use at least 8 characters that are not a common word."),
        "name.empty": _("Write the name the others should see."),
        "language.unknown": _("Choose one of the languages in the list."),
        "token.name": _("Give the token a name, so that you know it again."),
        "token.too_many": _("At most %(limit)s tokens are possible. End one you no longer use."),
        "place.not_a_number": _("The position is not a number. Write degrees, for example 33.89."),
        "place.out_of_range": _("There is no such position: latitude is from -90 to 90, longitude from -180 to 180."),
        "place.plus_code": _("This is not a plus code. It looks like 8G3PVFV7+5Q."),
    }
)

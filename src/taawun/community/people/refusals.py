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
        "password.code_instead": _(
            "Too many passwords were tried for this address, so it takes a code for some hours. One is on the way to it."
        ),
        "second_factor.needed": _("This asks for your second factor: your passkey, or a code from your app or paper."),
        "second_factor.wrong": _("This code is not right. Look at the app again, or take the next code from your paper."),
        "second_factor.used": _("This code was used already. Wait half a minute for the next one."),
        "second_factor.app_exists": _("An app is set up already. Remove it first if you have a new phone."),
        "second_factor.expired": _("That took too long. Sign in again."),
        "paper.wrong": _("This code is not right, or was used already. Take the next one, or sign in with your address."),
        "passkey.failed": _("The passkey did not work. Try again, or choose another way."),
        "passkey.expired": _("That took too long. Tap the button again."),
        "passkey.unknown": _("This passkey belongs to no account here. It may have been removed."),
        "passkey.exists": _("This passkey is in the list already."),
        "passkey.name": _("Give the passkey a name, for example My phone."),
        "passkey.too_many": _("At most %(limit)s passkeys are possible. Remove one you no longer use."),
        "passkey.no_site": _("Passkeys do not work at this address, because it is a number and no name."),
        "exit.unknown": _("Choose one of the pages in the list."),
        "name.empty": _("Write the name the others should see."),
        "language.unknown": _("Choose one of the languages in the list."),
        "token.name": _("Give the token a name, so that you know it again."),
        "token.too_many": _("At most %(limit)s tokens are possible. End one you no longer use."),
        "place.not_a_number": _("The position is not a number. Write degrees, for example 33.89."),
        "place.out_of_range": _("There is no such position: latitude is from -90 to 90, longitude from -180 to 180."),
        "place.plus_code": _("This is not a plus code. It looks like 8G3PVFV7+5Q."),
        "block.self": _("This is you. Block somebody else."),
        "block.organisation": _(
            "An organisation is not blocked: others work there too. Block the person who acts for it."
        ),
        "block.own_address": _("This is your own address. Write the one of the person you want to block."),
        "block.too_many": _("At most %(limit)s people can be blocked. Take one back that you no longer need."),
        "erase.last_coordinator": _(
            "You are the only coordinator of %(circle)s, and others belong to it. First make somebody else a coordinator."
        ),
        "erase.word": _("Write the word “%(word)s”, so that nothing is erased by a slip of the thumb."),
        "erase.not_asked": _("Only somebody who asks for it is erased. Has this person asked you?"),
        "erase.member": _(
            "This belongs to a member of the community. They can erase it from their own account, or a coordinator can."
        ),
        "erase.has_account": _("This person has an account, and erases what is theirs from it."),
    }
)

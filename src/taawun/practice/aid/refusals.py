"""The sentences of this room's refusals."""

from django.utils.translation import gettext_lazy as _

from taawun.ground.values import refusal

refusal.register(
    {
        "intent.expired": _("This has run out. Whoever posted it can renew it."),
        "intent.closed": _("This is closed; nothing more can be taken."),
        "intent.final": _("This is finished and can't be changed any more."),
        "intent.direction": _("Say whether it is a need or an offer."),
        "intent.urgency": _("Choose how long it can wait."),
        "intent.visibility": _("Choose who may see it."),
        "intent.not_checked": _("A coordinator has to look at this first."),
        "quantity.not_positive": _("The amount must be more than zero."),
        "quantity.unit": _("This unit does not fit what you chose. Use %(unit)s."),
        "summary.personal": _(
            "Everybody can read this line, and it seems to hold a phone number, an address or an e-mail. "
            "Write it under “Only for who helps” instead."
        ),
        "window.backwards": _("The end is before the beginning. Choose a later end."),
        "window.past": _("This time is already past. Choose one that is still to come."),
        "window.too_far": _("This is more than a year away. Choose an earlier date."),
        "window.not_a_time": _("This is not a date and time. It looks like 2026-05-17 14:30."),
        "window.weekdays": _("Choose days from the list."),
        "claim.members_only": _("Only members can take this. Join the community first; it takes a minute."),
        "claim.gone": _("Somebody else was quicker: nothing is left of this. Look at the next one below."),
        "claim.too_much": _("Not that much is left any more. Take less, or look at the next one below."),
        "claim.nothing": _("Say how much you can take; it must be more than zero."),
        "claim.whole_only": _("This can only be taken as a whole, not in parts."),
        "claim.own": _("This is your own. Choose somebody else's."),
        "claim.kinds_differ": _("The need and the offer are about different things."),
        "claim.already": _("You are already on this."),
        "commitment.not_accept": _("This was already answered."),
        "commitment.not_decline": _("This was already answered."),
        "commitment.not_release": _("This is already finished, so nobody can drop out of it."),
        "commitment.not_deliver": _("Only something that was agreed can be delivered, and only once."),
        "commitment.not_receive": _("This was already finished."),
        "commitment.not_fail": _("This was already finished."),
        "commitment.not_thank": _("Thanks can be given once help has arrived."),
        "commitment.not_yours": _("The other side answers this, not you."),
        "deliver.nothing": _("Say how much arrived; it must be more than zero. If nothing did, choose “It did not work”."),
        "deliver.too_much": _("That is more than was agreed. Write at most what was agreed."),
        "reason.unknown": _("Choose a reason from the list."),
        "event.future": _("This time is still to come. Write when it happened."),
        "hand_over.member": _("Choose another member to hand this to."),
        "receipt.format": _("A receipt code has 16 digits, for example 4821 0093 7716 5208."),
        "receipt.unknown": _("No need has this receipt code. Check the digits."),
        "reveal.why": _("Say in a few words why you need to see this. The person can read it was opened."),
        "phone.needed": _("Write a phone number or how you can be reached, so that whoever helps can find you."),
        "table.header": _("The file has no column called “%(column)s”. The first line must name the columns."),
    }
)

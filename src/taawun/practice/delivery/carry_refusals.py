"""The sentences of carrying's refusals."""

from django.utils.translation import gettext_lazy as _

from taawun.ground.values import refusal

refusal.register(
    {
        "run.code": _("No round has this code. Compare it with the paper."),
        "tap.what": _("Choose one of these: %(known)s."),
        "tap.too_many": _("At most %(limit)s taps can be sent at once. Send the rest after them."),
        "tap.stop": _("Say which stop this is about."),
        "body.expected": _("This is not what is expected here: a JSON object as docs/api.md shows it."),
        "proof.slip": _("A digit is wrong or missing. The code has 5 digits; ask for it once more."),
        "part.amount": _("Write how much arrived: more than zero, and at most what there was."),
        "along.not_now": _("The doors of this round cannot be kept on a phone at the moment."),
        "paper.row": _(
            "Line %(line)s: write d, p with an amount, n, l or r, and a time if you like, for example d 14:30."
        ),
        "paper.time": _("Line %(line)s: this is not a time of the day. It looks like 14:30."),
        "paper.none": _("Nothing is filled in. Write at least one line."),
        "coming.over": _("This was answered already."),
        "coming.nobody": _("Nobody brings this at the moment, so there is nothing to put off."),
        "answer.unclear": _("These words say neither “not now” nor “yes”. Nothing was changed."),
        "answer.nobody": _("No delivery of today is known for this number."),
        "answer.several": _("Several deliveries of today are known for this number. A coordinator has to look."),
    }
)

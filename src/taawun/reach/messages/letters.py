"""The letters themselves. A phone that lies on the table shows the subject and the first lines, so these say nothing:
no name, no address, no illness, no community. What happened comes further down.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from taawun.community.circles.models import Recovery
from taawun.community.people import secrets
from taawun.community.people.models import SignInAttempt
from taawun.ground.words.clean import isolate_ltr
from taawun.ground.words.formats import format_datetime, format_number
from taawun.practice.delivery.queries.carrying import ComingLine
from taawun.reach.messages import links
from taawun.reach.messages.mail import Letter
from taawun.reach.messages.models import Notice
from taawun.reach.messages.queries import Told

# As much of a mail as any phone shows without being unlocked; see the test.
PREVIEW_LENGTH = 200


def sign_in(attempt: SignInAttempt) -> Letter:
    """The code somebody asked for, in the active language; the link only where the address is proven already."""
    minutes = max(1, round((attempt.expires_at - attempt.created_at).total_seconds() / 60))
    lasts = ngettext(
        "It works once, within %(count)s minute.", "It works once, within %(count)s minutes.", minutes
    ) % {"count": format_number(minutes)}
    lines = [_("Here is the code you asked for."), lasts, "", secrets.code_of(attempt.id), ""]
    if attempt.contact is None or attempt.contact.verified_at is not None:
        lines += [_("Or open this link instead:"), links.sign_in(attempt.id), ""]
    lines += [_("If it was not you who asked, nothing needs to be done. Nobody can come in without this code.")]
    return Letter(_("Your sign-in code"), "\n".join(lines), mark=f"sign-in {attempt.id}")


def notices(told: Sequence[Told], stop_url: str) -> Letter:
    """What happened since the last letter, oldest first, in the active language."""
    count = len(told)
    subject = ngettext("There is %(count)s thing new", "There are %(count)s things new", count) % {
        "count": format_number(count)
    }
    lines = [
        _(
            "Something has changed since you last looked. This letter says only the little that anyone may read over your"
            " shoulder; the links lead to the rest. You need not answer this letter, and nobody reads what is sent back."
        ),
        "",
    ]
    for one in told:
        lines += ["— " + one.text]
        if one.what and not one.sensitive:
            lines += [one.what]
        if one.stands_in:
            lines += [_("There is no account behind it: please pass this on.")]
        if one.coming is not None:
            lines += _delivery(one.coming)
        if one.notice.name == "intent.asked":
            lines += [_("Say yes with one tap, without signing in:"), links.still(one.notice)]
        if one.path:
            lines += [_("See more:"), links.whole(one.path)]
        lines += [""]
    lines += [_("To stop these letters:"), stop_url]
    mark = "notices " + " ".join(str(one.notice.id) for one in told)
    return Letter(subject, "\n".join(lines), mark=mark, stop_url=stop_url)


def _delivery(line: ComingLine) -> list[str]:
    """When something is brought, the code for the door, and the way to say "not now"."""
    lines = [line.window] if line.window else []
    if line.can_put_off:
        lines += [_("The code to say at the door, to nobody else: %(code)s") % {"code": isolate_ltr(line.code)}]
        lines += [_("Not now? Say so with one tap, without signing in:"), links.coming(line.token)]
    return lines


def delivery(text: str, line: ComingLine, notice: Notice) -> Letter:
    """Something is brought to somebody without an account, in the active language."""
    lines = [
        _(
            "Something has changed since you last looked. This letter says only the little that anyone may read over your"
            " shoulder; the links lead to the rest. You need not answer this letter, and nobody reads what is sent back."
        ),
        "",
        "— " + text,
        *_delivery(line),
    ]
    return Letter(ngettext("There is %(count)s thing new", "There are %(count)s things new", 1) % {"count": format_number(1)},
                  "\n".join(lines), mark=f"delivery {notice.id}")  # fmt: skip


def recovery_told(recovery: Recovery) -> Letter:
    """Somebody is being let in anew as the reader: what to do if that is not she, in the active language."""
    lines = [
        _(
            "This letter needs nothing from you if you have asked for it yourself, a short while ago. It comes to every address"
            " that we have of yours, because somebody says that all of them are lost. The rest stands further down."
        ),
        "",
        _("Coordinators of a community you belong to vouch that somebody who asks to come into your account anew is you."),
    ]
    if recovery.opens_at is not None:
        with timezone.override(ZoneInfo(recovery.circle.time_zone)):
            lines += [_("The door opens %(when)s.") % {"when": format_datetime(recovery.opens_at)}]
    lines += ["", _("If that is not you, stop it here, with one tap:"), links.stop_recovery(recovery.id)]
    return Letter(_("Is this you?"), "\n".join(lines), mark=f"recovery {recovery.id} {recovery.state}")


def recovery_opened(recovery: Recovery) -> Letter:
    """The link to the open door, for whoever asked, in the member's language."""
    lines = [
        _("Here is the link you asked for. It works once."),
        "",
        links.recovery(recovery.id),
        "",
        _("If it was not you who asked, throw this letter away."),
    ]
    return Letter(_("Your way back"), "\n".join(lines), mark=f"recovery open {recovery.id}")

"""The sentences of refusals on the way in and out."""

from django.utils.translation import gettext_lazy as _

from taawun.ground.values import refusal

refusal.register(
    {
        "import.gone": _("This file was thrown away, as every file is after a day. Choose it again."),
        "import.sheet": _("This workbook has no such sheet. Choose one from the list."),
        "import.not_waiting": _("This file is being worked on, or was brought in already."),
        "import.not_checked": _("Look at what was found first, then bring it in."),
        "import.not_brought": _("This was not brought in, or was undone already."),
        "import.too_old": _(
            "This was brought in more than %(days)s days ago and can no longer be undone. Take rows off the board one by one."
        ),
        "import.no_names": _("No column holds names. Choose which one it is."),
        "import.basis": _("Say why this community may keep names, phones or addresses, or leave them out."),
        "import.ask_dates": _("Say whether the day or the month comes first in the dates."),
        "import.ask_direction": _("Say whether the rows are needs or offers, or choose the column that says it."),
        "import.ask_kind": _("Say what the rows are about, or choose the column that says it."),
        "import.ask_encoding": _("Choose how the letters are written, so that the names look right."),
        "import.failed": _(
            "Something went wrong, and nothing was changed. Try again; if it happens again, tell whoever runs this server."
        ),
        "export.why": _("Say in a few words why you need names and phones. The other coordinators are told."),
        "export.too_long": _("A text here is too long for a workbook. Take the tables as CSV instead."),
    }
)

"""Sheets in plain words: what a column becomes, why, on what ground people's data are kept, how far a job is."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = Promise | str

TARGET_NAMES: Final[dict[str, Text]] = {
    "name": _("Name"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "door": _("Address or door"),
    "area": _("Area"),
    "direction": _("Need or offer"),
    "kind": _("What it is about"),
    "quantity": _("How much"),
    "unit": _("Unit"),
    "urgency": _("How urgent"),
    "summary": _("Short note for everybody"),
    "details": _("Details for who helps"),
    "household_size": _("People in the household"),
    "language": _("Language"),
    "date": _("Day"),
    "starts_at": _("From when"),
    "ends_at": _("Until when"),
    "weekdays": _("Days of the week"),
    "from_time": _("From what hour"),
    "to_time": _("To what hour"),
    "plus_code": _("Plus code"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "on_behalf_of": _("Member it is for"),
    "organisation": _("Organisation"),
    "status": _("Status (done or open)"),
    "visibility": _("Who may see it"),
    "posted_at": _("When it was written"),
    "source_id": _("Number of the row"),
}

REASONS: Final[dict[str, Text]] = {
    "name": _("known by its name"),
    "content": _("known by what stands in it"),
    "preset": _("as this kind of form calls it"),
    "person": _("you chose this"),
    "sensitive": _("too private: left out unless you choose otherwise"),
    "none": _("not known"),
    "empty": _("nothing stands in it"),
    "twice": _("another column is this already"),
}

BASES: Final[dict[str, tuple[Text, Text]]] = {
    "agreed": (_("They agreed"), _("Each person said that this community may keep it.")),
    "asked": (_("They asked for this"), _("They filled the list in themselves to get or to give help.")),
    "vital": (_("It cannot wait"), _("Somebody is in danger and cannot be asked now.")),
    "none": (_("Leave people out"), _("Only what is needed and where, no names, phones or doors.")),
}

WHATS: Final[dict[str, tuple[Text, Text]]] = {
    "intents": (_("Needs and offers"), _("Each row goes on the board.")),
    "people": (_("People"), _("Each row is somebody who belongs here, without an account.")),
}

ORDERS: Final[dict[str, Text]] = {
    "dmy": _("day first: 31/12/2026"),
    "mdy": _("month first: 12/31/2026"),
    "ymd": _("year first: 2026-12-31"),
}

DELIMITERS: Final[dict[str, Text]] = {
    ",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("upright line"),
}  # fmt: skip

SIGNS: Final[dict[str, Text]] = {"phone": _("the same phone or e-mail"), "name": _("the same name")}

WORK: Final[dict[str, Text]] = {
    "checking": _("Looking at every row"),
    "bringing": _("Bringing the rows in"),
    "undoing": _("Taking back what was brought in"),
}

# What the journal says, and its icon.
ENTRIES: Final[dict[str, tuple[Text, str]]] = {
    "sheet.brought": (_("A coordinator brought in a list."), "download"),
    "sheet.undone": (_("A coordinator undid a list that was brought in."), "drop-out"),
    "sheet.exported": (_("A coordinator took everything away as tables, without names."), "download"),
    "sheet.exported_personal": (_("A coordinator took everything away as tables, with names and phones."), "warning"),
}

NONE: Final[Text] = pgettext_lazy("column of a sheet", "Not stored")

"""The sentences of this room's refusals."""

from django.utils.translation import gettext_lazy as _

from taawun.ground.values import refusal

refusal.register(
    {
        "sheet.wrong": _("Nothing was posted, because some rows of the sheet are wrong. Each is named with its line."),
        "sheet.cell": _("Some cell of the sheet cannot be read."),
        "sheet.missing": _("Choose a file first, or paste the cells of a table."),
        "sheet.too_large": _("The file is too large. At most %(limit)s KB are possible; split it into several."),
        "sheet.too_many_rows": _("The sheet has too many rows. At most %(limit)s are possible; split it into several."),
        "sheet.area": _("There is no area of this name here. The areas are: %(areas)s."),
        "sheet.person": _("There is nobody of this name for whom you may act. Write the name as the list of members has it."),
        "sheet.two_people": _("Two people have this name. Change one of the names in the list of members first."),
    }
)

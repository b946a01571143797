"""What speaks for and against two entries being one person, in plain words."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from taawun.ground.words.formats import format_number

REASONS: Mapping[str, Promise | str] = {
    "phone.same": _("Same phone"),
    "phone.near": _("Phones that differ in one digit"),
    "phone.other": _("Different phones"),
    "name.same": _("Same name"),
    "name.spelling": _("Same name, spelt in another way"),
    "name.order": _("Same names in another order"),
    "name.shorter": _("Same name, with a part left out"),
    "name.initials": _("Same name, with initials"),
    "name.one_part": _("Only one part of the name to go by"),
    "name.other_part": _("Names that differ in a part"),
    "name.other_first": _("Different first names"),
    "name.other": _("Different names"),
    "place.same": _("Same door"),
    "place.near": _("Doors that are alike"),
    "place.other": _("Different doors"),
}


def likely_known(count: int) -> str:
    """Say, to a guardian or a coordinator, that somebody just entered may be known already."""
    text = ngettext(
        "This may be somebody who is known already: there is %(count)s entry like it.",
        "This may be somebody who is known already: there are %(count)s entries like it.",
        count,
    )
    return text % {"count": format_number(count)}


def said(codes: Iterable[str]) -> list[Promise | str]:
    return [REASONS[code] for code in codes if code in REASONS]

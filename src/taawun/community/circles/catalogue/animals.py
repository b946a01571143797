"""Animals."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, good, service, skill

KINDS: Final[tuple[Kind, ...]] = (
    good(
        "animals.feed",
        pgettext_lazy("kind", "Animal feed"),
        unit="bag",
        icon="feed",
        english="fodder hay straw pet food grain",
        arabic="أعلاف تبن شعير برسيم طعام قطط كلاب",
    ),
    skill(
        "animals.vet",
        pgettext_lazy("kind", "Vet’s visit"),
        unit="visit",
        icon="stethoscope",
        english="veterinary vaccine sick cow goat",
        arabic="طبيب بيطرة لقاح تطعيم مواش بقرة غنم",
    ),
    service(
        "animals.sitting",
        pgettext_lazy("kind", "Looking after animals"),
        unit="day",
        icon="pet",
        english="pet sitting dog cat walking grazing shelter livestock",
        arabic="كلب قطة أليف رعي مواش حظيرة غنم",
    ),
)

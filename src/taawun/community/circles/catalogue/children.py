"""Children."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, good, service

KINDS: Final[tuple[Kind, ...]] = (
    good(
        "children.baby_milk",
        pgettext_lazy("kind", "Baby milk"),
        unit="pack",
        icon="baby-milk",
        english="formula infant powder bottle baby food",
        arabic="حليب رضع رضيع بودرة رضاعة طعام",
    ),
    good(
        "children.nappies",
        pgettext_lazy("kind", "Nappies"),
        unit="pack",
        icon="diaper",
        english="diapers baby wipes pampers",
        arabic="حفاض رضيع فوط مبللة بامبرز حفاظات",
    ),
    good(
        "children.baby_things",
        pgettext_lazy("kind", "Cot, pram and baby things"),
        unit="piece",
        icon="child",
        english="crib buggy stroller car seat carrier",
        arabic="مهد عرباية كرسي سيارة رضيع مولود",
    ),
    good(
        "children.clothes",
        pgettext_lazy("kind", "Children’s clothes"),
        unit="bag",
        icon="clothes",
        english="baby kids school uniform coat",
        arabic="ثياب أولاد رضع زي مدرسي ولادي",
    ),
    good(
        "children.toys",
        pgettext_lazy("kind", "Toys and games"),
        unit="piece",
        icon="toy",
        english="toy gift play doll ball puzzle gifts birthday",
        arabic="لعبة هدية دمية كرة تسلية هدايا عيد",
    ),
    service(
        "children.childcare",
        pgettext_lazy("kind", "Childcare"),
        unit="hour",
        icon="child",
        english="babysitting babysitter nursery playgroup look after kids",
        arabic="حضانة جليسة مجالسة أولاد روضة",
    ),
)

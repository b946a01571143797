"""Organising: the work that keeps the giving going."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, service, skill

KINDS: Final[tuple[Kind, ...]] = (
    service(
        "organising.hands",
        pgettext_lazy("kind", "Volunteer hands"),
        unit="hour",
        icon="hands",
        english="volunteer help helper manpower carry",
        arabic="متطوع متطوعون تطوع مساعدة عون حمل",
    ),
    skill(
        "organising.coordination",
        pgettext_lazy("kind", "Coordinating help"),
        unit="hour",
        icon="board",
        english="coordinator dispatcher organise phone shift hotline",
        arabic="منسق تنظيم إدارة خط ساخن هاتف مناوبة",
    ),
    service(
        "organising.packing",
        pgettext_lazy("kind", "Packing and sorting"),
        unit="hour",
        icon="box",
        english="sort pack parcels warehouse distribute",
        arabic="تغليف ترتيب سلال توزيع مستودع",
    ),
    service(
        "organising.clean_up",
        pgettext_lazy("kind", "Neighbourhood clean-up"),
        unit="hour",
        icon="cleaning",
        english="litter rubbish street waste park",
        arabic="قمامة زبالة شارع نفايات حديقة",
    ),
)

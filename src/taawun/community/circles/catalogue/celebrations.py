"""Joys and sorrows."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, good, service

KINDS: Final[tuple[Kind, ...]] = (
    good(
        "celebrations.feast_meal",
        pgettext_lazy("kind", "Festive meal"),
        unit="portion",
        icon="meal",
        english="feast celebration wedding holiday party cake",
        arabic="عيد عرس فرح حفلة كيك حلويات",
    ),
    good(
        "celebrations.party_things",
        pgettext_lazy("kind", "Chairs, tables and dishes"),
        unit="set",
        icon="furniture",
        english="wedding party event borrow marquee loudspeaker",
        arabic="عرس حفلة فرح إعارة صوان مكبر صوت خيمة",
    ),
    good(
        "celebrations.mourning_meal",
        pgettext_lazy("kind", "Meals for mourners"),
        unit="portion",
        icon="meal",
        english="funeral bereaved family food",
        arabic="عزاء مأتم وفاة وجبة أكل",
    ),
    service(
        "celebrations.funeral",
        pgettext_lazy("kind", "Help with a funeral"),
        unit="hour",
        icon="hands",
        english="burial grave funeral mourning",
        arabic="دفن قبر عزاء وفاة مقبرة",
    ),
)

"""Phones and internet."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, good, service, skill

KINDS: Final[tuple[Kind, ...]] = (
    good(
        "digital.device",
        pgettext_lazy("kind", "Phone or computer"),
        unit="piece",
        icon="computer",
        english="laptop tablet mobile smartphone charger",
        arabic="موبايل جوال لابتوب تابلت كمبيوتر شاحن",
    ),
    good(
        "digital.airtime",
        pgettext_lazy("kind", "Airtime and data"),
        unit="pack",
        icon="wifi",
        english="top up credit sim internet data bundle wifi",
        arabic="شحن رصيد شريحة نت باقة واي فاي",
    ),
    skill(
        "digital.tech_help",
        pgettext_lazy("kind", "Help with phone or computer"),
        unit="visit",
        icon="phone-device",
        english="set up app password email video call technical",
        arabic="ضبط تطبيق كلمة سر بريد برنامج تقني",
    ),
    service(
        "digital.printing",
        pgettext_lazy("kind", "Printing and copying"),
        unit="page",
        icon="print",
        english="print photocopy scan flyers",
        arabic="طابعة نسخ تصوير سكانر منشورات",
    ),
)

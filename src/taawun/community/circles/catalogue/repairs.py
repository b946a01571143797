"""Repairs, and what they are made with."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, good, skill

KINDS: Final[tuple[Kind, ...]] = (
    skill(
        "repairs.plumbing",
        pgettext_lazy("kind", "Plumbing"),
        unit="visit",
        icon="plumber",
        english="plumber leak pipe tap drain toilet boiler",
        arabic="سباك سمكري تسريب مواسير حنفية صنبور مجاري تمديدات",
    ),
    skill(
        "repairs.electrics",
        pgettext_lazy("kind", "Electrical repair"),
        unit="visit",
        icon="electricity",
        english="electrician electricity wiring socket fuse light power",
        arabic="كهربائي تمديد أسلاك مقبس إنارة قاطع",
    ),
    skill(
        "repairs.carpentry",
        pgettext_lazy("kind", "Carpentry"),
        unit="hour",
        icon="tools",
        english="carpenter wood door window lock shelf",
        arabic="نجار خشب باب شباك قفل أبواب",
    ),
    skill(
        "repairs.painting",
        pgettext_lazy("kind", "Painting"),
        unit="hour",
        icon="paint",
        english="painter paint walls decorate",
        arabic="دهان جدران طلاء بوية نقاش",
    ),
    skill(
        "repairs.building",
        pgettext_lazy("kind", "Roof and wall repair"),
        unit="day",
        icon="house",
        english="roof leak wall mason builder tiles cement",
        arabic="سطح بناء معلم بلاط إسمنت عزل حائط",
    ),
    good(
        "repairs.materials",
        pgettext_lazy("kind", "Building materials"),
        unit="piece",
        icon="rubble",
        english="bricks cement timber sheets nails glass",
        arabic="طوب إسمنت خشب ألواح مسامير زجاج رمل",
    ),
    skill(
        "repairs.appliances",
        pgettext_lazy("kind", "Appliance repair"),
        unit="piece",
        icon="repair",
        english="fix fridge washing machine repair cafe cooker",
        arabic="إصلاح ثلاجة غسالة براد صيانة فرن",
    ),
    skill(
        "repairs.devices",
        pgettext_lazy("kind", "Phone and computer repair"),
        unit="piece",
        icon="phone-device",
        english="screen laptop mobile fix battery",
        arabic="إصلاح موبايل جوال لابتوب شاشة صيانة",
    ),
    skill(
        "repairs.vehicles",
        pgettext_lazy("kind", "Bicycle or car repair"),
        unit="piece",
        icon="bicycle",
        english="mechanic puncture tyre brakes bike engine",
        arabic="ميكانيكي عجل إطار بنشر فرامل محرك",
    ),
    skill(
        "repairs.sewing",
        pgettext_lazy("kind", "Sewing and mending"),
        unit="piece",
        icon="scissors",
        english="tailor alter hem zip mend clothes curtains",
        arabic="خياط خياطة تقصير سحاب تعديل ثياب ستائر",
    ),
)

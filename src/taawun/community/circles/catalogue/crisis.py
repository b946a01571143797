"""In a crisis."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, good, service

KINDS: Final[tuple[Kind, ...]] = (
    service(
        "crisis.evacuation",
        pgettext_lazy("kind", "Ride to safety"),
        unit="place",
        icon="bus",
        english="evacuate flee escape bus convoy",
        arabic="إخلاء نزوح هروب باص حافلة قافلة",
    ),
    service(
        "crisis.rescue",
        pgettext_lazy("kind", "Search and rescue"),
        unit="person",
        icon="ambulance",
        english="rescue trapped missing first aiders",
        arabic="إنقاذ عالق مفقود مسعف دفاع مدني محاصر",
    ),
    service(
        "crisis.boat",
        pgettext_lazy("kind", "Boat with crew"),
        unit="trip",
        icon="boat",
        english="flood boat rescue raft",
        arabic="زورق فيضان سيول مركب",
    ),
    service(
        "crisis.rubble",
        pgettext_lazy("kind", "Clearing rubble and mud"),
        unit="hour",
        icon="rubble",
        english="debris earthquake flood mud shovel digger sandbags",
        arabic="ركام هدم زلزال سيل وحل حفارة رفع أكياس رمل",
    ),
    good(
        "crisis.filters",
        pgettext_lazy("kind", "Water filter or tablets"),
        unit="piece",
        icon="filter",
        english="purify chlorine filter clean water",
        arabic="تعقيم كلور تصفية مياه مرشح",
    ),
    good(
        "crisis.hygiene_kit",
        pgettext_lazy("kind", "Hygiene kit"),
        unit="set",
        icon="soap",
        english="kit soap toothbrush towel bucket",
        arabic="سلة صحية صابون فرشاة منشفة سطل",
    ),
    good(
        "crisis.power",
        pgettext_lazy("kind", "Power bank or solar lamp"),
        unit="piece",
        icon="solar",
        english="charging battery torch flashlight candles panel lamp",
        arabic="باور بنك بطارية كشاف ضوء شموع طاقة لوح شحن",
    ),
    good(
        "crisis.safety_gear",
        pgettext_lazy("kind", "Masks, gloves and helmets"),
        unit="set",
        icon="shield",
        english="protective boots mask vest gear ppe",
        arabic="كمامة قفاز خوذة جزمة سترة وقاية",
    ),
)

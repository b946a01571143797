"""A roof. A safe place is sensitive: whoever is looking for the person must not read that they are moving."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, good, space

KINDS: Final[tuple[Kind, ...]] = (
    space(
        "housing.night_stay",
        pgettext_lazy("kind", "A bed for the night"),
        unit="night",
        icon="bed",
        english="sleep shelter overnight stay sofa couch",
        arabic="نوم سرير مأوى إيواء ليلة استضافة",
    ),
    space(
        "housing.family_host",
        pgettext_lazy("kind", "A home for a family"),
        unit="week",
        icon="house",
        english="host guests displaced flat apartment room rent housing",
        arabic="استضافة ضيوف نازحين شقة غرفة سكن إيواء أسرة",
    ),
    space(
        "housing.safe_place",
        pgettext_lazy("kind", "A safe place to stay"),
        unit="night",
        icon="shield",
        sensitive=True,
        english="refuge violence abuse domestic escape women safe house",
        arabic="ملجأ عنف أسري حماية هروب تهديد آمن",
    ),
    good(
        "housing.tent",
        pgettext_lazy("kind", "Tent or tarpaulin"),
        unit="piece",
        icon="tent",
        english="shelter plastic sheet rope canvas",
        arabic="خيام شوادر مشمع غطاء حبال",
    ),
    good(
        "housing.heating",
        pgettext_lazy("kind", "Heater or stove"),
        unit="piece",
        icon="heating",
        english="heat warm winter radiator coal",
        arabic="تدفئة صوبة دفاية سخان شتاء",
    ),
    good(
        "housing.firewood",
        pgettext_lazy("kind", "Firewood"),
        unit="kg",
        icon="firewood",
        english="wood logs charcoal pellets",
        arabic="خشب فحم تدفئة",
    ),
)

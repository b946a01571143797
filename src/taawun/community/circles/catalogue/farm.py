"""Farm and water: what neighbours on one canal or one hillside share."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, good, service, skill, space

KINDS: Final[tuple[Kind, ...]] = (
    good(
        "farm.seeds",
        pgettext_lazy("kind", "Seeds"),
        unit="kg",
        icon="seeds",
        english="seed grain sowing planting",
        arabic="بذار تقاوي حب زرع شتوي",
    ),
    good(
        "farm.seedlings",
        pgettext_lazy("kind", "Seedlings and trees"),
        unit="plant",
        icon="tree",
        english="saplings plants olive fruit nursery",
        arabic="شتول غراس نبات زيتون مشتل شجر",
    ),
    good(
        "farm.fertiliser",
        pgettext_lazy("kind", "Compost and fertiliser"),
        unit="bag",
        icon="fertiliser",
        english="manure compost fertilizer soil",
        arabic="أسمدة كمبوست زبل تربة روث",
    ),
    service(
        "farm.ploughing",
        pgettext_lazy("kind", "Ploughing"),
        unit="hour",
        icon="tractor",
        english="tractor plough plow till seed drill",
        arabic="جرار تراكتور فلاحة محراث حرث",
    ),
    service(
        "farm.harvest",
        pgettext_lazy("kind", "Harvest hands"),
        unit="day",
        icon="produce",
        english="picking reaping farm labour olives workers",
        arabic="قطاف جني حصاد عمال زيتون مزرعة",
    ),
    service(
        "farm.irrigation_turn",
        pgettext_lazy("kind", "Irrigation turn"),
        unit="hour",
        icon="irrigation",
        english="water canal turn share irrigate",
        arabic="ري سقي عدان قناة ساقية نوبة",
    ),
    good(
        "farm.irrigation_parts",
        pgettext_lazy("kind", "Pipes and hoses"),
        unit="piece",
        icon="irrigation",
        english="drip hose tank pipe valve sprinkler",
        arabic="ري تنقيط نبريج خرطوم خزان صمام رشاش",
    ),
    service(
        "farm.pest_control",
        pgettext_lazy("kind", "Pest control"),
        unit="visit",
        icon="pest",
        english="spray locust insects weeds sprayer trap",
        arabic="رش حشرات جراد أعشاب مبيد مصيدة دودة",
    ),
    skill(
        "farm.farm_advice",
        pgettext_lazy("kind", "Farming advice"),
        unit="visit",
        icon="produce",
        english="agronomist soil crop disease advice",
        arabic="مهندس زراعي تربة محصول مرض نصيحة",
    ),
    space(
        "farm.land",
        pgettext_lazy("kind", "Land to grow on"),
        unit="place",
        icon="garden",
        english="plot allotment garden field",
        arabic="قطعة حقل بستان حديقة مزرعة",
    ),
)

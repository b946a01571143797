"""Tools to borrow, by the day."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, good

KINDS: Final[tuple[Kind, ...]] = (
    good(
        "tools.hand_tools",
        pgettext_lazy("kind", "Hand tools"),
        unit="day",
        icon="tools",
        english="hammer spanner wrench screwdriver saw toolbox shovel ladder",
        arabic="مطرقة شاكوش مفتاح مفك منشار أدوات رفش سلم",
    ),
    good(
        "tools.power_tools",
        pgettext_lazy("kind", "Drill and power tools"),
        unit="day",
        icon="drill",
        english="drill saw grinder sander electric",
        arabic="دريل شنيور صاروخ جلخ مقدح",
    ),
    good(
        "tools.lifting",
        pgettext_lazy("kind", "Jack or hoist"),
        unit="day",
        icon="tools",
        english="jack crane lift winch hoist pallet heavy",
        arabic="كريك رافعات ونش رفع ثقيل مرفاع",
    ),
    good(
        "tools.generator",
        pgettext_lazy("kind", "Generator"),
        unit="day",
        icon="electricity",
        english="electricity power diesel genset",
        arabic="مولدة موتور كهربا ديزل",
    ),
    good(
        "tools.pump",
        pgettext_lazy("kind", "Water pump"),
        unit="day",
        icon="irrigation",
        english="pump drain flood hose",
        arabic="طرمبة موتور شفط سحب مياه خرطوم",
    ),
)

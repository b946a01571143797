"""Spaces to use. Beds and homes are in housing."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, space

KINDS: Final[tuple[Kind, ...]] = (
    space(
        "spaces.meeting_room",
        pgettext_lazy("kind", "Meeting room"),
        unit="hour",
        icon="hall",
        english="hall room class community centre gathering",
        arabic="صالة غرفة صف مركز اجتماعات لقاء",
    ),
    space(
        "spaces.kitchen",
        pgettext_lazy("kind", "Kitchen to cook in"),
        unit="hour",
        icon="kitchen",
        english="community kitchen oven bakery",
        arabic="تكية فرن مطابخ",
    ),
    space(
        "spaces.storage",
        pgettext_lazy("kind", "Storage space"),
        unit="week",
        icon="storage",
        english="warehouse garage cold room fridge store",
        arabic="مستودع مخزن كراج تبريد تخزين بضاعة",
    ),
    space(
        "spaces.shower",
        pgettext_lazy("kind", "Shower or laundry"),
        unit="visit",
        icon="washing",
        english="wash bath washing machine launderette toilet",
        arabic="دوش استحمام اغتسال غسيل مرحاض",
    ),
)

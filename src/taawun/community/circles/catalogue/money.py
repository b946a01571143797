"""Hardship. All of it is sensitive: nobody asks for money gladly. How much, and from which pot, is the business of the
funds.
"""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, service

KINDS: Final[tuple[Kind, ...]] = (
    service(
        "money.cash",
        pgettext_lazy("kind", "Help with money"),
        unit="family",
        icon="money",
        sensitive=True,
        english="cash hardship fund grant poor emergency income",
        arabic="نقود فلوس كاش معونة صندوق عوز دخل",
    ),
    service(
        "money.rent",
        pgettext_lazy("kind", "Help with rent"),
        unit="family",
        icon="house",
        sensitive=True,
        english="landlord eviction arrears deposit",
        arabic="أجار كراء إخلاء متأخرات سكن",
    ),
    service(
        "money.bills",
        pgettext_lazy("kind", "Help with bills"),
        unit="family",
        icon="electricity",
        sensitive=True,
        english="electricity water gas heating meter",
        arabic="كهرباء ماء غاز فاتورة عداد",
    ),
    service(
        "money.school_fees",
        pgettext_lazy("kind", "Help with school fees"),
        unit="person",
        icon="teaching",
        sensitive=True,
        english="tuition university exam fees student",
        arabic="أقساط مدرسة جامعة رسوم طالب",
    ),
    service(
        "money.loan",
        pgettext_lazy("kind", "Interest-free loan"),
        unit="family",
        icon="loan",
        sensitive=True,
        english="borrow lend debt credit qard",
        arabic="سلفة دين استدانة بلا فائدة تقسيط",
    ),
)

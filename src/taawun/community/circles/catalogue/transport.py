"""Transport of people and goods. Nothing here is sensitive: a ride to a clinic does not say why."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, good, service

KINDS: Final[tuple[Kind, ...]] = (
    service(
        "transport.ride",
        pgettext_lazy("kind", "Ride by car"),
        unit="trip",
        icon="car",
        english="lift drive driver taxi carpool school run",
        arabic="سيارة سائق مواصلات نقل ركوب توصيل مشوار مدرسة",
    ),
    service(
        "transport.clinic_ride",
        pgettext_lazy("kind", "Ride to a clinic"),
        unit="trip",
        icon="ambulance",
        english="lift hospital doctor dialysis appointment patient transport ambulance",
        arabic="مستشفى مشفى طبيب غسيل كلى موعد مريض إسعاف",
    ),
    service(
        "transport.accessible_ride",
        pgettext_lazy("kind", "Ride with a wheelchair"),
        unit="trip",
        icon="wheelchair",
        english="accessible van lift disabled ramp",
        arabic="ذوي إعاقة سيارة مجهزة مقعد",
    ),
    service(
        "transport.delivery",
        pgettext_lazy("kind", "Delivery"),
        unit="trip",
        icon="van",
        english="courier bring carry parcel drop off deliver",
        arabic="إيصال نقل طرد حمل طلبات ديلفري",
    ),
    service(
        "transport.moving",
        pgettext_lazy("kind", "Moving house"),
        unit="trip",
        icon="truck",
        english="move furniture van lorry truck removal load",
        arabic="ترحيل عفش شاحنة بيك أب تحميل انتقال",
    ),
    good(
        "transport.bicycle",
        pgettext_lazy("kind", "Bicycle to borrow"),
        unit="day",
        icon="bicycle",
        english="bike cycle cargo scooter",
        arabic="بسكليت عجلة دراجة هوائية استعارة",
    ),
    good(
        "transport.fuel",
        pgettext_lazy("kind", "Fuel"),
        unit="litre",
        icon="fuel",
        english="petrol diesel gasoline gas kerosene car",
        arabic="بنزين مازوت ديزل كاز سولار محروقات",
    ),
)

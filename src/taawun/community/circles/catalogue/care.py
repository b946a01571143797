"""Care at home. Washing and dressing a person is sensitive: nobody should read of it who does not do it."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, service

KINDS: Final[tuple[Kind, ...]] = (
    service(
        "care.elder_time",
        pgettext_lazy("kind", "Time with an elderly person"),
        unit="hour",
        icon="elder",
        english="elderly old sitting grandmother grandfather dementia companion senior",
        arabic="مسن مسنة عجوز كبير جد جدة رفقة خرف ختيار",
    ),
    service(
        "care.personal_care",
        pgettext_lazy("kind", "Washing and dressing"),
        unit="visit",
        icon="shower",
        sensitive=True,
        english="personal care bathing toilet feeding body",
        arabic="عناية شخصية استحمام تحميم إطعام نظافة",
    ),
    service(
        "care.respite",
        pgettext_lazy("kind", "Relief for a carer"),
        unit="hour",
        icon="clock",
        english="respite carer caregiver break stand in night bedside sick",
        arabic="مقدم رعاية استراحة بديل سهر عند مريض مرافق",
    ),
    service(
        "care.errands",
        pgettext_lazy("kind", "Errands"),
        unit="trip",
        icon="bag",
        english="errand post office bank bills queue fetch",
        arabic="مشوار بريد بنك دفع فواتير طابور خدمة سريعة",
    ),
    service(
        "care.cleaning",
        pgettext_lazy("kind", "Cleaning the home"),
        unit="hour",
        icon="cleaning",
        english="clean housework tidy dishes laundry washing ironing",
        arabic="نظافة منزل شقة ترتيب جلي غسيل كوي مكوى",
    ),
    service(
        "care.haircut",
        pgettext_lazy("kind", "Haircut"),
        unit="visit",
        icon="scissors",
        english="barber hairdresser hair shave",
        arabic="حلاق كوافير شعر ذقن",
    ),
)

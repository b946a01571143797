"""Medicine and health. Sensitive: what names an illness or the body (medicine, pads, birth, recovery). To fetch a
closed bag from the pharmacy is not: it says nothing of what is in it.
"""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, good, service, skill

KINDS: Final[tuple[Kind, ...]] = (
    service(
        "health.medicine_pickup",
        pgettext_lazy("kind", "Medicine to the door"),
        unit="trip",
        icon="medicine",
        english="pharmacy prescription collect pick up drugstore chemist deliver",
        arabic="صيدلية وصفة إحضار جلب أدوية إيصال روشتة",
    ),
    good(
        "health.medicine",
        pgettext_lazy("kind", "Medicine"),
        unit="pack",
        icon="medicine",
        sensitive=True,
        english="drugs tablets pills insulin inhaler antibiotics syrup chronic",
        arabic="أدوية علاج حبوب أنسولين بخاخ مضاد حيوي شراب مزمن",
    ),
    good(
        "health.first_aid",
        pgettext_lazy("kind", "First-aid supplies"),
        unit="set",
        icon="first-aid",
        english="bandage plaster gauze wound dressing kit",
        arabic="ضماد شاش لاصق جروح حقيبة إسعافات أولية معقم",
    ),
    good(
        "health.mobility",
        pgettext_lazy("kind", "Wheelchair or crutches"),
        unit="piece",
        icon="wheelchair",
        english="wheel chair walker walking stick cane frame ramp borrow lend",
        arabic="عكاز عصا مشاية كرسي عجلات إعارة",
    ),
    good(
        "health.equipment",
        pgettext_lazy("kind", "Oxygen and sickroom things"),
        unit="piece",
        icon="hospital",
        english="oxygen concentrator cylinder nebuliser blood pressure monitor hospital bed commode thermometer",
        arabic="أوكسجين أسطوانة جهاز تنفس رذاذ ضغط سرير طبي ميزان حرارة",
    ),
    good(
        "health.period_products",
        pgettext_lazy("kind", "Pads and tampons"),
        unit="pack",
        icon="soap",
        sensitive=True,
        english="menstrual period sanitary towels napkins women hygiene",
        arabic="فوط صحية دورة شهرية مستلزمات نسائية",
    ),
    good(
        "health.adult_pads",
        pgettext_lazy("kind", "Nappies for adults"),
        unit="pack",
        icon="diaper",
        sensitive=True,
        english="adult diapers incontinence pads bed",
        arabic="حفاض كبار سن سلس بامبرز حفاظات",
    ),
    service(
        "health.blood",
        pgettext_lazy("kind", "Blood donation"),
        unit="person",
        icon="blood",
        english="donor donors donate transfusion platelets group",
        arabic="متبرع متبرعون دم زمرة فصيلة نقل صفائح",
    ),
    skill(
        "health.doctor_advice",
        pgettext_lazy("kind", "Advice from a doctor"),
        unit="session",
        icon="stethoscope",
        english="doctor physician medical consultation clinic dentist pharmacist midwife",
        arabic="طبيبة دكتور كشف عيادة استشارة طبية أسنان صيدلي",
    ),
    skill(
        "health.nurse_visit",
        pgettext_lazy("kind", "Nurse’s visit"),
        unit="visit",
        icon="stethoscope",
        english="nurse nursing injection wound dressing drip home physiotherapy",
        arabic="ممرض تمريض إبرة حقنة غيار جرح علاج طبيعي منزلي",
    ),
    service(
        "health.birth",
        pgettext_lazy("kind", "Pregnancy and birth support"),
        unit="visit",
        icon="pregnancy",
        sensitive=True,
        english="pregnant midwife doula mother birth newborn antenatal",
        arabic="حامل قابلة داية أم ولادة مولود نفاس",
    ),
    service(
        "health.recovery",
        pgettext_lazy("kind", "Support in recovery"),
        unit="session",
        icon="hands",
        sensitive=True,
        english="addiction alcohol drugs sober quit smoking dependency",
        arabic="إدمان كحول مخدرات إقلاع تدخين تعاف",
    ),
)

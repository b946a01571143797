"""Listening and company. Sensitive: what says how someone feels or what they went through. A call or a visit says only
that people are neighbours.
"""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, service, skill

KINDS: Final[tuple[Kind, ...]] = (
    service(
        "company.listening",
        pgettext_lazy("kind", "Someone to listen"),
        unit="call",
        icon="listening",
        sensitive=True,
        english="listener talk lonely stress sad anxious worry mental",
        arabic="استماع فضفضة حديث وحدة ضيق قلق حزن نفسية",
    ),
    service(
        "company.check_in",
        pgettext_lazy("kind", "Check-in call"),
        unit="call",
        icon="call",
        english="phone ring daily call how are you well alone",
        arabic="اتصال سؤال اطمئنان هاتف يومي وحيد",
    ),
    service(
        "company.visit",
        pgettext_lazy("kind", "Friendly visit"),
        unit="visit",
        icon="company",
        english="befriending tea chat walk games company neighbour",
        arabic="صحبة شاي دردشة مشي ونس جار جارة تسلية",
    ),
    service(
        "company.accompany",
        pgettext_lazy("kind", "Company to an appointment"),
        unit="visit",
        icon="people",
        english="go with accompany clinic hospital office court",
        arabic="مرافق يذهب معي مستشفى عيادة دائرة محكمة موعد",
    ),
    skill(
        "company.counselling",
        pgettext_lazy("kind", "Talk with a counsellor"),
        unit="session",
        icon="heart",
        sensitive=True,
        english="therapist psychologist counselling trauma depression violence mental health",
        arabic="معالج طبيب نفسي إرشاد صدمة اكتئاب عنف صحة نفسية",
    ),
    service(
        "company.grief",
        pgettext_lazy("kind", "Comfort in grief"),
        unit="visit",
        icon="hands",
        sensitive=True,
        english="bereavement mourning loss death widow condolence",
        arabic="عزاء فقدان وفاة حداد أرملة حزن تعزية",
    ),
)

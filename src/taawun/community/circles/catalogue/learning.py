"""Learning, from school to trade."""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, good, skill

KINDS: Final[tuple[Kind, ...]] = (
    good(
        "learning.school_supplies",
        pgettext_lazy("kind", "School supplies"),
        unit="set",
        icon="school-bag",
        english="bag notebooks pens pencils stationery uniform",
        arabic="حقيبة شنطة دفاتر أقلام قرطاسية مدرسة",
    ),
    good(
        "learning.books",
        pgettext_lazy("kind", "Books"),
        unit="piece",
        icon="book",
        english="textbook reading library story",
        arabic="كتاب مدرسية قصص مكتبة مطالعة",
    ),
    skill(
        "learning.homework",
        pgettext_lazy("kind", "Help with homework"),
        unit="hour",
        icon="teaching",
        english="tutor tutoring teach teacher maths science exam school lessons",
        arabic="معلم مدرس دروس خصوصية تقوية رياضيات علوم امتحان واجبات",
    ),
    skill(
        "learning.language_lessons",
        pgettext_lazy("kind", "Language lessons"),
        unit="session",
        icon="language",
        english="teach teacher learn english arabic french turkish conversation course",
        arabic="إنجليزي عربي فرنسي تركي محادثة دورة تعليم",
    ),
    skill(
        "learning.literacy",
        pgettext_lazy("kind", "Reading and writing"),
        unit="session",
        icon="edit",
        english="literacy letters adults learn read",
        arabic="محو أمية كبار حروف قراءة",
    ),
    skill(
        "learning.trade",
        pgettext_lazy("kind", "Learning a trade"),
        unit="session",
        icon="work",
        english="training apprentice craft workshop skill course",
        arabic="تدريب مهنة صنعة ورشة دورة مهارة",
    ),
)

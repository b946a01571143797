"""Marsa Rumman, an invented town by the sea: its quarters, its circles and its organisations. Nothing here is real."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from taawun.ground.values.place import Point

TOWN: Final = "مرسى الرمّان · Marsa Rumman"
ZONE: Final = "Asia/Beirut"
REGION: Final = "LB"
HISTORY: Final = timedelta(weeks=8)
STORM_BEFORE: Final = timedelta(days=24, hours=13)
PEOPLE: Final = 2000


@dataclass(frozen=True, slots=True)
class Quarter:
    """A part of the town: its middle, how many of its people live there, and how deep the water stood in the storm."""

    name: str
    middle: Point
    people: int
    flooded: float


QUARTERS: Final = (
    Quarter("المرفأ القديم · Old Harbour", Point(34.2700, 35.6580), 17, 0.9),
    Quarter("درج الصيادين · Fishermen's Steps", Point(34.2640, 35.6610), 11, 0.5),
    Quarter("السوق العتيق · Old Market", Point(34.2690, 35.6690), 13, 0.3),
    Quarter("ساحة السراي · Saray Square", Point(34.2760, 35.6700), 10, 0.1),
    Quarter("المعصرة · Olive Press", Point(34.2540, 35.6740), 9, 0.1),
    Quarter("البلدة الفوقا · Upper Town", Point(34.2660, 35.6950), 12, 0.0),
    Quarter("المنارة · Lighthouse", Point(34.2900, 35.6620), 8, 0.2),
    Quarter("حي المحطة · Station Quarter", Point(34.2860, 35.6840), 9, 0.2),
    Quarter("مصبّ النهر · River Mouth", Point(34.2420, 35.6560), 7, 1.0),
    Quarter("سهل القناة · Canal Fields", Point(34.2380, 35.6850), 4, 0.8),
)


@dataclass(frozen=True, slots=True)
class CirclePlan:
    """A circle of the town. ``topics`` are the groups of kinds it is mostly about; ``pace`` its needs and offers a day."""

    key: str
    name: str
    quarter: int
    members: int
    pace: float
    topics: tuple[str, ...]
    welcome: str


MAIN: Final = CirclePlan(
    "main",
    "تعاون مرسى الرمّان · Marsa Rumman Mutual Aid",
    0,
    900,
    22.0,
    (),
    "كلّنا نعطي وكلّنا نأخذ. اكتب ما تحتاجه أو ما تستطيع تقديمه، ولا تكتب رقمك ولا عنوانك على اللوحة.\n"
    "Everyone gives and everyone receives. Say what you need or what you can offer; keep numbers and doors off the board.",
)
CIRCLES: Final = (
    MAIN,
    CirclePlan("harbour", "جيران المرفأ · Harbour Neighbours", 0, 150, 1.3, (), "من الميناء إلى الدرج: جارك قريب."),
    CirclePlan("canal", "قناة المزارعين · Farmers' Canal", 9, 64, 0.9, ("farm", "tools", "animals"), "دور الماء، والمضخّة، والحصاد."),
    CirclePlan("childcare", "حلقة الأطفال · Childcare Circle", 2, 58, 0.9, ("children", "learning"), "We take turns with the little ones."),
    CirclePlan("upper", "أهل البلدة الفوقا · Upper Town Neighbours", 5, 130, 1.1, (), "فوق الدرج وتحت الزيتون."),
    CirclePlan("kitchen", "مطبخ الجمعة · The Friday Kitchen Circle", 2, 74, 1.0, ("food", "organising", "spaces"), "نطبخ معًا كل جمعة. We cook together every Friday."),
    CirclePlan("tools", "مكتبة الأدوات · Tool Library", 7, 120, 1.0, ("tools", "repairs"), "Borrow a drill, bring back a drill. استعر وأعد."),
    CirclePlan("river", "جيران النهر · River Mouth Neighbours", 8, 92, 1.2, (), "بعد السيل بقينا معًا."),
    CirclePlan("station", "حي المحطة · Station Quarter Neighbours", 7, 110, 1.0, (), "بين السكّة والسوق."),
    CirclePlan("lighthouse", "جيران المنارة · Lighthouse Neighbours", 6, 84, 0.8, (), "From the lighthouse to the salt pans."),
    CirclePlan("elders", "لا أحد وحده · Nobody Alone", 3, 86, 0.9, ("company", "care"), "مكالمة كل صباح لمن يعيش وحده."),
    CirclePlan("rides", "على طريقك · Shared Rides", 3, 96, 0.9, ("transport",), "من يذهب إلى المدينة؟ Who is driving anyway?"),
    CirclePlan("repair", "ورشة التصليح · Repair Afternoon", 2, 66, 0.7, ("repairs", "digital"), "كل سبت بعد الظهر."),
    CirclePlan("learning", "ساعة الدرس · Homework Hour", 3, 88, 0.8, ("learning", "papers"), "من يعرف يعلّم. Who knows, teaches."),
    CirclePlan("fishers", "صندوق الصيادين · Fishers' Mutual", 1, 52, 0.6, ("tools", "food", "repairs"), "البحر لا يُبحَر وحيدًا."),
    CirclePlan("press", "جيران المعصرة · Olive Press Neighbours", 4, 78, 0.7, (), "موسم الزيت وما بعده."),
)  # fmt: skip


# A standing offer: kind, amount, weekdays (Monday is 0), from and to minute.
Weekly = tuple[str, int, tuple[int, ...], int, int]


@dataclass(frozen=True, slots=True)
class OrganisationPlan:
    """An organisation in the main circle. ``gives`` are kinds it often offers."""

    name: str
    quarter: int
    language: str
    gives: tuple[str, ...]
    weekly: Weekly | None = None


ORGANISATIONS: Final = (
    OrganisationPlan("مطبخ الجمعة · Friday Kitchen", 2, "en", ("food.cooked_meal",), ("food.cooked_meal", 60, (4,), 690, 840)),
    OrganisationPlan("بنك الطعام · Marsa Food Bank", 7, "ar", ("food.food_parcel", "food.staples"), ("food.food_parcel", 40, (1, 3), 540, 780)),
    OrganisationPlan("عيادة الميناء · Harbour Clinic", 0, "ar", ("health.nurse_visit", "health.doctor_advice", "health.medicine"), ("health.doctor_advice", 8, (0, 2), 960, 1080)),
    OrganisationPlan("متطوّعو مسجد البحر · Sea Mosque Volunteers", 0, "ar", ("food.cooked_meal", "household.blankets", "organising.hands"), ("food.bread", 80, (4,), 420, 540)),
    OrganisationPlan("متطوّعو كنيسة الصخرة · Rock Church Volunteers", 3, "ar", ("household.clothes", "food.food_parcel", "company.visit"), ("household.clothes", 25, (5,), 600, 720)),
    OrganisationPlan("متطوّعو مدرسة الشاطئ · Beach School Volunteers", 1, "ar", ("learning.homework", "learning.school_supplies"), ("learning.homework", 10, (0, 1, 2, 3), 900, 1020)),
    OrganisationPlan("صيدلية المنارة · Lighthouse Pharmacy", 6, "ar", ("health.medicine_pickup", "health.first_aid")),
    OrganisationPlan("فرن أبو سمير · Abu Samir's Bakery", 2, "ar", ("food.bread",), ("food.bread", 50, (0, 1, 2, 3, 4, 5), 1140, 1200)),
    OrganisationPlan("تعاونية الصيادين · Fishers' Cooperative", 1, "ar", ("food.meat_fish", "crisis.boat")),
    OrganisationPlan("تعاونية المزارعين · Farmers' Cooperative", 9, "ar", ("food.produce", "farm.seeds", "tools.pump")),
    OrganisationPlan("تعاونية النساء للمونة · Women's Pantry Cooperative", 4, "ar", ("food.staples", "food.dairy_eggs")),
    OrganisationPlan("كشّافة البحر · Sea Scouts", 6, "ar", ("organising.hands", "organising.clean_up", "crisis.rubble")),
    OrganisationPlan("فوج الإنقاذ المتطوّع · Volunteer Rescue Crew", 0, "ar", ("crisis.rescue", "crisis.evacuation", "crisis.safety_gear")),
    OrganisationPlan("مكتبة البلدة · Town Library", 3, "en", ("learning.books", "digital.printing", "spaces.meeting_room"), ("digital.printing", 100, (0, 2, 4), 600, 960)),
    OrganisationPlan("اتحاد الطلاب · Students' Union", 3, "en", ("learning.language_lessons", "papers.translation", "transport.bicycle")),
    OrganisationPlan("نجارة البحري · Bahri Carpentry", 7, "ar", ("repairs.carpentry", "household.furniture")),
    OrganisationPlan("كاراج المحطة · Station Garage", 7, "ar", ("repairs.vehicles", "tools.lifting")),
    OrganisationPlan("مكتب المشورة · Advice Desk", 3, "en", ("papers.legal_advice", "papers.forms", "papers.official_papers"), ("papers.forms", 12, (1, 3), 600, 780)),
    OrganisationPlan("بيت الضيافة · Harbour Guest House", 0, "en", ("housing.night_stay", "spaces.shower")),
    OrganisationPlan("جمعية لمسة · Lamsa Craft Workshop", 4, "ar", ("repairs.sewing", "learning.trade")),
    OrganisationPlan("نادي المشي · Walking Club", 5, "en", ("company.visit", "company.check_in")),
    OrganisationPlan("إذاعة المرسى · Marsa Community Radio", 3, "ar", ("crisis.power", "organising.coordination")),
    OrganisationPlan("بيطرية الوادي · Valley Vets", 9, "en", ("animals.vet", "animals.feed")),
    OrganisationPlan("دكّان الأعطيات · Giving Shop", 2, "en", ("household.kitchenware", "children.clothes", "children.toys"), ("children.clothes", 20, (2, 5), 600, 780)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamedPlan:
    """One of the four people to sign in as."""

    key: str
    name: str
    role: str
    language: str
    speaks: tuple[str, ...]
    quarter: int

    @property
    def address(self) -> str:
        """How they are found again. The ending is one that nobody can ever have, so nobody else can prove it theirs."""
        return f"{self.key}@marsa-rumman.invalid"


NAMED: Final = (
    NamedPlan("hala", "هالة منصور", "coordinator (Arabic)", "ar", ("ar", "en"), 3),
    NamedPlan("maya", "Maya Haddad", "volunteer with promises due today (English)", "en", ("en", "ar"), 0),
    NamedPlan("souad", "سعاد الخطيب", "receives help and gives it too (Arabic)", "ar", ("ar",), 1),
    NamedPlan("nadine", "Nadine Saab", "speaks for the Friday Kitchen (English)", "en", ("en", "ar", "fr"), 2),
)

"""What people of the town need and give, how often, how much, how soon, and the words they put on the board.

Quantities are in whole units. The words are for everybody, so they hold no name, no number and no door.
"""

from dataclasses import dataclass
from typing import Final

from taawun.community.circles import catalogue
from taawun.ground.words.units import BY_CODE as UNITS

# How often each urgency (whenever, this week, within two days, now) is chosen, by how pressing a kind is.
PRESSING: Final = {"now": (2, 8, 40, 50), "soon": (6, 34, 48, 12), "week": (20, 60, 18, 2), "whenever": (70, 26, 4, 0)}


@dataclass(frozen=True, slots=True)
class Want:
    """A kind with its weights: ``asked`` and ``given`` on ordinary days, ``stormy`` added in the days of the flood."""

    code: str
    asked: float
    stormy: float
    given: float
    amounts: tuple[int, ...]
    pressing: str
    asks: tuple[tuple[str, ...], tuple[str, ...]]
    gives: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def parts_per_unit(self) -> int:
        return UNITS[catalogue.BY_CODE[self.code].unit].parts_per_unit


def _want(
    code: str,
    weights: tuple[float, float, float],
    amounts: tuple[int, ...],
    pressing: str,
    arabic: tuple[str, ...] = (),
    english: tuple[str, ...] = (),
    gives_arabic: tuple[str, ...] = (),
    gives_english: tuple[str, ...] = (),
) -> Want:
    return Want(code, *weights, amounts, pressing, (arabic, english), (gives_arabic, gives_english))


_TOLD: Final = (
    _want("food.cooked_meal", (9, 12, 9), (2, 3, 4, 5, 6), "soon",
          ("وجبات لعائلة، الأم في المستشفى هذا الأسبوع", "غداء لرجل كبير لا يستطيع الطبخ", "عشاء لأسرة بلا غاز منذ يومين"),
          ("Meals for a family while the mother is in hospital", "Lunch for an older man who cannot cook at the moment"),
          ("أطبخ أكثر مما نحتاج، عدس ومجدّرة", "طبخة كبيرة يوم الخميس"), ("Cooking a big pot anyway, happy to share", "Vegetarian portions, boxes included")),
    _want("food.food_parcel", (7, 8, 5), (1, 1, 2, 3), "week",
          ("سلة غذائية لعائلة من خمسة", "مواد أساسية حتى آخر الشهر"), ("A box of basics until the end of the month",),
          ("سلال جاهزة: رز، عدس، زيت، شاي",), ("Boxes packed: rice, lentils, oil, tea",)),
    _want("food.bread", (4, 4, 5), (4, 6, 10), "soon", ("خبز لبيت فيه ستة أولاد",), ("Bread for a full house",),
          ("خبز الأمس، ما زال طريًا",), ("Yesterday's loaves, still soft",)),
    _want("food.staples", (4, 3, 3), (5, 10, 15), "week", ("رز وعدس لشهر",), ("Rice and lentils for the month",),
          ("كيس رز فتحناه ولن ننهيه",), ("More rice than we can eat",)),
    _want("food.produce", (2, 1, 6), (3, 5, 8, 12), "week", ("خضار للشوربة",), ("Vegetables for soup",),
          ("ليمون وبرتقال من الحاكورة", "كوسا وبندورة زيادة عن حاجتنا"), ("Lemons from our trees, come and pick", "Too many courgettes, please help")),
    _want("food.water", (1, 9, 2), (10, 20, 40), "now", ("ماء للشرب، الخزّان امتلأ طينًا",), ("Drinking water, our tank is full of mud",),
          ("قوارير ماء في السيارة",), ("Bottled water in my van",)),
    _want("food.meat_fish", (1, 0, 2), (2, 3), "week", (), (), ("سردين من رحلة اليوم",), ("Sardines from this morning's boat",)),
    _want("food.special_diet", (2, 1, 1), (2, 4, 6), "soon", ("وجبات لمريض سكّري",), ("Meals without gluten for a child",), (), ()),
    _want("food.shopping", (6, 3, 6), (1, 1, 2), "soon",
          ("من يشتري لي أغراض السوق؟ لا أقوى على الدرج", "مشتريات أسبوعية لجارة كبيرة في السن"), ("Groceries for a neighbour who cannot carry them",),
          ("أنزل إلى السوق كل صباح وأحمل معي",), ("I go to the market on Saturdays and can carry for two more",)),
    _want("health.medicine_pickup", (8, 5, 7), (1, 1, 2), "soon",
          ("جلب دواء الضغط من الصيدلية", "وصفة جاهزة في الصيدلية ولا أستطيع الخروج"), ("Prescription is ready, I cannot leave the house", "Insulin from the pharmacy before evening"),
          ("أمرّ على الصيدلية بعد العمل",), ("I pass the pharmacy every evening",)),
    _want("health.medicine", (3, 2, 1), (1, 2), "soon", ("دواء مقطوع من الصيدليات",), ("A medicine the pharmacies have run out of",), (), ()),
    _want("health.nurse_visit", (3, 1, 2), (1, 1, 3), "soon", ("تغيير ضماد لرجل لا يتحرّك",), ("Changing a dressing at home",),
          ("ممرّضة متقاعدة، أزور بعد الظهر",), ("Retired nurse, free in the afternoons",)),
    _want("health.doctor_advice", (2, 1, 1), (1,), "soon", ("استشارة بعد خروج من المستشفى",), ("A question for a doctor after surgery",), (), ()),
    _want("health.adult_pads", (2, 0, 1), (2, 3), "week"),
    _want("health.period_products", (2, 2, 1), (2, 4), "week"),
    _want("health.mobility", (1, 1, 1), (1,), "week", ("عكّازات بعد كسر",), ("Crutches for six weeks",), ("كرسي متحرّك نظيف للإعارة",), ("A clean wheelchair to lend",)),
    _want("transport.ride", (6, 4, 7), (1, 1, 2), "soon", ("توصيلة إلى المدينة صباح الغد",), ("A ride to the city tomorrow morning",),
          ("أنزل إلى المدينة كل يوم ومعي مقعدان",), ("Driving to the city daily, two seats free",)),
    _want("transport.clinic_ride", (6, 3, 5), (1, 2), "soon", ("موعد غسيل كلى ولا سيارة عندنا", "توصيلة إلى عيادة العيون"), ("A ride to the clinic and back",),
          ("أوصل إلى العيادة وأنتظر",), ("I drive to the clinic and wait",)),
    _want("transport.accessible_ride", (2, 1, 1), (1,), "week", (), ("My father uses a wheelchair, the van must have a ramp",), (), ()),
    _want("transport.delivery", (4, 3, 6), (1, 2, 3), "soon", ("نقل سلال إلى ثلاثة بيوت",), ("Three boxes to three doors",),
          ("درّاجة مع صندوق، لكل الحارة",), ("Cargo bike, anywhere below the steps",)),
    _want("transport.moving", (2, 6, 2), (1,), "week", ("نقل عفش نجا من الماء",), ("Moving what is left to my sister's",), ("بيك أب ليوم السبت",), ("Pick-up truck on Saturday",)),
    _want("transport.bicycle", (1, 0, 2), (3, 7), "week"),
    _want("children.baby_milk", (4, 3, 2), (2, 3, 4), "now", ("حليب لرضيع عمره خمسة أشهر",), ("Formula for a five-month-old",), (), ("Two unopened packs, she prefers mine",)),
    _want("children.nappies", (4, 4, 3), (1, 2, 3), "soon", ("حفاضات قياس ٤",), ("Nappies, size 4",), ("حفاضات صارت صغيرة علينا",), ("Outgrown size 3, half a pack and a full one",)),
    _want("children.childcare", (5, 3, 5), (2, 3, 4), "week", ("من يبقى مع طفلين أثناء موعد؟",), ("Someone for two toddlers during an appointment",),
          ("أستقبل طفلين مع أولادي بعد الظهر",), ("Two more can play with ours on Tuesdays",)),
    _want("children.clothes", (3, 3, 5), (1, 2), "week", ("ثياب شتوية لولد في السابعة",), ("Winter clothes for a seven-year-old",), ("ثياب أطفال بحالة جيدة",), ("Clean, good clothes for ages 3 to 5",)),
    _want("children.toys", (1, 1, 3), (2, 4), "whenever", (), (), ("ألعاب وكتب تلوين",), ("A box of toys, all the pieces are there",)),
    _want("care.elder_time", (4, 1, 4), (1, 2, 3), "week", ("رفقة لوالدتي صباحًا",), ("Someone to sit with my mother on weekday mornings",), ("أقرأ الجريدة وأشرب القهوة معكم",), ("Good at backgammon and listening",)),
    _want("care.personal_care", (2, 0, 1), (1, 2), "week"),
    _want("care.respite", (2, 0, 1), (2, 4), "week", ("ساعات راحة لمن يرعى مريضًا",), ("A few hours off for a carer",), (), ()),
    _want("care.cleaning", (3, 6, 3), (2, 3, 4), "week", ("تنظيف بيت بعد الماء",), ("Cleaning for someone just out of hospital",), ("أنظّف مع اثنين آخرين",), ("Two of us with buckets",)),
    _want("company.check_in", (4, 2, 4), (1, 2, 5), "week", ("اتصال كل يومين بجارة وحيدة",), ("A call every other day, she lives alone",), ("أتصل كل صباح مع القهوة",), ("Happy to ring round every morning",)),
    _want("company.visit", (3, 1, 4), (1, 2), "week", ("زيارة لرجل لا يخرج",), ("A visit, he has not been out for weeks",), ("زيارة ولعبة طاولة",), ("A visit and a game",)),
    _want("company.listening", (3, 2, 2), (1,), "soon", (), (), ("أسمع بلا أسئلة",), ("I listen, and it stays with me",)),
    _want("company.accompany", (2, 0, 2), (1,), "week", ("مرافقة إلى دائرة رسمية",), ("Company to a hospital appointment",), (), ()),
    _want("company.grief", (1, 1, 1), (1, 2), "week"),
    _want("household.blankets", (3, 9, 5), (2, 3, 4, 6), "soon", ("بطانيات، ابتلّ كل شيء",), ("Blankets, ours are soaked",), ("بطانيات نظيفة مطوية",), ("Clean blankets, folded and dry",)),
    _want("household.mattress", (2, 8, 3), (1, 2, 3), "soon", ("فرشات، نمنا على الكراسي",), ("Mattresses, we sleep on chairs",), ("فرشة مفردة كالجديدة",), ("Single mattress, like new",)),
    _want("household.clothes", (3, 5, 5), (1, 2), "week", ("ثياب لرجل قياس وسط",), ("Work clothes, size L",), ("معاطف لم نعد نلبسها",), ("Coats we no longer wear",)),
    _want("household.shoes", (2, 3, 2), (1, 2), "week", ("أحذية مدرسة ٣٤ و٣٦",), ("School shoes, 34 and 36",), (), ()),
    _want("household.fridge", (1, 5, 1), (1,), "week", ("برّاد صغير، تعطّل بعد السيل",), ("A small fridge, ours drowned",), ("برّاد يعمل، عندنا اثنان",), ("A working fridge, we have two",)),
    _want("household.furniture", (2, 3, 4), (1, 2), "whenever", ("طاولة درس لطفلين",), ("A desk for two pupils",), ("كنبة تحتاج من يحملها",), ("A sofa for whoever can carry it",)),
    _want("household.cooking_gas", (3, 3, 1), (1,), "now", ("جرّة غاز، نطبخ على الحطب",), ("A gas bottle, we cook on wood",), (), ()),
    _want("household.kitchenware", (1, 3, 2), (1, 2), "week"),
    _want("household.soap", (2, 4, 2), (2, 3), "week", ("مواد تنظيف",), ("Cleaning supplies",), (), ()),
    _want("housing.night_stay", (2, 12, 4), (1, 2, 3), "now", ("مكان للنوم الليلة لثلاثة، البيت غرق",), ("Somewhere dry to sleep tonight for two",), ("غرفة ضيوف مع حمّام",), ("Sofa bed, and breakfast",)),
    _want("housing.family_host", (1, 5, 2), (1, 2), "soon", ("بيت لعائلة إلى أن يجفّ بيتنا",), ("A home for five until ours is dry",), ("الطابق السفلي فارغ حتى الصيف",), ("Our upstairs flat is empty until summer",)),
    _want("housing.safe_place", (1, 0, 1), (2, 3), "now"),
    _want("housing.heating", (2, 5, 2), (1,), "soon", ("مدفأة لغرفة طفل",), ("A heater for a child's room",), ("صوبيا مازوت لا نستعملها",), ("Gas heater, tested",)),
    _want("housing.firewood", (2, 3, 2), (50, 100), "week", ("حطب للشتاء",), (), ("حطب زيتون مقطّع",), ("Olive wood, cut and dry",)),
    _want("crisis.rubble", (0.3, 18, 5), (4, 6, 8, 12), "soon", ("جرف الطين من الطابق الأرضي", "أيدٍ وأرفاش، الماء وصل إلى الشبابيك"), ("Shovelling mud out of a ground-floor flat", "Hands and shovels, water came up to the sills"),
          ("فريق من أربعة مع أرفاش",), ("Four of us with shovels and boots",)),
    _want("crisis.evacuation", (0.1, 6, 2), (2, 3, 4), "now", ("نقل جدّين قبل أن يرتفع الماء",), ("Two grandparents before the water rises",), ("باص صغير بعشرة مقاعد",), ("Minibus, ten seats",)),
    _want("crisis.boat", (0.1, 2, 1), (1,), "now", ("قارب إلى بيت محاصر بالماء",), ("A boat to a house cut off by the water",), ("قارب صيد مع بحّارين",), ("Fishing boat with two hands",)),
    _want("crisis.hygiene_kit", (1, 6, 2), (1, 2, 4), "soon", ("سلال نظافة لملجأ المدرسة",), ("Hygiene kits for those at the school",), (), ()),
    _want("crisis.power", (1, 8, 2), (1, 2), "now", ("شاحن لجهاز تنفّس، الكهرباء مقطوعة",), ("Power bank for a breathing machine",), ("ألواح شمسية صغيرة ومصابيح",), ("Solar lamps, charged",)),
    _want("tools.pump", (1, 10, 2), (1, 2), "now", ("مضخّة ماء لقبو",), ("A pump for a flooded cellar",), ("مضخّة بنزين مع خرطوم",), ("Petrol pump with a long hose",)),
    _want("tools.generator", (1, 5, 1), (1, 2), "now", ("مولّد للثلاجات في المطبخ",), ("A generator for the kitchen's fridges",), (), ()),
    _want("tools.power_tools", (3, 1, 5), (1, 2, 3), "week", ("مثقاب ليومين",), ("A drill for the weekend",), ("مثقاب ومنشار للإعارة",), ("Drill and jigsaw to lend",)),
    _want("tools.hand_tools", (2, 4, 4), (1, 2, 3), "week", ("عربة يد ورفش",), ("Wheelbarrow and spade",), ("عدّة كاملة للإعارة",), ("A full tool box to lend",)),
    _want("repairs.plumbing", (4, 5, 2), (1,), "soon", ("حنفيّة لا تُغلق",), ("A tap that will not close",), ("سبّاك، بعد الخامسة",), ("Plumber, after five",)),
    _want("repairs.electrics", (4, 8, 2), (1,), "soon", ("فحص الكهرباء قبل تشغيلها بعد الماء",), ("Checking the wiring before switching it on",), ("كهربائي مع عدّته",), ("Electrician with tester",)),
    _want("repairs.building", (2, 8, 2), (1, 2, 3), "week", ("سقف ينزّ فوق السرير",), ("A roof that drips over the bed",), ("معلّم باطون يوم السبت",), ("Mason, on Saturdays",)),
    _want("repairs.carpentry", (2, 4, 2), (2, 3), "week", ("باب انتفخ من الماء",), ("A door swollen shut",), (), ()),
    _want("repairs.painting", (1, 2, 2), (3, 5), "whenever"),
    _want("repairs.materials", (1, 5, 1), (5, 10, 20), "week", ("بلوك وإسمنت",), ("Blocks and cement",), ("قرميد زائد",), ("Left-over tiles",)),
    _want("repairs.appliances", (3, 2, 2), (1,), "week", ("غسّالة لا تعصر",), ("A washing machine that will not spin",), ("أصلّح الغسّالات",), ("I fix washing machines",)),
    _want("repairs.sewing", (2, 0, 3), (1, 2, 4), "week", ("تقصير ستائر",), ("Trousers to shorten for school",), ("خيّاطة مع ماكينة",), ("Seamstress with a machine",)),
    _want("repairs.vehicles", (2, 1, 2), (1,), "week", ("درّاجة بلا فرامل",), ("A bicycle without brakes",), (), ()),
    _want("digital.tech_help", (3, 1, 4), (1,), "week", ("هاتف جديد لا أعرف كيف أستعمله",), ("Setting up a phone for my uncle",), ("أشرح بصبر",), ("Patient with phones and forms",)),
    _want("digital.airtime", (2, 4, 1), (1, 2), "soon", ("رصيد للاتصال بالعائلة",), ("Data to call family abroad",), (), ()),
    _want("learning.homework", (5, 0, 5), (1, 2, 3), "week", ("مساعدة في رياضيات السادس",), ("Help with grade 6 maths",), ("مدرّس رياضيات متقاعد",), ("Maths and physics, weekday evenings",)),
    _want("learning.school_supplies", (3, 3, 2), (1, 2, 3), "week", ("قرطاسية لثلاثة أولاد",), ("School bags and notebooks",), (), ("Backpacks, as new",)),
    _want("learning.language_lessons", (3, 0, 4), (2, 4, 6), "whenever", ("محادثة إنكليزية لسيدة",), ("Arabic conversation for a newcomer",), ("دروس عربية للقادمين الجدد",), ("English conversation over tea",)),
    _want("learning.literacy", (1, 0, 2), (3, 5), "whenever"),
    _want("papers.interpreting", (3, 1, 3), (1, 2), "soon", ("ترجمة فورية في موعد طبيب",), ("Interpreting Arabic and Bangla at the clinic",), (), ("Turkish and Arabic, most mornings",)),
    _want("papers.forms", (3, 3, 2), (2, 3, 4), "week", ("تعبئة استمارة تعويض",), ("A form I do not understand",), (), ()),
    _want("papers.official_papers", (2, 1, 1), (1,), "week"),
    _want("papers.legal_advice", (2, 1, 1), (1,), "week"),
    _want("papers.job_search", (2, 1, 2), (1, 2), "whenever", ("كتابة سيرة ذاتية",), ("A second pair of eyes on a CV",), (), ()),
    _want("money.rent", (2, 2, 0.3), (1,), "week"),
    _want("money.bills", (2, 2, 0.3), (1,), "week"),
    _want("money.cash", (2, 4, 0.3), (1,), "soon"),
    _want("organising.hands", (3, 6, 5), (2, 4, 6), "soon", ("أيدٍ لتفريغ شاحنة",), ("Hands to unload a truck",), ("متفرّغ مساءً",), ("Free most evenings",)),
    _want("organising.packing", (2, 5, 4), (2, 3, 4), "soon", ("فرز تبرّعات",), ("Sorting donations",), ("نفرز ونعبّئ",), ("We pack and sort",)),
    _want("organising.clean_up", (1, 5, 2), (3, 4), "week", ("تنظيف الدرج بعد العاصفة",), ("Clearing the steps after the storm",), (), ()),
    _want("farm.irrigation_turn", (2, 0, 1), (2, 3), "soon", ("تبديل دور الماء هذا الأسبوع",), ("Swapping my turn at the canal",), (), ()),
    _want("farm.harvest", (2, 1, 2), (1, 2, 3), "week", ("قطاف زيتون قبل المطر",), ("Olive picking before the rain",), ("نقطف مقابل زيت",), ("We pick, you press",)),
    _want("farm.seedlings", (1, 1, 2), (10, 20), "whenever", (), (), ("شتول بندورة",), ("Tomato seedlings",)),
    _want("farm.pest_control", (1, 0, 1), (1,), "week"),
    _want("farm.ploughing", (1, 0, 1), (2, 4), "week"),
    _want("animals.feed", (1, 2, 1), (2, 4), "soon", ("علف لأغنام بعد غرق المخزن",), ("Hay, the store was flooded",), (), ()),
    _want("animals.sitting", (1, 0, 1), (3, 5), "week"),
    _want("celebrations.party_things", (1, 0, 2), (1, 2), "week", ("كراسي لعرس صغير",), ("Chairs for a small wedding",), (), ()),
    _want("celebrations.mourning_meal", (1, 0, 1), (10, 15), "now", ("طعام لبيت عزاء",), (), (), ()),
    _want("spaces.storage", (1, 3, 2), (1, 2), "week", ("مكان جافّ لعفش عائلة",), ("Dry storage for furniture",), ("مستودع جافّ",), ("A dry garage",)),
    _want("spaces.meeting_room", (1, 0, 2), (2, 3), "whenever"),
)  # fmt: skip

# Everything else in the catalogue is asked for and offered now and then, without a word beyond its name.
_AMOUNTS: Final = {
    "portion": (4, 6),
    "kg": (3, 5),
    "litre": (10, 20),
    "hour": (1, 2, 3),
    "page": (2, 4),
    "piece": (1, 2),
}
_TAIL: Final = tuple(
    _want(kind.code, (0.25, 0.1, 0.25), _AMOUNTS.get(kind.unit, (1, 2)), "week")
    for kind in catalogue.ALL
    if kind.code not in {one.code for one in _TOLD}
)
WANTS: Final = (*_TOLD, *_TAIL)
BY_CODE: Final = {one.code: one for one in WANTS}

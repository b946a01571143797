"""Names, numbers and doors of invented people. Every phone number is from the ranges kept free for stories."""

from random import Random
from typing import Final

# Arabic script and the Latin spelling its owner would choose.
FIRST: Final = (
    ("هالة", "Hala"), ("سعاد", "Souad"), ("رنا", "Rana"), ("نادين", "Nadine"), ("ليلى", "Layla"), ("مريم", "Mariam"),
    ("زينب", "Zeinab"), ("فاطمة", "Fatima"), ("جميلة", "Jamila"), ("هدى", "Huda"), ("سمر", "Samar"), ("نور", "Nour"),
    ("دانا", "Dana"), ("ريم", "Reem"), ("سلمى", "Salma"), ("عبير", "Abeer"), ("منى", "Mona"), ("وفاء", "Wafaa"),
    ("أمل", "Amal"), ("رغد", "Raghad"), ("لينا", "Lina"), ("تالا", "Tala"), ("جنى", "Jana"), ("ميساء", "Maysaa"),
    ("خديجة", "Khadija"), ("إيمان", "Iman"), ("صباح", "Sabah"), ("غادة", "Ghada"), ("رولا", "Rola"), ("كارلا", "Carla"),
    ("أحمد", "Ahmad"), ("محمود", "Mahmoud"), ("يوسف", "Youssef"), ("عمر", "Omar"), ("خالد", "Khaled"),
    ("سامر", "Samer"), ("وليد", "Walid"), ("حسن", "Hassan"), ("علي", "Ali"), ("إلياس", "Elias"), ("جورج", "Georges"),
    ("طوني", "Tony"), ("بلال", "Bilal"), ("زياد", "Ziad"), ("فادي", "Fadi"), ("رامي", "Rami"), ("نبيل", "Nabil"),
    ("كريم", "Karim"), ("طارق", "Tarek"), ("ماجد", "Majed"), ("هشام", "Hisham"), ("باسم", "Bassem"), ("أنور", "Anwar"),
    ("سليم", "Salim"), ("إبراهيم", "Ibrahim"), ("مصطفى", "Mustafa"), ("جاد", "Jad"), ("آدم", "Adam"), ("مازن", "Mazen"),
    ("غسان", "Ghassan"), ("عدنان", "Adnan"), ("رفيق", "Rafik"), ("نزار", "Nizar"), ("شادي", "Shadi"), ("وسام", "Wissam"),
)  # fmt: skip
FAMILY: Final = (
    ("منصور", "Mansour"), ("الخطيب", "Khatib"), ("حداد", "Haddad"), ("صعب", "Saab"), ("نجار", "Najjar"),
    ("الحلو", "Helou"), ("خوري", "Khoury"), ("عيتاني", "Itani"), ("شحادة", "Shehadeh"), ("البحري", "Bahri"),
    ("مرعي", "Merhi"), ("دياب", "Diab"), ("سلامة", "Salameh"), ("عواد", "Awad"), ("كرم", "Karam"), ("زيدان", "Zeidan"),
    ("الصياد", "Sayyad"), ("قاسم", "Kassem"), ("طرابلسي", "Trabelsi"), ("رزق", "Rizk"), ("فرحات", "Farhat"),
    ("نصار", "Nassar"), ("بيطار", "Bitar"), ("العلي", "Al-Ali"), ("حمود", "Hammoud"), ("يعقوب", "Yacoub"),
    ("عبود", "Abboud"), ("درويش", "Darwish"), ("سكر", "Sukkar"), ("الزعبي", "Zoubi"), ("جابر", "Jaber"),
    ("مخول", "Makhoul"), ("شمعون", "Shamoun"), ("الأسمر", "Asmar"), ("ملحم", "Melhem"), ("عازار", "Azar"),
    ("كنعان", "Kanaan"), ("برجاوي", "Berjawi"), ("حمدان", "Hamdan"), ("الشامي", "Shami"), ("فياض", "Fayad"),
)  # fmt: skip
ELSEWHERE: Final = (
    ("Daniel Okafor", "en"), ("Anahit Sarkissian", "en"), ("Garo Hagopian", "en"), ("Maria Santos", "en"),
    ("Joy Dela Cruz", "en"), ("Tigist Bekele", "en"), ("Selam Haile", "en"), ("Rahim Uddin", "bn"),
    ("Shirin Akter", "bn"), ("Ayşe Demir", "tr"), ("Mehmet Kaya", "tr"), ("Reza Karimi", "fa"), ("Parisa Ahmadi", "fa"),
    ("Imran Siddiqui", "ur"), ("Nadia Chaudhry", "ur"), ("Claire Moreau", "fr"), ("Amadou Diallo", "fr"),
    ("Wanjiru Njoroge", "sw"), ("Joseph Mwangi", "sw"), ("Siti Rahmawati", "id"), ("Budi Santoso", "id"),
    ("Dilan Şahin", "tr"), ("Rojîn Ehmed", "ar"), ("Hêvî Mihemed", "ar"), ("Oksana Bondar", "en"), ("Ruth Adeyemi", "en"),
    ("Kofi Mensah", "en"), ("Priya Nair", "en"), ("Lucía Herrera", "en"), ("Tomás Silva", "en"), ("Hannah Weiss", "en"),
    ("Mikael Berg", "en"), ("Nimal Perera", "en"), ("Thandi Dlamini", "en"), ("Fanta Keïta", "fr"), ("Zhang Wei", "en"),
)  # fmt: skip

# A thousand numbers behind each prefix belong to nobody: they are set aside for plays and films.
PHONE_PREFIXES: Final = (
    "+442079460",
    "+441134960",
    "+441144960",
    "+441174960",
    "+441214960",
    "+441414960",
    "+441614960",
)
NUMBERS_A_PREFIX: Final = 1000

_DOORS_AR: Final = (
    ("الباب الأخضر", "الباب الأزرق", "الباب الحديدي", "البوابة البيضاء", "المدخل الجانبي", "البناية الصفراء", "الباب الخشبي القديم"),
    ("مقابل فرن أبو سمير", "فوق دكان أم جورج", "بجانب صيدلية الميناء", "خلف مدرسة الشاطئ", "قرب سبيل الماء",
     "عند درج الصيادين", "قبل موقف الباص الأخير", "تحت شجرة الجميز", "مقابل محل الأقفال", "آخر الزقاق على اليمين"),
    ("الطابق الأرضي", "الطابق الأول", "الطابق الثاني، الشقة على اليسار", "الطابق الثالث بلا مصعد", "السطح",
     "الجرس لا يعمل، اطرقوا الباب", "اتصلوا عند الوصول"),
)  # fmt: skip
_DOORS_EN: Final = (
    ("The green door", "The blue door", "The iron gate", "The yellow building", "The side entrance", "The old wooden door"),
    ("opposite Abu Samir's bakery", "above Umm Georges' shop", "beside the harbour pharmacy", "behind the beach school",
     "near the water fountain", "at the top of the fishermen's steps", "just before the last bus stop",
     "under the sycamore", "across from the locksmith", "at the end of the alley on the right"),
    ("ground floor", "first floor", "second floor, flat on the left", "third floor, no lift", "on the roof",
     "the bell is broken, please knock", "call when you arrive"),
)  # fmt: skip
_NOTES_AR: Final = (
    "السمع ضعيف، اطرقوا بقوة", "معنا طفلان صغيران", "لا أستطيع نزول الدرج", "الكلب لا يعض", "أكون في البيت بعد الظهر",
    "من فضلكم اتصلوا قبل بساعة", "والدتي مريضة ونائمة صباحًا", "لا نأكل اللحم", "عندي حساسية من الفستق",
)  # fmt: skip
_NOTES_EN: Final = (
    "Hard of hearing, please knock loudly", "Two small children at home", "I cannot manage the stairs",
    "The dog is friendly", "Home after two in the afternoon", "Please call an hour before", "No nuts, allergy",
    "My mother sleeps in the mornings",
)  # fmt: skip


def name_of(chance: Random, number: int) -> tuple[str, str]:
    """Return a shown name and the language its owner reads best. ``number`` makes two of one name distinct."""
    if chance.random() < 0.08:
        name, language = chance.choice(ELSEWHERE)
        first, _, family = name.partition(" ")
        return (f"{first} {family[0]}." if number % 3 else name), language
    given, inherited = chance.choice(FIRST), chance.choice(FAMILY)
    if chance.random() < 0.66:
        if chance.random() < 0.10:
            return f"{'أم' if chance.random() < 0.6 else 'أبو'} {given[0]}", "ar"
        return f"{given[0]} {inherited[0]}", "ar"
    if chance.random() < 0.25:
        return f"{given[1]} {inherited[1][0]}.", "en"
    return f"{given[1]} {inherited[1]}", "en"


def phone_of(number: int) -> str:
    """Return the number-th of the numbers that belong to nobody."""
    prefix, line = divmod(number % (NUMBERS_A_PREFIX * len(PHONE_PREFIXES)), NUMBERS_A_PREFIX)
    return f"{PHONE_PREFIXES[prefix]}{line:03d}"


def door_of(chance: Random, language: str) -> str:
    parts = _DOORS_AR if language == "ar" else _DOORS_EN
    return ("، " if language == "ar" else ", ").join(chance.choice(choices) for choices in parts)


def note_of(chance: Random, language: str) -> str:
    """Return what only the one who helps needs to know; often there is nothing to say."""
    return chance.choice(_NOTES_AR if language == "ar" else _NOTES_EN) if chance.random() < 0.35 else ""

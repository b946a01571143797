"""The names people type after a number, in the nine languages: ``5 boxes``, ``1,5 saat``, ``٢ كيلو``. Only for reading
them.
"""

from typing import Final

# A bar parts the names; a unit's part has its own line.
WORDS: Final[dict[str, str]] = {
    "piece": (
        "piece|pieces|pc|pcs|item|items|قطعة|قطع|قطعتان|قطعتين|حبة|حبات|عدد|ٹکڑا|tane|adet|buah|biji|টি|"
        "pièce|pièces|kipande|vipande"
    ),
    "portion": (
        "portion|portions|meal|meals|serving|servings|plate|plates|وجبة|وجبات|وجبتان|وجبتين|حصة|حصص|طبق|"
        "أطباق|کھانا|کھانے|پرس|وعده|porsiyon|porsi|repas|বেলা|sahani|mlo|milo"
    ),
    "person": (
        "person|persons|people|adult|adults|child|children|kid|kids|شخص|أشخاص|شخصان|شخصين|نفر|أنفار|طفل|"
        "أطفال|فرد|أفراد|افراد|لوگ|بچے|kişi|orang|জন|personne|personnes|mtu|watu"
    ),
    "family": (
        "family|families|household|households|عائلة|عائلات|عوائل|أسرة|أسر|أسرتان|أسرتين|خاندان|خانواده|"
        "aile|keluarga|পরিবার|famille|familles|familia"
    ),
    "box": (
        "box|boxes|carton|cartons|parcel|parcels|صندوق|صناديق|كرتونة|كراتين|علبة|علب|علبتان|علبتين|ڈبہ|"
        "ڈبے|جعبه|kutu|koli|kotak|dus|বাক্স|boîte|boîtes|sanduku"
    ),
    "bag": (
        "bag|bags|sack|sacks|كيس|أكياس|كيسان|كيسين|شوال|شوالات|جوال|تھیلا|تھیلے|بوری|کیسه|گونی|torba|"
        "çuval|karung|kantong|ব্যাগ|বস্তা|sac|sacs|mfuko|mifuko|gunia"
    ),
    "pack": (
        "pack|packs|packet|packets|علبة|علب|عبوة|عبوات|باكيت|رزمة|ربطة|ربطات|پیکٹ|بسته|paket|bungkus|"
        "প্যাকেট|paquet|paquets|pakiti"
    ),
    "set": "set|sets|kit|kits|طقم|أطقم|مجموعة|مجموعات|سیٹ|دست|takım|সেট|jeu|lot|lots|seti",
    "pair": "pair|pairs|زوج|أزواج|زوجان|زوجين|جوڑا|جوڑے|جفت|çift|pasang|জোড়া|paire|paires|jozi",
    "kg": (
        "kg|kgs|kilo|kilos|kilogram|kilograms|kilogramme|kilogrammes|كغ|كغم|كجم|كيلو|كيلوغرام|كيلوجرام|"
        "کلو|کلوگرام|کیلو|کیلوگرم|কেজি|কিলো"
    ),
    "litre": "l|lt|ltr|litre|litres|liter|liters|ل|لتر|لترات|لترا|ليتر|ليترات|لیٹر|لیتر|লিটার|lita",
    "hour": "h|hr|hrs|hour|hours|saat|jam|heure|heures|ساعة|ساعات|ساعتان|ساعتين|گھنٹہ|گھنٹے|ساعت|ঘণ্টা|saa",
    "day": "day|days|يوم|أيام|يومان|يومين|دن|روز|gün|hari|দিন|jour|jours|siku",
    "night": "night|nights|ليلة|ليال|ليالي|ليلتان|ليلتين|رات|راتیں|شب|gece|malam|রাত|nuit|nuits|usiku",
    "week": "week|weeks|أسبوع|أسابيع|أسبوعان|أسبوعين|ہفتہ|ہفتے|هفته|hafta|minggu|সপ্তাহ|semaine|semaines|wiki",
    "trip": (
        "trip|trips|ride|rides|load|loads|رحلة|رحلات|رحلتان|رحلتين|مشوار|مشاوير|نقلة|نقلات|سفر|چکر|sefer|"
        "perjalanan|যাত্রা|trajet|trajets|safari"
    ),
    "visit": (
        "visit|visits|زيارة|زيارات|زيارتان|زيارتين|ملاقات|دورہ|دیدار|ziyaret|kunjungan|সাক্ষাৎ|visite|visites|ziara"
    ),
    "call": "call|calls|مكالمة|مكالمات|اتصال|اتصالات|کال|تماس|arama|panggilan|কল|appel|appels|simu",
    "session": (
        "session|sessions|lesson|lessons|class|classes|جلسة|جلسات|جلستان|جلستين|درس|دروس|حصة|حصص|نشست|"
        "سبق|جلسه|ders|seans|sesi|সেশন|ক্লাস|séance|séances|cours|kipindi"
    ),
    "page": "page|pages|صفحة|صفحات|صفحتان|صفحتين|صفحہ|صفحے|صفحه|sayfa|halaman|পৃষ্ঠা|ukurasa|kurasa",
    "place": (
        "place|places|seat|seats|bed|beds|spot|spots|مكان|أماكن|مقعد|مقاعد|سرير|أسرة|جگہ|نشست|جا|yer|"
        "koltuk|yatak|tempat|kursi|আসন|lit|lits|nafasi"
    ),
    "room": (
        "room|rooms|غرفة|غرف|غرفتان|غرفتين|أوضة|کمرہ|کمرے|اتاق|oda|kamar|ruang|কক্ষ|ঘর|chambre|chambres|chumba|vyumba"
    ),
    "animal": (
        "animal|animals|head|رأس|رؤوس|حيوان|حيوانات|جانور|دام|hayvan|baş|ekor|পশু|bête|bêtes|animaux|mnyama|wanyama"
    ),
    "plant": (
        "plant|plants|seedling|seedlings|tree|trees|شتلة|شتلات|شتلتان|شتلتين|نبتة|شجرة|أشجار|پودا|پودے|"
        "نهال|fide|fidan|bibit|চারা|plante|mche|miche"
    ),
    "gram": "g|gr|gram|grams|gramme|grammes|غ|غم|جم|غرام|غراما|جرام|جراما|گرام|گرم|গ্রাম|gramu",
    "millilitre": (
        "ml|millilitre|millilitres|milliliter|mililitre|mililiter|مل|مليلتر|ملي|ملی لیٹر|میلی لیتر|মিলি|"
        "মিলিলিটার|mililita"
    ),
    "minute": "m|min|mins|minute|minutes|dakika|dk|menit|دقيقة|دقائق|دقيقتان|دقيقتين|منٹ|دقیقه|মিনিট",
}

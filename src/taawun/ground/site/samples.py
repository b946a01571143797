"""Words and values for the style page: what a small circle might really write, in both directions of writing."""

from typing import Any, Final

from taawun.ground.site.parts import Action, Card, Fact, Link, Step, Table

ENGLISH: Final[dict[str, str]] = {
    "circle": "Harbour Street neighbours",
    "board": "Board", "now": "Now", "add": "Ask or offer", "mine": "Mine", "people": "People",
    "all": "All", "requests": "Requests", "offers": "Offers", "food": "Food", "care": "Care",
    "open": "open", "taken": "taken", "late": "late", "done": "done this week",
    "board_lead": "What people here need and give, nearest and most urgent first.",
    "meal": "Hot meals", "bread": "Bread", "milk": "Baby milk", "medicine": "Medicine from the pharmacy",
    "ride": "Ride to the hospital", "listening": "Someone to listen", "elder": "Sitting with an elderly person",
    "drill": "Drill and ladder", "form_help": "Help with a form", "blankets": "Blankets",
    "meals4": "4 portions", "one": "1 trip", "hours2": "2 hours", "blankets6": "6 pieces", "packs": "2 packs", "three": "3 a week",
    "old_town": "Old town, by the well", "harbour": "Harbour street", "north": "North gate", "hill": "Mill hill",
    "today": "today before 19:00", "tomorrow": "tomorrow 8:30", "thursdays": "every Thursday", "weekend": "this weekend", "yesterday": "was due at 14:00",
    "near": "400 m", "far": "2.1 km", "note": "Vegetarian please. She is hard of hearing: ring twice.",
    "who": "Samira K.", "kitchen": "Community Kitchen East", "claim": "I'm on this", "accept": "Accept this", "hand_over": "Hand over", "drop": "Drop out",
    "call": "Call", "delivered": "Delivered", "news": "New on the board: show", "share": "Share",
    "what": "What do you need?", "what_hint": "A few words, as you would say it to a neighbour. No names.", "kind": "Kind",
    "amount": "How many portions?", "four": "4", "when": "How urgent is it?", "where": "Where, in words",
    "agreed": "A coordinator may call me", "agreed_hint": "Only about this request.", "save": "Put it on the board", "locate": "Use my location",
    "info": "Nobody sees your name or door before you accept somebody.", "success": "Your request is on the board.",
    "warn": "This claim ends at 18:00 unless you say you are still on it.", "danger": "Somebody else took the last portion a moment ago.",
    "empty": "Nothing open near you right now. That is good news.", "offer": "Offer something",
    "step1": "asked for 4 portions.", "step2": "is on this: 3 portions.", "step3": "brought 3 portions.", "step4": "1 portion is open again.",
    "ago1": "Today 9:12", "ago2": "Today 9:40", "ago3": "Today 12:05",
    "status": "Three of four portions are on their way", "progress": "Found so far", "progress_text": "3 of 4",
    "story": "What happened", "helpers": "Who is on this", "facts": "The request", "next": "Your part",
    "table": "Who has not been helped", "name": "Name", "waiting": "Waiting", "asked": "Asked for", "hours": "26 hours", "hours3": "3 hours",
}  # fmt: skip

ARABIC: Final[dict[str, str]] = {
    "circle": "جيران شارع الميناء",
    "board": "اللوحة", "now": "الآن", "add": "اطلب أو قدّم", "mine": "ما يخصّني", "people": "الناس",
    "all": "الكل", "requests": "طلبات", "offers": "عروض", "food": "طعام", "care": "رعاية",
    "open": "مفتوحة", "taken": "قيد التنفيذ", "late": "متأخرة", "done": "تمّت هذا الأسبوع",
    "board_lead": "ما يحتاجه الناس هنا وما يقدّمونه، الأقرب والأكثر استعجالًا أولًا.",
    "meal": "وجبات ساخنة", "bread": "خبز", "milk": "حليب أطفال", "medicine": "دواء من الصيدلية",
    "ride": "توصيلة إلى المستشفى", "listening": "شخص يُصغي", "elder": "مجالسة شخص مسنّ",
    "drill": "مثقاب وسلّم", "form_help": "مساعدة في تعبئة استمارة", "blankets": "بطانيات",
    "meals4": "٤ حصص", "one": "رحلة واحدة", "hours2": "ساعتان", "blankets6": "٦ قطع", "packs": "عبوتان", "three": "٣ في الأسبوع",
    "old_town": "البلدة القديمة، قرب البئر", "harbour": "شارع الميناء", "north": "الباب الشمالي", "hill": "تلّة الطاحونة",
    "today": "اليوم قبل ١٩:٠٠", "tomorrow": "غدًا ٨:٣٠", "thursdays": "كل خميس", "weekend": "نهاية هذا الأسبوع", "yesterday": "كان موعده ١٤:٠٠",
    "near": "٤٠٠ م", "far": "٢٫١ كم", "note": "نباتي من فضلكم. سمعها ضعيف: اضغطوا الجرس مرتين.",
    "who": "سميرة خ.", "kitchen": "مطبخ الحي الشرقي", "claim": "أنا لها", "accept": "أقبل هذا", "hand_over": "سلّمها لغيري", "drop": "أنسحب",
    "call": "اتصل", "delivered": "سلّمتها", "news": "جديد على اللوحة: اعرضه", "share": "شارك",
    "what": "ماذا تحتاج؟", "what_hint": "كلمات قليلة كما تقولها لجارك، بلا أسماء.", "kind": "النوع",
    "amount": "كم حصة؟", "four": "٤", "when": "ما مدى الاستعجال؟", "where": "أين، بالكلمات",
    "agreed": "يمكن للمنسّق أن يتصل بي", "agreed_hint": "بشأن هذا الطلب فقط.", "save": "ضعه على اللوحة", "locate": "استخدم موقعي",
    "info": "لا يرى أحد اسمك أو بابك قبل أن تقبل به.", "success": "طلبك الآن على اللوحة.",
    "warn": "ينتهي هذا التعهّد عند ١٨:٠٠ ما لم تقل إنك ما زلت عليه.", "danger": "أخذ شخص آخر الحصة الأخيرة قبل لحظة.",
    "empty": "لا شيء مفتوح قربك الآن. هذا خبر طيّب.", "offer": "قدّم شيئًا",
    "step1": "طلبت ٤ حصص.", "step2": "تكفّل بثلاث حصص.", "step3": "أوصل ٣ حصص.", "step4": "حصة واحدة مفتوحة من جديد.",
    "ago1": "اليوم ٩:١٢", "ago2": "اليوم ٩:٤٠", "ago3": "اليوم ١٢:٠٥",
    "status": "ثلاث حصص من أربع في الطريق", "progress": "ما تأمّن حتى الآن", "progress_text": "٣ من ٤",
    "story": "ما الذي جرى", "helpers": "من يقوم بها", "facts": "الطلب", "next": "دورك",
    "table": "من لم تصله المساعدة بعد", "name": "الاسم", "waiting": "ينتظر منذ", "asked": "طلب", "hours": "٢٦ ساعة", "hours3": "٣ ساعات",
}  # fmt: skip


def sample(language: str) -> dict[str, str]:
    """The words in the language of the page; English where there are none yet."""
    return ARABIC if language.startswith("ar") else ENGLISH


def navigation(said: dict[str, str], part: str) -> list[Link]:
    return [
        Link(said["board"], "/style/board/", "board", current=part == "board"),
        Link(said["now"], "/style/request/", "now", current=part == "request", count=3),
        Link(said["add"], "/style/", "plus", current=part == "parts", primary=True),
        Link(said["mine"], "/style/", "mine"),
    ]


def cards(said: dict[str, str]) -> list[Card]:
    """A board as it might stand at noon: everything a card can be."""
    url = "/style/request/"
    claim = Action(said["claim"], url, "claim", method="post")
    accept = Action(said["accept"], url, "accept", method="post")
    done = Action(said["delivered"], url, "delivered", method="post")
    return [
        Card(said["medicine"], url, "medicine", "request", "now", "open", said["packs"], said["old_town"], said["today"], said["near"], action=claim),
        Card(said["meal"], url, "meal", "request", "soon", "taken", said["meals4"], said["harbour"], said["today"], said["near"], said["who"], note=said["note"]),
        Card(said["meal"], url, "meal", "offer", "whenever", "open", said["meals4"], said["north"], said["thursdays"], said["far"], said["kitchen"], "organisation", action=accept),
        Card(said["ride"], url, "car", "request", "soon", "late", said["one"], said["hill"], said["yesterday"], said["far"], said["who"], action=done),
        Card(said["listening"], url, "listening", "offer", "week", "open", said["hours2"], said["hill"], said["weekend"], said["far"], action=accept),
        Card(said["form_help"], url, "paperwork", "request", "week", "open", said["hours2"], said["harbour"], said["weekend"], said["near"], action=claim),
        Card(said["drill"], url, "drill", "offer", "whenever", "open", "", said["old_town"], said["weekend"], said["near"], action=accept),
        Card(said["blankets"], url, "blanket", "request", "soon", "open", said["blankets6"], said["north"], said["tomorrow"], said["far"], action=claim),
        Card(said["milk"], url, "baby-milk", "request", "now", "done", said["packs"], said["hill"], said["today"], said["far"], said["kitchen"], "organisation"),
    ]  # fmt: skip


def pieces(said: dict[str, str]) -> dict[str, Any]:
    """Everything beside cards and forms."""
    url = "/style/"
    return {
        "counts": [
            Link(said["open"], url, "state-open", current=True, count=42),
            Link(said["taken"], url, "state-taken", count=17),
            Link(said["late"], url, "state-late", count=3),
            Link(said["done"], url, "state-done", count=128),
        ],
        "filters": [
            Link(said["all"], url, current=True),
            Link(said["requests"], url, "ask", count=31),
            Link(said["offers"], url, "offer", count=11),
            Link(said["food"], url, "food", count=14),
            Link(said["care"], url, "elder", count=5),
        ],
        "tabs": [
            Link(said["requests"], url, "ask", current=True, count=4),
            Link(said["offers"], url, "offer", count=2),
        ],
        "facts": [
            Fact(said["amount"], said["meals4"], "meal"),
            Fact(said["when"], said["today"], "clock"),
            Fact(said["where"], said["old_town"], "place"),
        ],
        "steps": [
            Step(said["step1"], said["ago1"], "2026-11-21T09:12", "ask", said["who"]),
            Step(said["step2"], said["ago2"], "2026-11-21T09:40", "claim", said["kitchen"]),
            Step(said["step3"], said["ago3"], "2026-11-21T12:05", "delivered", said["kitchen"], look="good"),
            Step(said["step4"], said["ago3"], "2026-11-21T12:05", "state-open", look="bad"),
        ],
        "table": Table(
            said["table"],
            [said["name"], said["asked"], said["waiting"]],
            [[said["who"], said["meal"], said["hours"]], ["Ömer Ş.", said["medicine"], said["hours3"]]],
        ),
        "claim": Action(said["claim"], url, "claim", method="post"),
        "hand_over": Action(said["hand_over"], url, "hand-over", look="quiet"),
        "drop": Action(said["drop"], url, "drop-out", look="quiet"),
        "call": Action(said["call"], url, "call"),
        "give": Action(said["offer"], url, "offer", look="primary"),
    }

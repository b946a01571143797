"""What the people of the three galleries write: a quiet English one, a quiet Arabic one, and one that means harm."""

from tests.browser.gallery import Words

ENGLISH = Words(
    language="en",
    circle="Harbour Quarter Neighbours",
    place="Harbour Quarter",
    welcome="Here neighbours look after each other. Everybody gives, everybody receives.\n\nRing at the mill if you are unsure.",
    coordinator="Amina Haddad",
    giver="Yusuf Karam",
    receiver="Zeynep Aydın",
    neighbour="Old Tom",
    paper="Umm Salim",
    organisation="Open Kitchen",
    areas=["Mill Lane", "Orchard Gardens", "North Quay", "Upper Terrace"],
    summaries=[
        "Warm, for two children, no nuts please", "", "Every Friday after prayers", "For a neighbour just home from hospital",
        "Ground floor, no stairs", "Fresh if you can", "Size 38 to 40", "We have a trailer",
    ],
    door="Second door after the mill, blue gate",
    details="The lift is broken; please ring twice.",
)  # fmt: skip

ARABIC = Words(
    language="ar",
    circle="جيران حيّ الميناء",
    place="حيّ الميناء",
    welcome="هنا يعتني الجيران بعضهم ببعض. الكلّ يعطي والكلّ يأخذ.\n\nمن لم يعرف فليسأل عند الطاحونة.",
    coordinator="أمينة حدّاد",
    giver="يوسف كرم",
    receiver="زينب العلي",
    neighbour="العم توفيق",
    paper="أم سليم",
    organisation="المطبخ المفتوح",
    areas=["زقاق الطاحونة", "حي البساتين", "الرصيف الشمالي", "الشرفة العليا"],
    summaries=[
        "ساخنة لطفلين، من دون مكسّرات", "", "كل جمعة بعد الصلاة", "لجارة عادت من المستشفى", "الطابق الأرضي بلا درج",
        "طازج إن أمكن", "مقاس ٣٨ إلى ٤٠", "عندنا مقطورة",
    ],
    door="الباب الثاني بعد الطاحونة، البوّابة الزرقاء",
    details="المصعد معطّل؛ اقرع الجرس مرّتين.",
)  # fmt: skip

# What must stay text. `x-evil` is an element no page of ours has, `stolen` a mark a script would leave behind.
MARKUP = [
    "<script>window.stolen=1</script>",
    "</title><script>window.stolen=2</script>",
    "</bdi></a></h2><x-evil>",
    "<img src=x onerror=window.stolen=3>",
    "<svg onload=window.stolen=4><x-evil>",
    "<iframe srcdoc='<script>parent.stolen=5</script>'>",
    "\"><x-evil onfocus=window.stolen=6 autofocus tabindex=1>",
    "' onmouseover='window.stolen=7' x='",
    "\" style=\"position:fixed;inset:0\" x=\"",
    "<a href=javascript:window.stolen=8>tap</a>",
    "javascript:window.stolen=9",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<form action=https://evil.example><input name=key>",
    "--><x-evil><!--",
    "]]><x-evil>",
    "{{ settings.SECRET_KEY }} {% debug %}",
    "${window.stolen=10} #{7*7} <%= 7*7 %>",
    "<div hx-get=/me/ hx-trigger=load data-topic=board data-fragment=/x>",
    "<textarea><x-evil>",
    "&lt;x-evil&gt; &#60;x-evil&#62;",
    "\\u003cx-evil\\u003e %3Cx-evil%3E",
    "'; DROP TABLE aid_intent; --",
    "ﷺ" * 18 + "Z̸̡̛̼̗̘" * 8,
    "W" * 78,
    "long-word/without.a_break:" * 3,
]
# Signs that turn the reading direction, as they would stand there had they got past every door. Isolates that are never
# closed (U+2066 to 2068) are not among them: no element holds those in, so that the doors take them out is all there is.
TURNING = [
    "\u202egnp.eno 999", "\u202b\u202b\u202b 900 \u202a", "\u202e\u202e\u202d 12 \u202c", "\u200f\u200e\u061c 55",
    "\u2067 \u202e open \u2069", "٩٩٩ \u202b 77 \u202a", "فتح 900 \u202e 4",
]  # fmt: skip

HOSTILE = Words(
    language="en",
    circle="<x-evil>\"'&circle</title>{{ 7 }}",
    place="<script>window.stolen=20</script>",
    welcome="\n".join(MARKUP[:20]),
    coordinator="<x-evil>\"Amina' onclick=window.stolen=21",
    giver="</bdi><script>window.stolen=22</script>Yusuf",
    receiver="<img src=x onerror=window.stolen=23>Zeynep",
    neighbour="{% csrf_token %}{{ request.user }}<x-evil>",
    paper="--><x-evil>Salim",
    organisation="\"><x-evil autofocus onfocus=window.stolen=24>",
    areas=[text[:78] for text in MARKUP],
    summaries=MARKUP,
    door="\n".join(MARKUP[:12])[:480],
    details="\n".join(MARKUP),
    more_names=[text[:110] for text in MARKUP],
)  # fmt: skip

"""Languages and papers. Official papers and legal advice are sensitive: what someone has before an office or a court
is theirs to tell.
"""

from typing import Final

from django.utils.translation import pgettext_lazy

from taawun.community.circles.catalogue.kind import Kind, service, skill

KINDS: Final[tuple[Kind, ...]] = (
    skill(
        "papers.interpreting",
        pgettext_lazy("kind", "Interpreting"),
        unit="hour",
        icon="interpreting",
        english="interpreter translate spoken phone language",
        arabic="مترجم ترجمة فورية لغة هاتف",
    ),
    skill(
        "papers.sign_language",
        pgettext_lazy("kind", "Sign-language interpreting"),
        unit="hour",
        icon="hands",
        english="deaf signing hearing bsl",
        arabic="صم أصم إشارة سمع",
    ),
    skill(
        "papers.translation",
        pgettext_lazy("kind", "Translating a document"),
        unit="page",
        icon="language",
        english="translator written certificate letter text",
        arabic="مترجم تحريرية شهادة مستند نص ورقة",
    ),
    service(
        "papers.forms",
        pgettext_lazy("kind", "Forms and letters"),
        unit="page",
        icon="paperwork",
        english="form fill in application letter read write",
        arabic="تعبئة نموذج طلب رسالة قراءة كتابة معاملة",
    ),
    service(
        "papers.official_papers",
        pgettext_lazy("kind", "Help with official papers"),
        unit="visit",
        icon="paperwork",
        sensitive=True,
        english="passport permit registration benefits certificate identity",
        arabic="جواز هوية إقامة تسجيل معونات شهادة معاملات",
    ),
    skill(
        "papers.legal_advice",
        pgettext_lazy("kind", "Legal advice"),
        unit="session",
        icon="legal",
        sensitive=True,
        english="lawyer solicitor court rights contract custody",
        arabic="محام محامية محكمة حقوق عقد قانون حضانة",
    ),
    service(
        "papers.job_search",
        pgettext_lazy("kind", "Help finding work"),
        unit="session",
        icon="work",
        english="job cv resume employment interview",
        arabic="وظيفة شغل سيرة ذاتية مقابلة توظيف",
    ),
)

"""What leaves for the chat group and the wall: short links, and one line in each of the circle's languages.

Only what anyone with the link sees goes into a text: kind, quantity, area, how soon. Never who, and never what people wrote.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from taawun.community.circles import kinds
from taawun.community.circles.models import Circle
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import set_scope
from taawun.ground.words.digits import digits_as, to_latin
from taawun.ground.words.languages import COMPLETE, language_of
from taawun.ground.words.units import format_amount
from taawun.practice.aid import wording
from taawun.practice.aid.models import Intent, ShortLink

DIGITS = 8
TRIES = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line for the chat group, in one language, and where it can be handed to as an ordinary link."""

    language: str
    name: str
    text: str

    @property
    def whatsapp(self) -> str:
        return f"https://wa.me/?text={quote(self.text)}"

    @property
    def telegram(self) -> str:
        words, _space, link = self.text.rpartition(" ")
        return f"https://t.me/share/url?url={quote(link)}&text={quote(words)}"

    @property
    def sms(self) -> str:
        return f"sms:?&body={quote(self.text)}"


def short_link(circle: Circle, page: str, intent: Intent | None, *, now: datetime) -> ShortLink:
    """Return the short link of a page, made when it is first asked for. The circle's scope is open."""
    wanted = {"circle": circle, "page": page, "intent": intent}
    for _try in range(TRIES):
        found = ShortLink.objects.filter(**wanted).first()
        if found is not None:
            return found
        code = str(secrets.randbelow(9 * 10 ** (DIGITS - 1)) + 10 ** (DIGITS - 1))
        try:
            with transaction.atomic():
                return ShortLink.objects.create(code=code, made_at=now, **wanted)
        except IntegrityError:
            continue
    raise RuntimeError("no short code is free")


def shown(code: str) -> str:
    """Return the code in two groups, as it is read aloud."""
    return f"{code[:4]} {code[4:]}"


def normal(text: str) -> str:
    """Return the eight digits of what was typed, in any digit system, with any spaces or dashes."""
    typed = "".join(one for one in to_latin(text) if not one.isspace() and one not in "-–—.\u200e\u200f")
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        raise Refusal("short.format", "code")
    return typed


def find(text: str) -> ShortLink:
    """Return where a code leads, with its circle's scope open. Whether that may be seen is asked there."""
    found = ShortLink.objects.select_related("circle").filter(code=normal(text)).first()
    if found is None:
        raise Refusal("short.unknown", "code", status=404)
    set_scope([found.circle_id])
    return found


def address(link: ShortLink) -> str:
    """Return the whole address, as it is read from paper."""
    return f"{settings.PUBLIC_URL}/s/{link.code}/"


def languages(circle: Circle) -> list[str]:
    """Return the circle's languages that are complete, its own first; English where there is none."""
    return [code for code in circle.languages if code in COMPLETE] or ["en"]


def lines(circle: Circle, intent: Intent | None, link: str) -> list[Line]:
    """Return one line in each language of the circle."""
    made = []
    for code in languages(circle):
        language = language_of(code)
        with translation.override(code), digits_as(language.digits):
            said = _of_intent(circle, intent) if intent else _of_board(circle)
        made.append(Line(code, language.name_native, f"{said} {link}"))
    return made


def what(circle: Circle, intent: Intent) -> str:
    """Return what is needed or offered in a few words of the active language."""
    facts = [kinds.shown(circle, intent.kind).name, format_amount(intent.left or intent.quantity, intent.unit)]
    if intent.area_id and intent.area:
        facts.append(intent.area.name)
    if intent.is_request:
        facts.append(str(wording.URGENCY_MEANINGS[intent.urgency][0]))
    return " · ".join(facts)


def _of_intent(circle: Circle, intent: Intent) -> str:
    if intent.is_request:
        return _("Needed: %(what)s. Who can help?") % {"what": what(circle, intent)}
    return _("Offered: %(what)s. Who can use it?") % {"what": what(circle, intent)}


def _of_board(circle: Circle) -> str:
    return _("%(circle)s: what is needed and offered right now.") % {"circle": circle.name}

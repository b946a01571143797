"""Telling those without an account that something is brought to them, at the address they left with their need.

Coordinators hear of it in any case: somebody may have to pick up a telephone. A notice of her own marks what was sent; it is
marked, and that is committed, before it goes, so that nothing comes twice.
"""

import logging
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import override

from taawun.community.circles.everywhere import circle_ids
from taawun.community.circles.models import Circle
from taawun.community.people.models import Account, Agent
from taawun.ground.values.scope import circle_scope
from taawun.ground.vault import store
from taawun.ground.words.digits import digits_as
from taawun.ground.words.languages import COMPLETE, language_of
from taawun.practice.aid.models import Intent
from taawun.practice.delivery.queries.carrying import coming_of
from taawun.reach.messages import console, letters, links, mail, wording
from taawun.reach.messages.models import Notice

SENT_WITHIN = timedelta(hours=12)
AT_ONCE = 200
logger = logging.getLogger("taawun.messages")


def tell_recipients(now: datetime) -> int:
    """Send what waits for people without an account. Outside a transaction. Returns how many were told."""
    with circle_scope(*circle_ids()):
        waiting = Notice.objects.filter(
            name__in=links.OF_DELIVERIES, mailed_at__isnull=True, made_at__gt=now - SENT_WITHIN
        ).exclude(agent_id__in=Account.objects.values("agent_id"))
        ids = list(waiting.order_by("made_at").values_list("circle_id", "pk")[:AT_ONCE])
    told = 0
    for circle_id, notice_id in ids:
        try:
            told += _tell(circle_id, notice_id, now=now)
        except mail.NotSent as reason:
            logger.warning("a delivery's letter waits: %s", reason)
    return told


def _tell(circle_id: uuid.UUID, notice_id: uuid.UUID, *, now: datetime) -> bool:
    with circle_scope(circle_id):
        if not Notice.objects.filter(pk=notice_id, mailed_at__isnull=True).update(mailed_at=now):
            return False
        notice = Notice.objects.get(pk=notice_id)
        circle = Circle.objects.get(pk=circle_id)
        address, letter = _written(circle, notice, now=now)
    if not address or letter is None:
        return False
    if "@" not in address:
        # No gateway for SMS is set up yet: whoever runs the server passes it on.
        console.show(address, letter.subject, letter.text)
        return True
    try:
        with mail.post() as connection:
            return mail.send(connection, letter, address)
    except mail.NotSent:
        with circle_scope(circle_id):
            Notice.objects.filter(pk=notice_id, mailed_at=now).update(mailed_at=None)
        raise


def _written(circle: Circle, notice: Notice, *, now: datetime) -> tuple[str, mail.Letter | None]:
    """Return where to send it and the letter, in a language she reads; nothing where it is over or nothing was left."""
    intent = Intent.objects.filter(circle=circle, pk__in=[notice.intent_id]).first()
    agent = Agent.objects.filter(pk=notice.agent_id).first()
    if intent is None or agent is None:
        return "", None
    # It is sent to the person herself, who may look at her own.
    herself = store.Viewer(agent.id, frozenset({agent.id}))
    opened = store.reveal(herself, [intent.id], "sending", circle_id=circle.id, now=now, only={intent.id: ["phone"]})
    address = opened.get(intent.id, {}).get("phone", "")
    if not (address.startswith("+") or ("@" in address and " " not in address)):
        return "", None
    spoken = [code for code in [*agent.languages, *circle.languages] if code in COMPLETE]
    language = spoken[0] if spoken else "en"
    with override(language), digits_as(language_of(language).digits), timezone.override(ZoneInfo(circle.time_zone)):
        line = next((one for one in coming_of(circle, [intent.id], now=now) if one.is_told), None)
        if line is None:
            return "", None
        return address, letters.delivery(wording.sentence(notice, intent, None), line, notice)

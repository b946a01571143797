"""Notices by mail, for those who gave an address: one letter a person and run, however much happened in however many circles.

A notice is marked as mailed, and that is committed, before the letter goes to the mail server; the mark is taken off
only where the letter has surely not left. So no letter comes twice, and one that is lost still stands on the page.
"""

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F
from django.utils.translation import override

from taawun.community.circles.access import actor_in
from taawun.community.circles.everywhere import circle_ids
from taawun.community.circles.models import Circle
from taawun.community.people.models import Account, Channel, Contact
from taawun.ground.values.scope import circle_scope
from taawun.ground.words.digits import digits_as
from taawun.ground.words.languages import language_of
from taawun.reach.messages import letters, links, mail, queries
from taawun.reach.messages.models import Notice
from taawun.reach.messages.signing_in import address_of

# Yesterday's news is on the page; a letter about it would only disturb.
MAILED_WITHIN = timedelta(days=1)
NOTICES_A_LETTER = 30
logger = logging.getLogger("taawun.messages")


def mail_notices(now: datetime) -> int:
    """Send a letter to everyone who has news, an address, and did not ask for quiet. Returns how many letters left."""
    if not mail.is_set_up():
        return 0
    waiting = _waiting(now)
    if not waiting:
        return 0
    sent = 0
    try:
        with mail.post() as connection:
            for agent_id, notice_ids in waiting.items():
                sent += _mail_one(connection, agent_id, notice_ids, now=now)
    except mail.NotSent as reason:
        logger.warning("letters wait: %s", reason)
    return sent


def _unmailed(now: datetime) -> dict[str, object]:
    return {"mailed_at__isnull": True, "read_at__isnull": True, "made_at__gt": now - MAILED_WITHIN}


def _waiting(now: datetime) -> dict[uuid.UUID, list[tuple[uuid.UUID, uuid.UUID]]]:
    """Return the unmailed notices, as (circle, notice), of those who have an address and want letters."""
    reachable = Contact.objects.filter(
        channel=Channel.EMAIL, verified_at__isnull=False, agent__account__is_active=True
    )
    found: dict[uuid.UUID, list[tuple[uuid.UUID, uuid.UUID]]] = {}
    with circle_scope(*circle_ids()):
        rows = Notice.objects.filter(agent_id__in=reachable.values("agent_id"), **_unmailed(now))
        for agent_id, circle_id, notice_id in rows.order_by(F("made_at")).values_list("agent_id", "circle_id", "id"):
            found.setdefault(agent_id, []).append((circle_id, notice_id))
    wanted = queries.wants_mail(found)
    return {agent_id: found[agent_id][:NOTICES_A_LETTER] for agent_id in list(found) if agent_id in wanted}


def _mail_one(
    connection: object, agent_id: uuid.UUID, waiting: list[tuple[uuid.UUID, uuid.UUID]], *, now: datetime
) -> bool:
    """Mark and compose in one transaction, send after it."""
    circles = {circle_id for circle_id, _ in waiting}
    with circle_scope(*circles):
        account = Account.objects.select_related("agent").filter(agent_id=agent_id, is_active=True).first()
        contact = queries.mail_address_of(agent_id)
        address = address_of(contact, now=now) if contact else ""
        if account is None or not address:
            return False
        ids = [notice_id for _, notice_id in waiting]
        rows = list(
            Notice.objects.select_for_update(skip_locked=True).filter(pk__in=ids, **_unmailed(now)).order_by("made_at")
        )
        Notice.objects.filter(pk__in=[row.id for row in rows]).update(mailed_at=now)
        letter = _letter(account, rows)
    if letter is None:
        return False
    try:
        return mail.send(connection, letter, address)
    except mail.NotSent:
        with circle_scope(*circles):
            Notice.objects.filter(pk__in=[row.id for row in rows], mailed_at=now).update(mailed_at=None)
        raise


def _letter(account: Account, rows: Iterable[Notice]) -> mail.Letter | None:
    """Return one letter about everything, in the account's language; None where the reader has left every circle."""
    by_circle: dict[uuid.UUID, list[Notice]] = {}
    for row in rows:
        by_circle.setdefault(row.circle_id, []).append(row)
    told: list[queries.Told] = []
    with override(account.language), digits_as(account.digits or language_of(account.language).digits):
        for circle in Circle.objects.filter(pk__in=by_circle).order_by("name"):
            actor = actor_in(circle, account)
            if actor.is_member or actor.is_staff:
                told += queries.told(actor, by_circle[circle.id])
        return letters.notices(told, links.quiet(account.agent_id)) if told else None

"""Bringing a sign-in code to the one who asked for it.

The attempt is marked as sent before it is, so that no code goes out twice; the mark is taken off again only where the
mail has surely not left. What is lost between the two is asked for again by the person, after ten minutes at the most.
"""

import logging
import uuid
from datetime import datetime, timedelta

from django.utils.translation import override

from taawun.community.people.models import Channel, Contact, SignInAttempt
from taawun.ground.vault import store
from taawun.ground.words.digits import digits_as
from taawun.ground.words.languages import language_of
from taawun.reach.messages import console, letters, mail

# The errand comes first; the duty only looks after what it did not get to.
ERRAND_GETS = timedelta(seconds=15)
logger = logging.getLogger("taawun.messages")


def send(attempt_id: uuid.UUID, *, now: datetime) -> bool:
    """Send the code and the link of an attempt, unless that was done, or it is used or over. Outside a transaction."""
    if not SignInAttempt.objects.filter(pk=attempt_id, account__is_active=True).exists():
        return False
    # Nothing but its own columns: a condition on another table is looked up before the row is waited for, and of
    # several senders at the same moment each would then find it unsent.
    waiting = SignInAttempt.objects.filter(
        pk=attempt_id, sent_at__isnull=True, used_at__isnull=True, expires_at__gt=now
    )
    if not waiting.update(sent_at=now):
        return False
    attempt = SignInAttempt.objects.select_related("account__agent", "contact").get(pk=attempt_id)
    contact = attempt.contact
    address = address_of(contact, now=now) if contact is not None else ""
    if contact is None or attempt.account is None or not address:
        logger.warning("sign-in attempt %s has no address to send to", attempt_id)
        return False
    language = attempt.account.language
    with override(language), digits_as(attempt.account.digits or language_of(language).digits):
        letter = letters.sign_in(attempt)
    if contact.channel == Channel.PHONE:
        # No gateway for SMS is set up yet: whoever runs the server passes it on.
        console.show(address, letter.subject, letter.text)
        return True
    try:
        with mail.post() as connection:
            return mail.send(connection, letter, address)
    except mail.NotSent:
        SignInAttempt.objects.filter(pk=attempt_id, sent_at=now).update(sent_at=None)
        raise


def address_of(contact: Contact, *, now: datetime) -> str:
    """Return the address of a contact. It is sent to the person herself, who may look at her own."""
    herself = store.Viewer(contact.agent_id, frozenset({contact.agent_id}))
    return store.reveal(herself, [contact.id], "sending", circle_id=None, now=now).get(contact.id, {}).get("value", "")


def send_unsent(now: datetime) -> int:
    """Send what no errand has sent, the oldest first, and go on when one of them fails."""
    waiting = SignInAttempt.objects.filter(
        sent_at__isnull=True,
        used_at__isnull=True,
        expires_at__gt=now,
        created_at__lte=now - ERRAND_GETS,
        account__is_active=True,
    )
    sent = 0
    for attempt_id in waiting.order_by("created_at").values_list("pk", flat=True)[:200]:
        try:
            sent += send(attempt_id, now=now)
        except mail.NotSent as reason:
            logger.warning("a sign-in code waits: %s", reason)
    return sent

"""Telling somebody, at every address we know of hers, that she is being let in anew, and bringing her the door.

The first letter goes to whoever may have been robbed of a phone or of an account, so each carries the link that stops it.
"""

import logging
import uuid
from datetime import datetime

from django.utils.translation import override

from taawun.community.circles.everywhere import circle_ids
from taawun.community.circles.models import Recovery
from taawun.community.circles.recoveries import is_living, is_open
from taawun.community.people.models import Account, Channel, Contact
from taawun.ground.values.scope import circle_scope
from taawun.ground.vault import store
from taawun.ground.words.digits import digits_as
from taawun.ground.words.languages import language_of
from taawun.reach.messages import console, letters, mail
from taawun.reach.messages.signing_in import address_of

logger = logging.getLogger("taawun.messages")


def tell(recovery_id: uuid.UUID, contact_id: uuid.UUID, *, now: datetime) -> bool:
    """Tell one address of a member that she is being let in anew. Outside a transaction."""
    with circle_scope(*circle_ids()):
        recovery = Recovery.objects.select_related("circle").filter(pk=recovery_id).first()
    contact = Contact.objects.filter(pk=contact_id).first()
    account = Account.objects.filter(agent_id=recovery.agent_id).first() if recovery and recovery.agent_id else None
    if recovery is None or contact is None or account is None or contact.agent_id != account.agent_id:
        return False
    if not is_living(recovery, now=now):
        return False
    with override(account.language), digits_as(account.digits or language_of(account.language).digits):
        letter = letters.recovery_told(recovery)
    return _hand_over(contact.channel, address_of(contact, now=now), letter)


def open_door(recovery_id: uuid.UUID, *, now: datetime) -> bool:
    """Bring the link to the open door to the address the one who asked gave. Outside a transaction."""
    with circle_scope(*circle_ids()):
        recovery = Recovery.objects.select_related("circle").filter(pk=recovery_id).first()
    if recovery is None or recovery.agent_id is None or not is_open(recovery, now=now):
        return False
    with circle_scope(recovery.circle_id):
        itself = store.Viewer(recovery.id, frozenset({recovery.id}))
        opened = store.reveal(itself, [recovery.id], "sending", circle_id=recovery.circle_id, now=now)
    address = opened.get(recovery.id, {}).get("address", "")
    account = Account.objects.filter(agent_id=recovery.agent_id).first()
    language = account.language if account is not None else "en"
    with override(language), digits_as(language_of(language).digits):
        letter = letters.recovery_opened(recovery)
    return _hand_over(Channel.EMAIL if "@" in address else Channel.PHONE, address, letter)


def _hand_over(channel: str, address: str, letter: mail.Letter) -> bool:
    if not address:
        return False
    if channel == Channel.PHONE:
        # No gateway for SMS is set up yet: whoever runs the server passes it on.
        console.show(address, letter.subject, letter.text)
        return True
    with mail.post() as connection:
        return mail.send(connection, letter, address)

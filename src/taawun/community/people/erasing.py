"""Erasing somebody: asked for, waited for, called off, done. What was given and taken stays, under nobody's name."""

from datetime import datetime, timedelta

from django.db import transaction

from taawun.community.people import belongings, blocks
from taawun.community.people.belongings import Person, Text
from taawun.community.people.factors import strength
from taawun.community.people.models import Account, Agent, Consent, Contact, Erasure
from taawun.ground.journal.models import Answer
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store

WAIT = timedelta(days=7)
# One that may not happen yet (the last coordinator) is tried again the next day.
AGAIN = timedelta(days=1)


def foretell(person: Person) -> list[Text]:
    """Return what erasing would do, room by room, in whole sentences."""
    return [text for part in belongings.registered() for text in part.foretell(person)]


def obstacle(person: Person) -> Refusal | None:
    """Return why somebody cannot be erased yet, or None."""
    try:
        with transaction.atomic():
            for part in belongings.registered():
                part.prepare(person)
            # Only asked: what was locked for it is let go again.
            transaction.set_rollback(True)
    except Refusal as refusal:
        return refusal
    return None


def asked_by(account: Account) -> Erasure | None:
    return Erasure.objects.filter(agent_id=account.agent_id).first()


def ask(account: Account, *, now: datetime) -> Erasure:
    """Ask to be erased in a week; asked twice, the first day stands."""
    strength.require(account)
    with transaction.atomic():
        refused = obstacle(belongings.person(account, now=now))
        if refused is not None:
            raise refused
        found, _is_new = Erasure.objects.get_or_create(
            agent_id=account.agent_id, defaults={"asked_at": now, "due_at": now + WAIT}
        )
    return found


def call_off(account: Account) -> None:
    if not Erasure.objects.filter(agent_id=account.agent_id).delete()[0]:
        raise Refusal.not_found()


def erase_at_once(account: Account, *, now: datetime) -> None:
    """Erase an account's person now. The door has made sure that she means it."""
    strength.require(account)
    with transaction.atomic():
        erase(belongings.person(account, now=now))


def erase(person: Person) -> None:
    """Erase a person in every room, in one transaction: the rooms above first, people's own part last.

    Each room first refuses or locks (``prepare``), because once a room has written to a circle's journal, everybody
    else there waits for the end.
    """
    with transaction.atomic():
        parts = belongings.registered()
        for part in parts:
            part.prepare(person)
        for part in reversed(parts):
            part.erase(person)


def erase_due(now: datetime) -> int:
    """Erase those whose week is over. Who may not be yet is tried again tomorrow, and her page says why."""
    done = 0
    for erasure in list(Erasure.objects.filter(due_at__lte=now).order_by("due_at")[:50]):
        with transaction.atomic():
            still = Erasure.objects.select_for_update().filter(pk=erasure.pk, due_at__lte=now).first()
            account = Account.objects.select_related("agent").filter(agent_id=erasure.pk).first()
            if still is None or account is None:
                continue
            try:
                erase(belongings.person(account, now=now))
                done += 1
            except Refusal:
                Erasure.objects.filter(pk=erasure.pk).update(due_at=now + AGAIN)
    return done


def lock(person: Person) -> None:
    Agent.objects.select_for_update().get(pk=person.agent_id)


def erase_people(person: Person) -> None:
    """Erase what this room keeps: addresses, what was agreed to, ways in, blocks, the name; the agent stays as an id."""
    agent_id = person.agent_id
    blocks.forget(agent_id, now=person.now)
    Contact.objects.filter(agent_id=agent_id).delete()
    Consent.objects.filter(agent_id=agent_id).delete()
    Answer.objects.filter(actor_id=agent_id).delete()
    Erasure.objects.filter(agent_id=agent_id).delete()
    # With the account go its sessions, tokens, passkeys, codes and links.
    Account.objects.filter(agent_id=agent_id).delete()
    store.erase(agent_id)
    Agent.objects.filter(pk=agent_id).update(name="", languages=[], entered_by=None, erased_at=person.now)

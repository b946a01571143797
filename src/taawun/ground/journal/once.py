"""Idempotency: a write sent twice with the same key happens once and answers the same."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from taawun.ground.journal.chain import canonical
from taawun.ground.journal.models import Answer
from taawun.ground.values.refusal import Refusal

type_of_answer = dict[str, object]


def once(
    key: uuid.UUID | None,
    *,
    actor_id: uuid.UUID | None,
    verb: str,
    content: Mapping[str, object],
    now: datetime,
    act: Callable[[], type_of_answer],
) -> type_of_answer:
    """Run ``act`` unless this key was answered before; return its answer (JSON-able).

    The same key with other content, another verb or another actor is refused (``key.reused``).
    Without a key the act simply runs. The answer is stored in the same transaction as the act.
    """
    if key is None:
        return act()
    # Keyed, because a form may hold a phone number, and a plain hash of one is soon guessed.
    told = canonical({"verb": verb, "content": dict(content)})
    fingerprint = salted_hmac("taawun.journal.once", told, algorithm="sha256").digest()
    with transaction.atomic():
        # Two copies of one request that arrive together wait for each other here instead of both acting.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key.int % (1 << 63)])
        before = Answer.objects.filter(key=key).first()
        if before is not None:
            if bytes(before.fingerprint) != fingerprint or before.actor_id != actor_id:
                raise Refusal.conflict("key.reused", "key")
            return dict(before.answer)
        answer = act()
        Answer.objects.create(
            key=key, actor_id=actor_id, verb=verb, fingerprint=fingerprint, answer=answer, given_at=now
        )
    return answer

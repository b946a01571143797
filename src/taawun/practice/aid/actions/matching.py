"""Changing how a circle's matches are judged, and keeping what its history taught."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import matching_rules
from taawun.practice.aid.matching_rules import Rules
from taawun.practice.aid.models import Commitment, Matching
from taawun.practice.aid.queries import learning


def change_rules(actor: Actor, wanted: Mapping[str, str], *, now: datetime) -> Rules:
    """Change settings, as texts by their codes: all of them or none. Every member can read what changed to what."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    with transaction.atomic():
        Matching.objects.get_or_create(circle=actor.circle)
        row = Matching.objects.select_for_update().get(circle=actor.circle)
        before, after = Rules(row.changes), Rules(matching_rules.changed(row.changes, wanted))
        differ = {
            code: [matching_rules.plain(before.value(code)), matching_rules.plain(after.value(code))]
            for code in matching_rules.BY_CODE
            if before.value(code) != after.value(code)
        }
        if differ:
            row.changes = dict(after.changes)
            row.save(update_fields=["changes"])
            record.append(
                actor.circle.id, "matching.changed", actor_id=actor.agent_id, subject_id=None,
                data={"settings": differ}, now=now, audience=Audience.MEMBERS,
            )  # fmt: skip
    return after


def learn(circle: Circle, *, now: datetime) -> int:
    """Count anew how promises ended. Returns 1 where there was something to learn from."""
    known = Matching.objects.filter(circle=circle)
    if not known.exists() and not Commitment.objects.filter(circle=circle, ended_at__isnull=False).exists():
        return 0
    learnt = learning.count(circle, now=now)
    with transaction.atomic():
        Matching.objects.get_or_create(circle=circle)
        known.update(learnt=learnt, learnt_at=now)
    return 1

"""Entries, the head of each circle's chain, and the answers already given to idempotency keys."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Audience(models.IntegerChoices):
    """Who may be told of an entry by the live stream and the feeds, from the fewest to anyone."""

    PARTIES = 0, "the actor and the subject"
    COORDINATORS = 1, "coordinators of the circle"
    MEMBERS = 2, "members of the circle"
    PUBLIC = 3, "anyone"


class Entry(models.Model):
    """One thing that happened, in the past tense. Valueflows has no term for it; it is the record behind its events.

    ``body`` is the canonical JSON that was hashed; the other columns repeat it so that it can be found.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    circle_id = models.UUIDField()
    seq = models.BigIntegerField()
    name = models.CharField(max_length=60)
    actor_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)
    audience = models.SmallIntegerField(choices=Audience.choices)
    topics = ArrayField(models.CharField(max_length=80))
    body = models.TextField()
    event_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    previous_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("circle_id", "seq", name="one_entry_a_place_in_the_chain")]
        indexes = [
            models.Index("circle_id", "subject_id", "seq", name="entries_about"),
            models.Index("circle_id", "actor_id", "seq", name="entries_by"),
        ]


class Head(models.Model):
    """The newest link of a circle's chain. Locking it puts the circle's entries in one order."""

    circle_id = models.UUIDField(primary_key=True)
    seq = models.BigIntegerField()
    hash = models.BinaryField()


class Answer(models.Model):
    """What was answered to an idempotency key, so that the same write sent twice happens once."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    actor_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=80)
    fingerprint = models.BinaryField()
    answer = models.JSONField()
    given_at = models.DateTimeField(db_index=True)

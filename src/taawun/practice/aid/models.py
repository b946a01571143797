"""Intents, commitments and what happened, with what the database itself enforces."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from taawun.community.circles.models import Area, Circle
from taawun.community.people.models import Agent
from taawun.ground.values.ids import new_id
from taawun.practice.aid import rules


class Intent(models.Model):
    """Somebody needs or offers something. Valueflows: Intent.

    Amounts are integers in the unit's smallest part. ``taken`` is held by commitments, ``done`` has arrived.
    Name, phone, door, position and details are sealed in the vault under this row's id. ``summary`` is written
    for everybody. ``cell`` is the coarse public cell; no finer place is stored in this table.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Every index below begins with the circle; one of its own would only cost writes.
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    direction = models.CharField(max_length=8)
    kind = models.CharField(max_length=60)
    unit = models.CharField(max_length=20)
    quantity = models.BigIntegerField()
    taken = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    whole_only = models.BooleanField(default=False)
    sensitive = models.BooleanField(default=False)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="intents")
    entered_by = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    summary = models.CharField(max_length=200, blank=True)
    area = models.ForeignKey(Area, null=True, on_delete=models.SET_NULL)
    cell = models.BigIntegerField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    weekdays = ArrayField(models.SmallIntegerField(), default=list)
    from_minute = models.SmallIntegerField(null=True)
    to_minute = models.SmallIntegerField(null=True)
    urgency = models.SmallIntegerField()
    visibility = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default="open")
    checked_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField()
    fresh_at = models.DateTimeField()
    ask_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="intent_has_a_quantity"),
            models.CheckConstraint(
                condition=Q(taken__gte=0) & Q(taken__lte=F("quantity")), name="no_more_taken_than_there_is"
            ),
            models.CheckConstraint(condition=Q(done__gte=0) & Q(done__lte=F("taken")), name="done_was_taken"),
            models.CheckConstraint(condition=Q(state__in=sorted(rules.INTENT.states)), name="intent_state_is_known"),
            models.CheckConstraint(condition=Q(direction__in=["request", "offer"]), name="direction_is_known"),
            models.CheckConstraint(condition=Q(urgency__range=(0, 3)), name="urgency_is_known"),
        ]
        indexes = [
            # The board: what is open, most urgent first, newest first.
            models.Index("circle", "state", F("urgency").desc(), F("posted_at").desc(), name="intents_on_the_board"),
            # Suggestions: what is open of one kind in one cell, freshest first.
            models.Index(
                "circle", "direction", "kind", "cell", F("fresh_at").desc(),
                name="open_intents_nearby", condition=Q(state="open"),
            ),
            models.Index("agent", "posted_at", name="intents_of_an_agent"),
            models.Index("circle", "ask_at", name="intents_to_ask_about", condition=Q(state="open", asked_at=None)),
            models.Index("circle", "expires_at", name="intents_to_expire", condition=Q(state="open")),
        ]

    @property
    def left(self) -> int:
        return self.quantity - self.taken

    @property
    def is_standing(self) -> bool:
        return bool(self.weekdays)

    @property
    def is_request(self) -> bool:
        return self.direction == rules.Direction.REQUEST

    @property
    def terms(self) -> rules.IntentTerms:
        return rules.IntentTerms(
            direction=rules.Direction(self.direction),
            state=self.state,
            quantity=self.quantity,
            taken=self.taken,
            done=self.done,
            whole_only=self.whole_only,
            standing=self.is_standing,
            urgency=rules.Urgency(self.urgency),
            sensitive=self.sensitive,
            expires_at=self.expires_at,
        )


class Commitment(models.Model):
    """A giver and a receiver agree on a part of a request, of an offer, or of both. Valueflows: Commitment.

    Phones and doors given for it are sealed under this row's id: ``giver_phone``, ``receiver_door`` and so on.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    request = models.ForeignKey(Intent, null=True, on_delete=models.PROTECT, related_name="help_coming")
    offer = models.ForeignKey(Intent, null=True, on_delete=models.PROTECT, related_name="help_going")
    giver = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="giving")
    receiver = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="receiving")
    made_by = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    delivered = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, default="waiting")
    waiting_for = models.CharField(max_length=8, blank=True)
    made_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    warn_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    release_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, blank=True)
    thanked_at = models.DateTimeField(null=True)
    handed_on_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="handed_on_to")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="commitment_has_a_quantity"),
            models.CheckConstraint(
                condition=Q(request__isnull=False) | Q(offer__isnull=False), name="commitment_is_about_an_intent"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(rules.COMMITMENT.states)), name="commitment_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(delivered__isnull=True) | (Q(delivered__gt=0) & Q(delivered__lte=F("quantity"))),
                name="delivered_is_part_of_the_commitment",
            ),
        ]
        indexes = [
            models.Index("request", "state", name="commitments_on_a_request"),
            models.Index("offer", "state", name="commitments_on_an_offer"),
            models.Index("giver", "made_at", name="commitments_of_a_giver"),
            models.Index("receiver", "made_at", name="commitments_of_a_receiver"),
            models.Index(
                "circle", "release_at", name="commitments_to_release", condition=Q(state__in=["waiting", "agreed"])
            ),
            models.Index("circle", "ended_at", name="commitments_ended"),
        ]


class Happening(models.Model):
    """Something arrived, was received, or failed. Append-only. Valueflows: EconomicEvent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT)
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="happenings")
    name = models.CharField(max_length=12)
    quantity = models.BigIntegerField(default=0)
    by = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    event_at = models.DateTimeField()
    recorded_at = models.DateTimeField()


class Receipt(models.Model):
    """The code by which somebody without an account follows a need. Only its blind index is stored."""

    index = models.BinaryField(primary_key=True, max_length=32)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE)
    intent_id = models.UUIDField()
    made_at = models.DateTimeField()

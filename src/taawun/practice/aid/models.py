"""Intents, commitments and what happened, with what the database itself enforces."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from taawun.community.circles.models import Area, Circle
from taawun.community.people.models import Agent, Consent
from taawun.ground.values.ids import new_id
from taawun.practice.aid import matching_rules, rules, series_rules


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
    # How often it was asked for again: counted by the database from the repeats that stand.
    asked_again = models.SmallIntegerField(default=0, db_default=0)
    # One date of something that repeats.
    series = models.ForeignKey("Series", null=True, on_delete=models.PROTECT, related_name="dates", db_index=False)
    occurs_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("series", "occurs_on", name="one_intent_a_date"),
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
            # The same for what has no place: an index that begins with an empty cell is not read in order.
            models.Index(
                "circle", "direction", "kind", F("fresh_at").desc(),
                name="open_intents_anywhere", condition=Q(state="open", cell=None),
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
    def said(self) -> str:
        """A digest of what was asked for or offered: another amount, time or place is another thing. What of it is taken by
        others, how urgent it is and that it was confirmed is not."""
        return matching_rules.said(
            self.kind, self.unit, self.quantity, self.whole_only, self.cell, self.area_id, self.starts_at, self.ends_at,
            sorted(self.weekdays), self.from_minute, self.to_minute, self.visibility,
        )  # fmt: skip

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
    # The day before: what was promised long ago is easily forgotten.
    reminded_at = models.DateTimeField(null=True)
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


class Programme(models.Model):
    """What an organisation offers again and again, to whom it is handed, and how much it can take. Valueflows: a Plan
    with its Intents to give.

    ``kinds`` and ``groups`` are codes of the catalogue. ``texts`` holds ``about`` and ``for_whom``, each a language to
    a text. No area and no cell means the whole circle. ``capacity`` is a kind (or "" for cases of any kind) to an amount
    in the unit's smallest part; ``period`` says in which time. ``contact`` was chosen to be shown to everybody.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    organisation = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="programmes")
    name = models.CharField(max_length=120)
    kinds = ArrayField(models.CharField(max_length=60), default=list)
    groups = ArrayField(models.CharField(max_length=20), default=list)
    texts = models.JSONField(default=dict)
    area_ids = ArrayField(models.UUIDField(), default=list)
    cell = models.BigIntegerField(null=True)
    rings = models.SmallIntegerField(default=0)
    weekdays = ArrayField(models.SmallIntegerField(), default=list)
    from_minute = models.SmallIntegerField(null=True)
    to_minute = models.SmallIntegerField(null=True)
    contact = models.CharField(max_length=200, blank=True)
    entry = models.CharField(max_length=10, default="anyone")
    period = models.CharField(max_length=8, blank=True)
    capacity = models.JSONField(default=dict)
    has_waiting_list = models.BooleanField(default=False)
    is_open = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(period__in=["", "week", "month", "places"]), name="period_is_known"),
            models.CheckConstraint(condition=Q(entry__in=["anyone", "referral"]), name="entry_is_known"),
        ]
        indexes = [models.Index("circle", "organisation", name="programmes_of_a_circle", condition=Q(ended_at=None))]


class Placement(models.Model):
    """A need handed to a programme, or taken on by it: on its waiting list, or held by a promise (``commitment``).

    ``referred_by`` is None where the programme took it on by itself. ``reason`` is why it was not taken on.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="placements")
    intent = models.ForeignKey(Intent, on_delete=models.CASCADE, related_name="placements")
    commitment = models.OneToOneField(Commitment, null=True, on_delete=models.CASCADE, related_name="placement")
    quantity = models.BigIntegerField()
    referred_by = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    consent = models.ForeignKey(Consent, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    # When it left the waiting list without a promise.
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="placement_has_a_quantity"),
            models.UniqueConstraint(
                "programme", "intent", name="once_on_a_waiting_list", condition=Q(commitment=None, ended_at=None)
            ),
        ]
        indexes = [models.Index("circle", "made_at", name="placements_of_a_circle")]


class FiguresLink(models.Model):
    """A link by which anybody sees figures without names: an organisation's, or the whole circle's. Only its digest is stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE)
    organisation = models.ForeignKey(Agent, null=True, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32, unique=True)
    made_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "circle", "organisation", name="one_link_to_figures", condition=Q(ended_at=None), nulls_distinct=False
            )
        ]


class Repeat(models.Model):
    """The same need, asked for again: a link between two that both stay. It can be taken back.

    ``likely``: somebody has to look. ``waiting``: it counts once a coordinator has looked at the filed need. ``counted``:
    it has raised the urgency; from what, is kept, so that taking it back takes the step back too. ``different``: it is not.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    first = models.ForeignKey(Intent, on_delete=models.CASCADE, related_name="asked_again_by")
    again = models.ForeignKey(Intent, on_delete=models.CASCADE, related_name="repeats")
    reason = models.CharField(max_length=10)
    points = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=10)
    first_urgency = models.SmallIntegerField(null=True)
    again_urgency = models.SmallIntegerField(null=True)
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("first", "again", name="a_repeat_once"),
            models.CheckConstraint(
                condition=Q(state__in=["likely", "waiting", "counted", "different"]), name="repeat_state_is_known"
            ),
        ]
        indexes = [models.Index("circle", "state", F("made_at").desc(), name="repeats_to_look_at")]


class ShortLink(models.Model):
    """Eight digits that lead to a page anyone may try to open: a need, an offer, the board, or "ask here".

    They are read aloud and typed from paper, so they are digits, which every script has. They open nothing by themselves.
    """

    code = models.CharField(max_length=8, primary_key=True)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE)
    page = models.CharField(max_length=8)
    intent = models.ForeignKey(Intent, null=True, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "circle", "page", "intent", name="one_short_link_a_page", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(page__in=["intent", "board", "ask"]), name="short_link_page_is_known"),
        ]


class Series(models.Model):
    """A need that comes again: its rule, and what each of its dates is made from. Valueflows: a recurring Intent.

    Each date becomes an intent of its own (``Intent.series``, ``occurs_on``), so that a promise is always about one day.
    Name, phone, door and details are sealed under this row's id; ``giver`` is who does it every time.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="series")
    entered_by = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    unit = models.CharField(max_length=20)
    quantity = models.BigIntegerField()
    whole_only = models.BooleanField(default=False)
    sensitive = models.BooleanField(default=False)
    summary = models.CharField(max_length=200, blank=True)
    area = models.ForeignKey(Area, null=True, on_delete=models.SET_NULL)
    cell = models.BigIntegerField(null=True)
    visibility = models.CharField(max_length=12)
    repeat = models.CharField(max_length=8)
    every = models.SmallIntegerField(default=1)
    weekdays = ArrayField(models.SmallIntegerField(), default=list)
    month_day = models.SmallIntegerField(default=0)
    nth = models.SmallIntegerField(default=0)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    count = models.SmallIntegerField(null=True)
    # "ramadan": the end was computed from a lunar month, and is shown as about.
    ends_with = models.CharField(max_length=12, blank=True)
    from_minute = models.SmallIntegerField(null=True)
    to_minute = models.SmallIntegerField(null=True)
    state = models.CharField(max_length=8, default="running")
    paused_until = models.DateField(null=True)
    giver = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    giver_agreed = models.BooleanField(default=False)
    posted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="series_has_a_quantity"),
            models.CheckConstraint(condition=Q(state__in=["running", "paused", "ended"]), name="series_state_is_known"),
            models.CheckConstraint(condition=Q(repeat__in=["week", "month", "nth"]), name="series_repeats"),
            models.CheckConstraint(condition=Q(every__gte=1), name="series_goes_on"),
        ]
        indexes = [models.Index("circle", "state", name="series_to_keep"), models.Index("agent", name="series_of_an_agent")]

    @property
    def rule(self) -> series_rules.Repetition:
        return series_rules.Repetition(
            self.repeat, self.starts_on, self.every, tuple(self.weekdays), self.month_day, self.nth, self.ends_on, self.count
        )


class Skip(models.Model):
    """One date of a series that is not needed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="skips")
    day = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("series", "day", name="a_date_is_skipped_once")]


class StandIn(models.Model):
    """Somebody who does the dates of a series from one day to another instead of who does it every time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="stand_ins")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()
    until = models.DateField()
    # Who still has to say yes: whoever was asked to do it (giver), or whose it is (receiver).
    waiting_for = models.CharField(max_length=8, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until__gte=F("since")), name="stand_in_lasts")]


class Matching(models.Model):
    """How a circle's matches are judged. ``changes``: what differs from the defaults, a setting of ``matching_rules`` to a
    decimal text. ``learnt``: what the circle's own history taught (``queries.learning``), kept so that nobody waits for it.
    """

    circle = models.OneToOneField(Circle, primary_key=True, on_delete=models.CASCADE)
    changes = models.JSONField(default=dict)
    learnt = models.JSONField(default=dict)
    learnt_at = models.DateTimeField(null=True)


class Proposal(models.Model):
    """Who could help whom, for the whole board at once: proposed by the program, decided by a coordinator. Valueflows: a Plan.

    ``facts`` holds counts, the certificate and what changed since ``previous``; ``settings`` the rules it was made by.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    made_by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    previous = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=8, default="working")
    made_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    # How far the work is: written between its steps, each in a transaction of its own.
    done = models.SmallIntegerField(default=0)
    stopped = models.BooleanField(default=False)
    facts = models.JSONField(default=dict)
    settings = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["working", "ready", "failed"]), name="proposal_state_is_known"),
            models.UniqueConstraint("circle", name="one_proposal_in_work", condition=Q(state="working")),
        ]
        indexes = [models.Index("circle", F("made_at").desc(), name="proposals_of_a_circle")]


class ProposedMatch(models.Model):
    """A request and an offer that are proposed to each other. ``terms`` say why: a code, points and facts each.

    ``request_was`` and ``offer_was`` are digests of what the two said (amount, times, place), so that it shows when one has
    changed. A ``rejected`` pair is not proposed again while both say the same. ``chosen`` ones are about to be accepted.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="matches", db_index=False)
    request = models.ForeignKey(Intent, on_delete=models.CASCADE, related_name="+")
    offer = models.ForeignKey(Intent, on_delete=models.CASCADE, related_name="+")
    place = models.IntegerField()
    quantity = models.BigIntegerField()
    distance_m = models.IntegerField(null=True)
    terms = models.JSONField(default=list)
    request_was = models.CharField(max_length=32)
    offer_was = models.CharField(max_length=32)
    # It was in the proposal before as well.
    kept = models.BooleanField(default=False)
    state = models.CharField(max_length=8, default="open")
    reason = models.CharField(max_length=12, blank=True)
    decided_by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    commitment = models.ForeignKey(Commitment, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("proposal", "request", "offer", name="a_pair_proposed_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="proposed_match_has_a_quantity"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "chosen", "accepted", "rejected", "stale"]),
                name="proposed_match_state_is_known",
            ),
        ]
        indexes = [
            models.Index("proposal", "state", "place", name="matches_of_a_proposal"),
            models.Index("circle", "request", name="matches_rejected", condition=Q(state="rejected")),
        ]


class UnmetNeed(models.Model):
    """What stays open of a request in a proposal, and why. ``nearest_m`` and ``largest`` belong to their reasons."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="unmet", db_index=False)
    request = models.ForeignKey(Intent, on_delete=models.CASCADE, related_name="+")
    place = models.IntegerField()
    quantity = models.BigIntegerField()
    reason = models.CharField(max_length=12)
    nearest_m = models.IntegerField(null=True)
    largest = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index("proposal", "place", name="unmet_of_a_proposal")]

"""Depots and carriers, plans of a day with their runs and stops, standing rounds, and the taps of carriers."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from taawun.community.circles.models import Circle
from taawun.community.people.models import Agent
from taawun.ground.values.ids import new_id
from taawun.practice.aid.models import Commitment, Intent
from taawun.practice.delivery import rules


class Preferences(models.Model):
    """How a circle plans and carries. Where there is no row, the defaults hold.

    ``detour`` is how much longer streets are than the straight line, in hundredths. ``doors_ahead``: for how many of
    the next stops a carrier sees door and phone. ``doors_offline``: whether her phone may keep the doors of a promised
    run of today, from ``doors_hours`` before it departs. ``window_minutes``: how wide a window recipients are told.
    """

    circle = models.OneToOneField(Circle, primary_key=True, on_delete=models.CASCADE, related_name="+")
    goal = models.CharField(max_length=10, default="shortest")
    detour = models.SmallIntegerField(default=130)
    service_minutes = models.SmallIntegerField(default=5)
    window_minutes = models.SmallIntegerField(default=120)
    doors_ahead = models.SmallIntegerField(default=2)
    doors_offline = models.BooleanField(default=True)
    doors_hours = models.SmallIntegerField(default=12)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(goal__in=rules.GOALS), name="preferred_goal_is_known"),
            models.CheckConstraint(condition=Q(detour__range=(100, 400)), name="detour_is_a_detour"),
            models.CheckConstraint(condition=Q(doors_ahead__range=(1, 20)), name="doors_ahead_are_few"),
        ]


class Depot(models.Model):
    """Where goods are fetched from: a food bank, a kitchen. Valueflows: SpatialThing.

    The precise place and the door are sealed under this row's id (``point``, ``door``, ``notes``, ``phone``).
    ``cell`` is the coarse public cell. No hours means always open.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    name = models.CharField(max_length=120)
    area = models.ForeignKey("circles.Area", null=True, on_delete=models.SET_NULL, related_name="+")
    cell = models.BigIntegerField(null=True)
    weekdays = ArrayField(models.SmallIntegerField(), default=list)
    from_minute = models.SmallIntegerField(null=True)
    to_minute = models.SmallIntegerField(null=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("circle", name="depots_of_a_circle", condition=Q(ended_at=None))]


class Carrier(models.Model):
    """Somebody who carries: with which vehicle, how much, when, and what she may take. Valueflows: Agent in a role.

    ``capacity`` holds whole numbers by the names of ``rules.ROOM``; a missing one means none fits. ``may_carry`` holds
    what a coordinator has given her (medicine, cash). Her home is sealed under this row's id (``point``, ``door``);
    ``cell`` is its coarse cell. ``must_pair``: she never goes alone. ``vetted_*`` tell who has met her and when.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="carries")
    vehicle = models.CharField(max_length=12)
    capacity = models.JSONField(default=dict)
    cold_box = models.BooleanField(default=False)
    may_carry = ArrayField(models.CharField(max_length=12), default=list)
    vetted_by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    vetted_at = models.DateTimeField(null=True)
    weekdays = ArrayField(models.SmallIntegerField(), default=list)
    from_minute = models.SmallIntegerField(default=9 * 60)
    to_minute = models.SmallIntegerField(default=17 * 60)
    break_from = models.SmallIntegerField(null=True)
    break_to = models.SmallIntegerField(null=True)
    break_minutes = models.SmallIntegerField(default=0)
    starts = models.CharField(max_length=8, default="depot")
    ends = models.CharField(max_length=8, default="anywhere")
    area = models.ForeignKey("circles.Area", null=True, on_delete=models.SET_NULL, related_name="+")
    cell = models.BigIntegerField(null=True)
    max_stops = models.SmallIntegerField(null=True)
    max_minutes = models.SmallIntegerField(null=True)
    must_pair = models.BooleanField(default=False)
    pairs_with = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "circle", "agent", "vehicle", name="one_carrier_a_vehicle", condition=Q(ended_at=None)
            ),
            models.CheckConstraint(condition=Q(vehicle__in=rules.VEHICLES), name="vehicle_is_known"),
            models.CheckConstraint(condition=Q(starts__in=("home", "depot")), name="start_is_known"),
            models.CheckConstraint(condition=Q(ends__in=rules.PLACES), name="end_is_known"),
            models.CheckConstraint(condition=Q(to_minute__gt=F("from_minute")), name="carrier_has_hours"),
        ]
        indexes = [models.Index("agent", name="carriers_of_an_agent")]


class StandingRun(models.Model):
    """A round that comes again: which days, who carries from where, and what it serves. Valueflows: a Plan's recipe.

    It comes on ``weekdays`` of every ``every``th week, counted from the week of ``starts_on``. ``series_ids`` are the
    series of aid it serves; where there are none it takes what is open of its ``kinds`` (codes) and ``area_ids``, and
    where these are empty too, everything that has a place. ``prefer_same``: who came last time comes again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    name = models.CharField(max_length=120)
    weekdays = ArrayField(models.SmallIntegerField())
    every = models.SmallIntegerField(default=1)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    depot_ids = ArrayField(models.UUIDField(), default=list)
    carrier_ids = ArrayField(models.UUIDField(), default=list)
    series_ids = ArrayField(models.UUIDField(), default=list)
    kinds = ArrayField(models.CharField(max_length=60), default=list)
    area_ids = ArrayField(models.UUIDField(), default=list)
    goal = models.CharField(max_length=10, default="shortest")
    prefer_same = models.BooleanField(default=True)
    made_by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(goal__in=rules.GOALS), name="standing_goal_is_known"),
            models.CheckConstraint(condition=Q(every__gte=1), name="standing_run_goes_on"),
        ]
        indexes = [models.Index("circle", name="standing_runs_of_a_circle", condition=Q(ended_at=None))]


class DayPlan(models.Model):
    """The rounds of one day: what is to be carried, by whom, and how far the planning is. Valueflows: Plan.

    ``version`` grows with every change: who changes what she saw in an older one is shown what is new. ``attempt``
    names the planning that is going on; ``stop_asked_at`` says that what it has is good enough. ``progress`` holds
    ``percent``, ``served`` and ``minutes`` of the best so far, ``totals`` what came of it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    on_date = models.DateField()
    name = models.CharField(max_length=120, blank=True)
    depot_ids = ArrayField(models.UUIDField(), default=list)
    goal = models.CharField(max_length=10, default="shortest")
    detour = models.SmallIntegerField(default=130)
    standing = models.ForeignKey(
        StandingRun, null=True, on_delete=models.SET_NULL, related_name="plans", db_index=False
    )
    state = models.CharField(max_length=10, default="draft")
    version = models.IntegerField(default=1)
    attempt = models.UUIDField(null=True)
    stop_asked_at = models.DateTimeField(null=True)
    progress = models.JSONField(default=dict)
    totals = models.JSONField(default=dict)
    cost = models.BigIntegerField(null=True)
    asked_by = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    planned_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(rules.PLAN.states)), name="plan_state_is_known"),
            models.CheckConstraint(condition=Q(goal__in=rules.GOALS), name="plan_goal_is_known"),
            models.UniqueConstraint("standing", "on_date", name="one_plan_a_date_of_a_standing_run"),
        ]
        indexes = [models.Index("circle", F("on_date").desc(), name="plans_by_day")]


class Run(models.Model):
    """The round of one carrier on one day. Valueflows: Process.

    ``companion`` is the second person where two go together. ``number`` is shown in the plan, ``code`` is on paper.
    ``totals`` holds ``seconds``, ``metres``, ``stops`` and the fullest ``load``. A locked run is left as it is.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    plan = models.ForeignKey(DayPlan, on_delete=models.CASCADE, related_name="runs")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="runs")
    companion = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    depot = models.ForeignKey(Depot, null=True, on_delete=models.PROTECT, related_name="+")
    number = models.SmallIntegerField()
    code = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=10, default="planned")
    locked = models.BooleanField(default=False)
    depart_at = models.DateTimeField(null=True)
    back_at = models.DateTimeField(null=True)
    totals = models.JSONField(default=dict)
    promised_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Why it was cancelled: dropped_out, withdrawn.
    reason = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(rules.RUN.states)), name="run_state_is_known"),
            models.UniqueConstraint("plan", "number", name="one_run_a_number"),
            models.UniqueConstraint("circle", "code", name="one_run_a_code", condition=~Q(code="")),
        ]
        indexes = [models.Index("carrier", "depart_at", name="runs_of_a_carrier")]


class Stop(models.Model):
    """One thing to do at one place on a run, or still waiting for a run. Valueflows: Intent of the process.

    ``intent`` is the request that is served, for the pick-up of it too; ``commitment`` is the promise it fulfils, None
    until the run is promised, unless somebody had promised before (then that stays, and the carrier only carries).
    ``pickup`` links a drop-off to its pick-up at the giver's; without one the goods come from the ``depot``, or from any
    where it is None. A pick-up has ``offer`` where the giver's place is that of an offer. ``load`` is a visit of
    ``depot`` to load there, ``break`` a rest; both are made anew with every planning. ``loads`` are whole numbers by the names of ``rules.ROOM``.
    ``unserved`` is the solver's reason where no run takes it. ``told_from`` and ``told_until`` are the window the
    recipient was told. A note is sealed under this row's id (``note``). No place but the coarse cell stands here.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.CASCADE, db_index=False)
    plan = models.ForeignKey(DayPlan, on_delete=models.CASCADE, related_name="stops", db_index=False)
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="stops", db_index=False)
    position = models.SmallIntegerField(default=0)
    what = models.CharField(max_length=8)
    intent = models.ForeignKey(Intent, null=True, on_delete=models.PROTECT, related_name="stops")
    commitment = models.ForeignKey(Commitment, null=True, on_delete=models.PROTECT, related_name="stops")
    offer = models.ForeignKey(Intent, null=True, on_delete=models.PROTECT, related_name="pickups")
    giver = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    pickup = models.OneToOneField("self", null=True, on_delete=models.SET_NULL, related_name="dropoff")
    depot = models.ForeignKey(Depot, null=True, on_delete=models.PROTECT, related_name="+")
    cell = models.BigIntegerField(null=True)
    quantity = models.BigIntegerField(default=0)
    loads = models.JSONField(default=dict)
    needs = ArrayField(models.CharField(max_length=12), default=list)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    service_seconds = models.IntegerField(default=300)
    locked = models.BooleanField(default=False)
    eta = models.DateTimeField(null=True)
    leaves_at = models.DateTimeField(null=True)
    told_from = models.DateTimeField(null=True)
    told_until = models.DateTimeField(null=True)
    unserved = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, default="waiting")
    # Why it was cancelled: withdrawn, closed, taken_out.
    reason = models.CharField(max_length=20, blank=True)
    delivered = models.BigIntegerField(null=True)
    proof = models.CharField(max_length=10, blank=True)
    event_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(rules.STOP.states)), name="stop_state_is_known"),
            models.CheckConstraint(
                condition=Q(what="break")
                | Q(what="load", depot__isnull=False)
                | Q(what__in=("pickup", "dropoff"), intent__isnull=False),
                name="stop_is_about_something",
            ),
            models.CheckConstraint(condition=Q(service_seconds__range=(0, 86_400)), name="service_fits_a_day"),
            # Nobody is planned for the same need twice: a need from a depot once, a promise once.
            models.UniqueConstraint(
                "intent",
                name="a_need_is_on_one_plan",
                condition=Q(what="dropoff", commitment=None, state__in=sorted(rules.AHEAD)),
            ),
            models.UniqueConstraint(
                "commitment", "what", name="a_promise_is_on_one_plan", condition=Q(state__in=sorted(rules.AHEAD))
            ),
        ]
        indexes = [
            models.Index("plan", "run", "position", name="stops_of_a_plan"),
            models.Index("run", "position", name="stops_of_a_run"),
        ]


class Tap(models.Model):
    """One tap of a carrier, as her phone or the paper said it. Append-only; the id is made by the phone.

    ``happened_at`` is by the phone's clock, ``clock_offset`` is how many seconds that clock is ahead of ours, and
    ``event_at`` is what follows. ``answer`` is what the phone was told. Valueflows: EconomicEvent, as reported.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, db_index=False)
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="taps")
    stop = models.ForeignKey(Stop, null=True, on_delete=models.PROTECT, related_name="taps")
    by = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=12)
    quantity = models.BigIntegerField(null=True)
    source = models.CharField(max_length=8, default="phone")
    happened_at = models.DateTimeField()
    clock_offset = models.IntegerField(default=0)
    event_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    answer = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index("circle", "recorded_at", name="taps_of_a_circle")]

"""Whatever arrives in whatever order: no tap is lost, none counts twice, and aid's books stay true."""

import uuid
from datetime import timedelta

import hypothesis.strategies as st
import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule

from taawun.ground.journal.models import Entry
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import actions as aid
from taawun.practice.aid.models import Commitment, Happening
from taawun.practice.delivery import carry_access, carry_rules, rules
from taawun.practice.delivery.actions import coming
from taawun.practice.delivery.actions.carrying import Said, sync
from taawun.practice.delivery.models import Run, Stop, Tap
from tests.practice.delivery.rounds import make_round
from tests.world import make_world

STOPS = 3


class Phones(RuleBasedStateMachine):
    """Two phones of one carrier that lose their signal, send again, and send out of order, while others change things."""

    taps = Bundle("taps")

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()

    @initialize()
    def begin(self) -> None:
        self.world = make_world()
        for name in ("Yusuf", "Zeynep"):
            self.world.join(name)
        self.round = make_round(self.world, STOPS)
        self.yusuf = self.world.actor("Yusuf")
        self.answers: dict[uuid.UUID, str] = {}
        self.minute = 0

    @rule(
        target=taps,
        what=st.sampled_from(carry_rules.WHATS),
        place=st.integers(0, STOPS),
        quantity=st.integers(-1, 6),
        skew=st.sampled_from([0, 0, 61, -61]),
        order=st.integers(0, 50),
    )
    def tap(self, what, place, quantity, skew, order):
        self.minute += 1
        stop = None if what in carry_rules.OF_RUN else self.round.stops[place].id if place < STOPS else uuid.uuid4()
        at = self.world.now + timedelta(minutes=self.minute + skew)
        return Said(uuid.uuid4(), what, stop, quantity if what == "part" else None, at, order), skew

    @rule(some=st.lists(taps, min_size=1, max_size=6), late=st.integers(0, 300))
    def send(self, some, late):
        """The batch carries one clock; sent again, whole or in part, every tap gets the answer it had."""
        skew = some[0][1]
        now = self.world.now + timedelta(minutes=self.minute + late)
        said = [one for one, its_skew in some if its_skew == skew]
        answers = sync(self.yusuf, self.round.run.id, said, sent_at=now + timedelta(minutes=skew), now=now)
        assert [one.id for one in answers] == [one.id for one in said]
        for one in answers:
            assert self.answers.setdefault(one.id, one.code) == one.code

    @rule(one=consumes(taps))
    def lose(self, one):
        """A phone falls into the river with what it had not sent."""

    @rule(place=st.integers(0, STOPS - 1), what=st.sampled_from(sorted(coming.VERBS)))
    def recipient(self, place, what):
        token = carry_access.coming_token(self.round.stops[place].id)
        held = carry_access.coming_by_token(token, [self.world.circle.id])
        try:
            coming.say(held, what, now=self.world.now + timedelta(minutes=self.minute))
        except Refusal as refusal:
            assert refusal.code == "coming.over"

    @rule(place=st.integers(0, STOPS - 1), verb=st.sampled_from(["receive", "drop_out", "fail"]))
    def otherwise(self, place, verb):
        """The promise changes in aid, by somebody who does not know of the round."""
        zeynep, promise = self.world.actor("Zeynep"), self.round.stop(place).commitment_id
        now = self.world.now + timedelta(minutes=self.minute)
        try:
            with transaction.atomic():
                if verb == "receive":
                    aid.receive(zeynep, promise, now=now)
                elif verb == "fail":
                    aid.fail(zeynep, promise, "other", now=now)
                else:
                    aid.drop_out(zeynep, promise, now=now)
        except Refusal:
            pass

    @precondition(lambda self: self.minute > 2)
    @rule(place=st.integers(0, STOPS - 1))
    def cancel(self, place):
        Stop.objects.filter(pk=self.round.stops[place].pk, state__in=rules.OPEN).update(
            state="cancelled", reason="withdrawn"
        )

    @invariant()
    def nothing_is_lost_and_nothing_counts_twice(self):
        assert set(Tap.objects.values_list("pk", flat=True)) == set(self.answers)
        for stop in Stop.objects.filter(run=self.round.run).select_related("commitment", "intent"):
            done = Entry.objects.filter(name__in=["stop.delivered", "stop.part"], subject_id=stop.id).count()
            assert done == (stop.state in rules.MET)
            assert (stop.delivered is not None) == (stop.state in rules.MET)
            handed = Happening.objects.filter(commitment=stop.commitment, name="delivered").count()
            assert handed <= 1
            promise, need = stop.commitment, stop.intent
            if handed and promise.state == "delivered":
                assert promise.delivered == stop.delivered
            assert 0 <= need.done <= need.taken <= need.quantity
        for tap in Tap.objects.all():
            assert tap.event_at <= tap.recorded_at and (
                tap.stop_id or tap.what in carry_rules.OF_RUN or "stop" in tap.answer
            )
        run = Run.objects.get(pk=self.round.run.pk)
        if run.state == "done":
            assert not Stop.objects.filter(run=run, state__in=rules.AHEAD).exists()
            assert not Commitment.objects.filter(stops__run=run, state__in=["agreed"]).exists()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)


@pytest.mark.django_db
def test_any_order_of_anything():
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Phones,
        settings=settings(
            max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip

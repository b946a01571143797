"""The rules of the loop as tables and as properties over random histories."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import rules
from taawun.practice.aid.rules import Direction, IntentTerms, Urgency

NOW = datetime(2026, 5, 18, 9, 0, tzinfo=UTC)
OPEN = IntentTerms(
    direction=Direction.REQUEST, state="open", quantity=10, taken=0, done=0, whole_only=False, standing=False,
    urgency=Urgency.SOON, sensitive=False, expires_at=NOW + timedelta(days=2),
)


@pytest.mark.parametrize(
    ("change", "quantity", "code"),
    [
        ({"taken": 10, "state": "taken"}, 1, "claim.gone"),
        ({"taken": 7}, 4, "claim.too_much"),
        ({}, 0, "claim.nothing"),
        ({}, -3, "claim.nothing"),
        ({"whole_only": True}, 4, "claim.whole_only"),
        ({"state": "withdrawn"}, 1, "intent.closed"),
        ({"state": "fulfilled", "taken": 10, "done": 10}, 1, "claim.gone"),
        ({"state": "expired"}, 1, "intent.expired"),
        ({"expires_at": NOW}, 1, "intent.expired"),
    ],
)
def test_a_claim_that_cannot_stand_is_refused_with_its_reason(change, quantity, code):
    with pytest.raises(Refusal) as refused:
        rules.claim(replace(OPEN, **change), quantity, now=NOW, needs_yes=False)
    assert refused.value.code == code


def test_a_claim_takes_from_what_is_left():
    claimed = rules.claim(replace(OPEN, taken=4), None, now=NOW, needs_yes=False)
    assert (claimed.quantity, claimed.state, claimed.waiting_for) == (6, "agreed", None)


@pytest.mark.parametrize(
    ("direction", "waits_for"), [(Direction.REQUEST, rules.Side.RECEIVER), (Direction.OFFER, rules.Side.GIVER)]
)
def test_the_one_who_posted_says_yes(direction, waits_for):
    claimed = rules.claim(replace(OPEN, direction=direction), 2, now=NOW, needs_yes=True)
    assert (claimed.state, claimed.waiting_for) == ("waiting", waits_for)


@pytest.mark.parametrize(
    ("setting", "sensitive", "vouched", "direction", "answer"),
    [
        ("sensitive", False, False, Direction.REQUEST, False),
        ("sensitive", True, False, Direction.REQUEST, True),
        ("sensitive", True, True, Direction.REQUEST, False),
        ("always", False, True, Direction.REQUEST, True),
        ("never", True, False, Direction.REQUEST, False),
        ("never", False, True, Direction.OFFER, True),
    ],
)
def test_who_must_say_yes_first(setting, sensitive, vouched, direction, answer):
    terms = replace(OPEN, sensitive=sensitive, direction=direction)
    assert rules.needs_yes(setting, terms, vouched=vouched) is answer


# taken, done, committed, delivered → state, taken, done
LEDGER = [
    (10, 0, 10, 10, "fulfilled", 10, 10),
    (10, 0, 4, 4, "taken", 10, 4),
    (6, 0, 6, 2, "open", 2, 2),
    (10, 6, 4, 4, "fulfilled", 10, 10),
    (10, 6, 4, 1, "open", 7, 7),
]


@pytest.mark.parametrize(("taken", "done", "committed", "delivered", "state", "taken_after", "done_after"), LEDGER)
def test_what_did_not_arrive_is_open_again(taken, done, committed, delivered, state, taken_after, done_after):
    terms = replace(OPEN, taken=taken, done=done, state="taken" if taken == 10 else "open")
    after = rules.hand_in(terms, committed, delivered, now=NOW)
    assert (after.state, after.taken, after.done) == (state, taken_after, done_after)


def test_a_standing_offer_starts_afresh_each_time():
    terms = replace(OPEN, standing=True, taken=10, state="taken")
    assert rules.hand_in(terms, 10, 10, now=NOW) == rules.Standing("open", 0, 0)


def test_what_is_given_back_after_its_time_is_expired_not_open():
    terms = replace(OPEN, taken=10, state="taken", expires_at=NOW - timedelta(minutes=1))
    assert rules.give_back(terms, 10, now=NOW).state == "expired"


@pytest.mark.parametrize("state", sorted(rules.COMMITMENT.final))
@pytest.mark.parametrize("verb", sorted(rules.COMMITMENT.moves))
def test_nothing_moves_what_has_ended(state, verb):
    with pytest.raises(Refusal) as refused:
        rules.move(state, verb)
    assert refused.value.code == f"commitment.not_{verb}"


@given(
    some.lists(
        some.tuples(some.sampled_from(["hold", "back", "in", "correct"]), some.integers(1, 12), some.integers(0, 12)),
        max_size=40,
    ),
    some.booleans(),
)
def test_no_history_takes_more_than_there_is(steps, standing):
    terms = replace(OPEN, standing=standing)
    held: list[int] = []
    arrived: list[tuple[int, int]] = []
    for verb, amount, part in steps:
        if verb == "hold" and terms.state == "open" and amount <= terms.left:
            after = rules.hold(terms, amount)
            held.append(amount)
        elif verb == "back" and held:
            after = rules.give_back(terms, held.pop(), now=NOW)
        elif verb == "in" and held:
            committed = held.pop()
            delivered = max(1, min(part, committed))
            after = rules.hand_in(terms, committed, delivered, now=NOW)
            arrived.append((committed, delivered))
        elif verb == "correct" and arrived and terms.state != "withdrawn":
            committed, before = arrived.pop()
            later = min(part, before)
            after = rules.correct_delivery(terms, before, later, now=NOW)
            if later:
                arrived.append((committed, later))
        else:
            continue
        terms = replace(terms, state=after.state, taken=after.taken, done=after.done)
        expected = sum(held) + (0 if standing else sum(delivered for _, delivered in arrived))
        assert 0 <= terms.done <= terms.taken <= terms.quantity
        assert terms.taken == expected
        assert (terms.state == "fulfilled") == (terms.done == terms.quantity)


@given(some.sampled_from(list(Direction)), some.sampled_from(list(Urgency)), some.booleans(), some.integers(1, 60 * 24 * 300))
def test_people_are_asked_before_an_intent_runs_out(direction, urgency, standing, minutes):
    ends_at = NOW + timedelta(minutes=minutes)
    times = rules.clocks(direction, urgency, standing=standing, ends_at=ends_at, now=NOW)
    assert NOW <= times.ask_at < times.expires_at


@given(some.sampled_from(list(Urgency)), some.integers(-600, 6000), some.integers(1, 6000))
def test_a_claim_is_warned_about_before_it_is_released(urgency, start, length):
    starts_at = NOW + timedelta(minutes=start)
    ends_at = starts_at + timedelta(minutes=length)
    times = rules.claim_clocks(urgency, starts_at=starts_at, ends_at=ends_at, now=NOW)
    assert NOW <= times.warn_at < times.release_at
    assert times.due_at > NOW


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [(2, 1, "window.backwards"), (1, 1, "window.backwards"), (None, -1, "window.past"), (None, 24 * 400, "window.too_far")],
)
def test_a_window_that_cannot_be_is_refused(start, end, code):
    starts_at = NOW + timedelta(hours=start) if start is not None else None
    with pytest.raises(Refusal) as refused:
        rules.window(starts_at, NOW + timedelta(hours=end), now=NOW)
    assert refused.value.code == code

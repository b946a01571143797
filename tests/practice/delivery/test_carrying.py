"""What a carrier says on her round becomes what happened, and nothing she says is lost."""

from datetime import timedelta

import pytest

from taawun.community.people import blocks
from taawun.ground.journal.models import Entry
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import actions as aid
from taawun.practice.aid.models import Happening
from taawun.practice.delivery import carry_access, carry_rules
from taawun.practice.delivery.actions import carrying, coming
from taawun.practice.delivery.models import Run, Stop, Tap
from taawun.practice.delivery.queries import carrying as queries
from tests.practice.delivery.rounds import make_round


def codes(answers):
    return [one.code for one in answers]


def test_a_round_from_start_to_finish_flows_into_aid(world):
    round_ = make_round(world, 5)
    at = [world.now + timedelta(minutes=10 * number) for number in range(7)]
    now = at[-1]
    said = [
        round_.said("start", happened_at=at[0]),
        round_.said("on_the_way", 0, happened_at=at[0]),
        round_.said("delivered", 0, happened_at=at[1]),
        round_.said("part", 1, quantity=1, happened_at=at[2]),
        round_.said("not_there", 2, happened_at=at[3]),
        round_.said("refused", 3, happened_at=at[4]),
        round_.said("finish", happened_at=at[5]),
    ]
    assert codes(round_.send(*said, now=now)) == ["done"] * 7
    states = [round_.stop(place).state for place in range(5)]
    assert states == ["delivered", "part", "not_there", "refused", "cancelled"]
    promises = [round_.stop(place).commitment for place in range(5)]
    assert [(one.state, one.delivered, one.reason) for one in promises] == [
        ("delivered", 4, ""),
        ("delivered", 1, ""),
        ("failed", None, "not_there"),
        ("failed", None, "no_longer_needed"),
        ("failed", None, "giver_could_not"),
    ]
    # What did not arrive is on the board again; what happened happened when she said.
    assert [round_.stop(place).intent.state for place in range(5)] == ["fulfilled", "open", "open", "open", "open"]
    assert round_.stop(1).intent.left == 3
    assert Happening.objects.get(commitment=promises[0]).event_at == at[1]
    run = Run.objects.get(pk=round_.run.pk)
    assert (run.state, run.started_at, run.ended_at) == ("done", at[0], at[5])


def test_the_same_tap_five_times_happens_once_and_answers_the_same(world):
    round_ = make_round(world, 1)
    tap = round_.said("part", 0, quantity=3)
    first = round_.send(tap, tap, tap)
    assert [first, round_.send(tap, now=world.now + timedelta(hours=2))[0].code, codes(round_.send(tap))] == [
        [first[0]] * 3,
        "done",
        ["done"],
    ]
    assert Tap.objects.count() == Happening.objects.count() == 1
    # Somebody else's tap under the same number changes nothing and reads nothing.
    world.join("Layla")
    other = make_round(world, 1, carrier="Layla")
    assert codes(other.send(other.said("delivered", 0, id=tap.id))) == ["not_yours"]
    assert other.stop(0).state == "waiting"


def test_a_clock_that_is_an_hour_off_is_put_right_and_both_times_are_kept(world):
    round_ = make_round(world, 2)
    ahead = timedelta(hours=1)
    now = world.now + timedelta(hours=3)
    happened = world.now + timedelta(hours=2)
    round_.send(round_.said("delivered", 0, happened_at=happened + ahead), sent_at=now + ahead, now=now)
    tap = Tap.objects.get()
    assert (tap.happened_at, tap.clock_offset, tap.event_at) == (happened + ahead, 3600, happened)
    # The seconds a message takes are no wrong clock, and what is still to come never happened.
    later = now + timedelta(hours=5)
    round_.send(round_.said("delivered", 1, happened_at=later), sent_at=now - timedelta(seconds=40), now=now)
    tap = Tap.objects.order_by("recorded_at", "event_at").last()
    assert (tap.clock_offset, tap.event_at) == (0, now)


def test_what_changed_meanwhile_is_answered_in_a_sentence_and_the_tap_is_kept(world):
    round_ = make_round(world, 5)
    aid.withdraw(world.actor("Zeynep"), round_.stops[0].intent_id, now=world.now)
    Stop.objects.filter(pk=round_.stops[1].pk).update(state="cancelled", reason="withdrawn")
    Stop.objects.filter(pk=round_.stops[2].pk).update(run=None)
    aid.receive(world.actor("Zeynep"), round_.stops[3].commitment_id, now=world.now)
    answers = round_.send(
        *(round_.said("delivered", place) for place in range(4)),
        round_.said("delivered", 4),
        round_.said("not_there", 4),
    )
    assert codes(answers) == ["promise_over", "cancelled", "moved", "done", "done", "answered"]
    assert Tap.objects.count() == 6
    odd = Entry.objects.filter(name="stop.conflict").count()
    assert odd == 4
    assert round_.stop(3).commitment.state == "received"
    assert round_.stop(4).state == "delivered"


def test_taps_that_overtake_each_other_end_with_the_newest(world):
    round_ = make_round(world, 3)
    early, late = world.now + timedelta(minutes=5), world.now + timedelta(minutes=50)
    now = world.now + timedelta(hours=1)
    round_.send(round_.said("delivered", 0, happened_at=late), now=now)
    assert codes(round_.send(round_.said("on_the_way", 0, happened_at=early), now=now)) == ["overtaken"]
    round_.send(round_.said("not_now", 1, happened_at=late), now=now)
    assert codes(round_.send(round_.said("not_there", 1, happened_at=early), now=now)) == ["overtaken"]
    assert [round_.stop(place).state for place in range(2)] == ["delivered", "not_now"]
    # In one batch the phone's own order counts, whatever its clock said.
    swapped = [
        round_.said("delivered", 2, order=2, happened_at=early),
        round_.said("not_there", 2, order=1, happened_at=early),
    ]
    assert codes(round_.send(*swapped, now=now)) == ["done", "done"]
    assert round_.stop(2).state == "delivered"


def test_only_who_drives_sees_doors_and_only_the_next_ones(world):
    round_ = make_round(world, 4)
    yusuf, amina = world.actor("Yusuf"), world.actor("Amina")
    shown = queries.round_of(yusuf, carry_access.run(yusuf, round_.run.id), opens=True, now=world.now)
    assert [bool(one.door) for one in shown.lines] == [True, True, False, False]
    assert "bakery" in shown.lines[0].door["door"]
    looks = Entry.objects.filter(name="vault.revealed", actor_id=yusuf.agent_id)
    assert looks.count() == 1 and f"run:{round_.run.id}" in looks[0].body
    round_.send(round_.said("delivered", 0))
    shown = queries.round_of(yusuf, carry_access.run(yusuf, round_.run.id), opens=True, now=world.now)
    assert [bool(one.door) for one in shown.lines] == [False, True, True, False]
    # A coordinator sees the list, another member nothing, and days before nobody a door.
    seen = queries.round_of(amina, carry_access.run(amina, round_.run.id), opens=True, now=world.now)
    assert not any(one.door for one in seen.lines)
    with pytest.raises(Refusal):
        carry_access.run(world.actor("Zeynep"), round_.run.id)
    early = queries.round_of(
        yusuf, carry_access.run(yusuf, round_.run.id), opens=True, now=world.now - timedelta(days=2)
    )
    assert not any(one.door for one in early.lines)
    blocks.block_agent(world.accounts["Zeynep"], world.accounts["Yusuf"].agent, called="", now=world.now)
    hidden = queries.round_of(world.actor("Yusuf"), carry_access.run(yusuf, round_.run.id), opens=True, now=world.now)
    assert not any(one.door for one in hidden.lines)


def test_doors_are_taken_along_once_and_only_near_the_time(world):
    round_ = make_round(world, 3)
    yusuf = world.actor("Yusuf")
    doors = carrying.take_along(yusuf, round_.run.id, [], now=world.now)
    assert set(doors) == {one.id for one in round_.stops}
    assert carrying.take_along(yusuf, round_.run.id, list(doors), now=world.now) == {}
    assert Entry.objects.filter(name="vault.revealed", body__contains=f"along:{round_.run.id}").count() == 1
    round_.send(round_.said("delivered", 0))
    assert set(carrying.take_along(yusuf, round_.run.id, [], now=world.now)) == {one.id for one in round_.stops[1:]}
    for who, when in (
        ("Amina", world.now),
        ("Yusuf", world.now - timedelta(hours=13)),
        ("Yusuf", world.now + timedelta(days=1)),
    ):
        with pytest.raises(Refusal, match=r"along\.not_now"):
            carrying.take_along(world.actor(who), round_.run.id, [], now=when)


def test_a_code_proves_and_guessing_does_not(world):
    round_ = make_round(world, 3)
    right = carry_access.code_for(round_.stops[0].id)
    assert carry_rules.is_code(right)
    arabic = right.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert round_.send(round_.said("delivered", 0, code=f" {arabic[:2]} {arabic[2:]}"))[0].proof == "code"
    wrong = next(code for code in (carry_rules.code_of(bytes([n]) * 8) for n in range(9)) if code != right)
    for _ in range(carry_rules.CODE_TRIES):
        round_.send(round_.said("part", 1, quantity=9, code=wrong))
    right = carry_access.code_for(round_.stops[1].id)
    assert round_.send(round_.said("delivered", 1, code=right))[0].proof == "code_wrong"
    assert [round_.stop(place).proof for place in range(2)] == ["code", "code_wrong"]


def test_the_recipient_puts_it_off_and_the_round_knows(world):
    round_ = make_round(world, 2)
    token = carry_access.coming_token(round_.stops[0].id)
    held = carry_access.coming_by_token(token, [world.circle.id])
    for _ in range(2):
        assert coming.say(held, "not_now", now=world.now).state == "not_now"
    entry = Entry.objects.get(name="stop.not_now")
    assert f"run:{round_.run.id}" in entry.topics and f"agent:{round_.run.carrier.agent_id}" in entry.topics
    assert coming.say(held, "after_all", now=world.now).state == "waiting"
    # Met at the door all the same; then there is nothing left to put off.
    coming.say(held, "not_now", now=world.now)
    assert codes(round_.send(round_.said("delivered", 0))) == ["done"]
    with pytest.raises(Refusal, match=r"coming\.over"):
        coming.say(held, "not_now", now=world.now)
    with pytest.raises(Refusal):
        carry_access.coming_by_token(token[:-2] + "AA", [world.circle.id])
    Stop.objects.filter(pk=round_.stops[0].pk).update(run=None, state="waiting")
    lost = carry_access.coming_by_token(token, [world.circle.id])
    assert not queries.coming(world.circle, lost.stop, now=world.now).can_put_off
    with pytest.raises(Refusal, match=r"coming\.nobody"):
        coming.say(lost, "not_now", now=world.now)
    # By a word from the number she gave: which delivery is meant has to be clear.
    phone = "+442079460123"
    assert coming.say_by_word(world.circle, phone, "not_now", now=world.now).pk == round_.stops[1].pk
    with pytest.raises(Refusal, match=r"answer\.nobody"):
        coming.say_by_word(world.circle, "+442079460999", "not_now", now=world.now)

"""Something that repeats on the real database: its dates, who does them, what stops them, and what is left of it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from taawun.community.circles import actions as circles
from taawun.community.people import belongings, blocks, erasing
from taawun.ground.jobs.duties import run_duty
from taawun.ground.journal.models import Entry
from taawun.ground.journal.proof import verify_circle
from taawun.ground.vault.models import Sealed
from taawun.practice.aid import access, actions, own
from taawun.practice.aid.actions import Again, IntentDraft, Private, series, series_givers, series_running
from taawun.practice.aid.models import Commitment, Intent, Repeat, Series, StandIn
from taawun.practice.aid.series_rules import WEEK, Repetition
from tests.practice.aid.test_actions import refused
from tests.world import NOW, World

# NOW is a Monday; it comes on Thursdays, 17:00 to 19:00 in London.
THURSDAYS = [date(2026, 5, 21) + timedelta(days=7 * week) for week in range(8)]


def begin(
    world: World, who: str = "Amina", kind: str = "food.cooked_meal", quantity: int = 4, **changes: object
) -> Series:
    private = Private(reach="+442079460123", door="the green door opposite the bakery", details="two children")
    draft = IntentDraft(
        direction="request", kind=kind, quantity=quantity, urgency=0, from_minute=17 * 60, to_minute=19 * 60,
        private=private, visibility="members",
    )  # fmt: skip
    rule: dict[str, object] = {"kind": WEEK, "starts_on": NOW.date(), "weekdays": (3,)} | changes
    return series.start(world.actor(who), draft, Again(Repetition(**rule)), now=world.now)  # type: ignore[arg-type]


def dates(made: Series, *states: str) -> list[date | None]:
    rows = Intent.objects.filter(series=made, occurs_on__isnull=False).order_by("occurs_on")
    return list((rows.filter(state__in=states) if states else rows).values_list("occurs_on", flat=True))


def on_them(made: Series) -> list[tuple[date, str]]:
    rows = Commitment.objects.filter(request__series=made, state__in=["waiting", "agreed"]).order_by(
        "request__occurs_on"
    )
    return [(row.request.occurs_on, row.giver.name) for row in rows.select_related("request", "giver")]


def keep(world: World, now: datetime) -> int:
    world.open()
    return actions.keep_series(world.circle, now=now)


def intent_on(made: Series, day: date) -> Intent:
    return Intent.objects.get(series=made, occurs_on=day)


def test_dates_are_put_on_the_board_once_whoever_asks(world):
    made = begin(world)
    assert dates(made, "open") == THURSDAYS[:2]
    first = intent_on(made, THURSDAYS[0])
    assert first.starts_at.astimezone(ZoneInfo("Europe/London")).hour == 17
    assert first.expires_at == first.ends_at and first.agent_id == made.agent_id
    before = set(Intent.objects.values_list("pk", flat=True))
    assert [keep(world, NOW) for _again in range(5)] == [0] * 5
    assert set(Intent.objects.values_list("pk", flat=True)) == before
    assert keep(world, NOW + timedelta(days=7)) == 1
    assert Intent.objects.filter(series=made).count() == 3
    assert not Repeat.objects.exists()


def test_an_open_date_grows_urgent_and_a_sealed_door_comes_with_each(world):
    made = begin(world)
    assert intent_on(made, THURSDAYS[0]).urgency == 1
    keep(world, NOW + timedelta(days=2))
    assert intent_on(made, THURSDAYS[0]).urgency == 2
    promise = actions.claim(world.actor("Yusuf"), intent_on(made, THURSDAYS[1]).id, now=NOW)
    seen = access.contact_details(promise, world.actor("Yusuf"), now=NOW)
    assert seen["receiver"]["door"] == "the green door opposite the bakery"


def test_whoever_does_it_every_time_is_on_each_new_date_with_her_phone(world):
    made = begin(world)
    series_givers.take(world.actor("Yusuf"), made.id, phone="020 7946 0199", now=NOW)
    assert on_them(made) == [(day, "Yusuf") for day in THURSDAYS[:2]]
    keep(world, NOW + timedelta(days=7))
    assert on_them(made)[-1] == (THURSDAYS[2], "Yusuf")
    promise = Commitment.objects.get(request=intent_on(made, THURSDAYS[2]))
    seen = access.contact_details(promise, world.actor("Amina"), now=NOW + timedelta(days=7))
    assert seen["giver"] == {"name": "Yusuf", "phone": "+442079460199"}
    refused("series.has_giver", series_givers.take, world.actor("Zeynep"), made.id, now=NOW)
    refused("claim.own", series_givers.take, world.actor("Amina"), made.id, now=NOW)


def test_one_date_delivered_received_and_thanked_leaves_the_next_alone(world):
    made = begin(world)
    series_givers.take(world.actor("Yusuf"), made.id, now=NOW)
    promise = Commitment.objects.get(request=intent_on(made, THURSDAYS[0]))
    later = NOW + timedelta(days=3, hours=9)
    actions.deliver(world.actor("Yusuf"), promise.id, now=later)
    actions.receive(world.actor("Amina"), promise.id, now=later)
    actions.thank(world.actor("Amina"), promise.id, now=later)
    assert (intent_on(made, THURSDAYS[0]).state, intent_on(made, THURSDAYS[1]).state) == ("fulfilled", "taken")
    refused("series.date_done", series_running.skip, world.actor("Amina"), made.id, THURSDAYS[0], now=later)
    keep(world, later)
    assert dates(made) == THURSDAYS[:3]


def test_a_date_is_skipped_once_and_taken_back(world):
    made = begin(world)
    series_givers.take(world.actor("Yusuf"), made.id, now=NOW)
    for _twice in range(2):
        series_running.skip(world.actor("Amina"), made.id, THURSDAYS[0], now=NOW)
    assert on_them(made) == [(THURSDAYS[1], "Yusuf")] and keep(world, NOW) == 0
    assert Entry.objects.filter(name="series.skipped").count() == 1
    series_running.unskip(world.actor("Amina"), made.id, THURSDAYS[0], now=NOW)
    assert on_them(made) == [(day, "Yusuf") for day in THURSDAYS[:2]]
    # One far off can be skipped before it is on the board.
    series_running.skip(world.actor("Amina"), made.id, THURSDAYS[3], now=NOW)
    keep(world, NOW + timedelta(days=20))
    assert THURSDAYS[3] not in dates(made)
    for wrong in (date(2026, 5, 22), date(2026, 5, 14), date.max):
        refused("series.no_such_date", series_running.skip, world.actor("Amina"), made.id, wrong, now=NOW)
    assert (
        refused("forbidden", series_running.skip, world.actor("Zeynep"), made.id, THURSDAYS[1], now=NOW).status == 403
    )


def test_paused_until_a_day_and_gone_on_by_itself_or_by_hand(world):
    made = begin(world)
    series_givers.take(world.actor("Yusuf"), made.id, now=NOW)
    actions.withdraw(world.actor("Amina"), intent_on(made, THURSDAYS[1]).id, now=NOW)
    series_running.pause(world.actor("Amina"), made.id, date(2026, 6, 1), now=NOW)
    assert on_them(made) == [] and keep(world, NOW + timedelta(days=7)) == 0
    refused("series.not_running", series_running.pause, world.actor("Amina"), made.id, None, now=NOW)
    # What was taken off the board by itself stays off.
    keep(world, datetime(2026, 6, 1, 9, tzinfo=NOW.tzinfo))
    made.refresh_from_db()
    assert made.state == "running" and on_them(made) == [(day, "Yusuf") for day in THURSDAYS[2:4]]
    later = datetime(2026, 6, 2, 9, tzinfo=NOW.tzinfo)
    series_running.pause(world.actor("Amina"), made.id, None, now=later)
    assert keep(world, later + timedelta(days=1)) == 0
    series_running.resume(world.actor("Amina"), made.id, now=later)
    assert on_them(made) == [(day, "Yusuf") for day in THURSDAYS[2:4]]
    assert verify_circle(world.circle.id)[2] == []


def test_taken_over_for_a_week_and_then_back(world):
    made = begin(world)
    yusuf, zeynep = world.actor("Yusuf"), world.actor("Zeynep")
    series_givers.take(yusuf, made.id, phone="020 7946 0199", now=NOW)
    week = (THURSDAYS[1], THURSDAYS[1] + timedelta(days=6))
    asked = series_givers.hand(yusuf, made.id, zeynep.agent_id, *week, now=NOW)
    assert [name for _day, name in on_them(made)] == ["Yusuf", "Yusuf"]
    refused("commitment.not_yours", series_givers.answer_hand, yusuf, asked.id, series_id=made.id, yes=True, now=NOW)
    series_givers.answer_hand(zeynep, asked.id, series_id=made.id, yes=True, phone="020 7946 0155", now=NOW)
    keep(world, NOW + timedelta(days=10))
    assert [name for _day, name in on_them(made)] == ["Yusuf", "Zeynep", "Yusuf", "Yusuf"]
    hers = Commitment.objects.get(request=intent_on(made, THURSDAYS[1]), state="agreed")
    seen = access.contact_details(hers, world.actor("Amina"), now=NOW)
    assert seen["giver"] == {"name": "Zeynep", "phone": "+442079460155"}
    refused("commitment.not_yours", series_givers.hand, zeynep, made.id, yusuf.agent_id, *week, now=NOW)


def test_a_stand_in_may_stop_and_the_date_goes_back(world):
    made = begin(world)
    yusuf, zeynep = world.actor("Yusuf"), world.actor("Zeynep")
    series_givers.take(yusuf, made.id, now=NOW)
    asked = series_givers.hand(yusuf, made.id, zeynep.agent_id, THURSDAYS[0], THURSDAYS[0], now=NOW)
    series_givers.answer_hand(zeynep, asked.id, series_id=made.id, yes=True, now=NOW)
    series_givers.answer_hand(zeynep, asked.id, series_id=made.id, yes=False, now=NOW)
    assert [name for _day, name in on_them(made)] == ["Yusuf", "Yusuf"] and not StandIn.objects.exists()


def test_for_a_while_where_nobody_does_it(world):
    made = begin(world)
    series_givers.take(world.actor("Zeynep"), made.id, until=THURSDAYS[0], now=NOW)
    assert on_them(made) == [(THURSDAYS[0], "Zeynep")]
    refused("series.stand_in", series_givers.take, world.actor("Yusuf"), made.id, until=date(2026, 5, 1), now=NOW)


def test_where_a_yes_is_needed_it_is_asked_for_once(world):
    made = begin(world, "Yusuf", kind="company.listening", quantity=60)
    series_givers.take(world.actor("Zeynep"), made.id, phone="020 7946 0155", now=NOW)
    assert on_them(made) == []
    refused("forbidden", series_givers.answer, world.actor("Zeynep"), made.id, yes=True, now=NOW)
    series_givers.answer(world.actor("Yusuf"), made.id, yes=False, now=NOW)
    assert not Sealed.objects.filter(row_id=made.id, field="giver_phone").exists()
    series_givers.take(world.actor("Zeynep"), made.id, until=THURSDAYS[1], now=NOW)
    series_givers.answer_hand(world.actor("Yusuf"), StandIn.objects.get().id, series_id=made.id, yes=True, now=NOW)
    assert [name for _day, name in on_them(made)] == ["Zeynep", "Zeynep"]


def test_leaving_opens_the_coming_dates(world):
    made = begin(world)
    series_givers.take(world.actor("Yusuf"), made.id, phone="020 7946 0199", now=NOW)
    refused("commitment.not_yours", series_givers.leave, world.actor("Zeynep"), made.id, now=NOW)
    series_givers.leave(world.actor("Yusuf"), made.id, now=NOW)
    assert on_them(made) == [] and dates(made, "open") == THURSDAYS[:2]
    assert not Sealed.objects.filter(row_id=made.id, field="giver_phone").exists()
    refused("series.no_giver", series_givers.leave, world.actor("Amina"), made.id, now=NOW)


def test_ended_by_hand_by_its_last_day_and_after_so_many_times(world):
    made = begin(world)
    series_givers.take(world.actor("Yusuf"), made.id, now=NOW)
    series_running.end(world.actor("Amina"), made.id, now=NOW)
    assert on_them(made) == [] and keep(world, NOW + timedelta(days=7)) == 0
    refused("series.ended", series_running.resume, world.actor("Amina"), made.id, now=NOW)
    refused("series.ended", series_givers.take, world.actor("Zeynep"), made.id, now=NOW)
    assert not Sealed.objects.filter(row_id=made.id, expires_at__isnull=True).exists()
    for ends in ({"ends_on": THURSDAYS[1]}, {"count": 2}):
        short = begin(world, **ends)
        keep(world, NOW + timedelta(days=7))
        keep(world, NOW + timedelta(days=11))
        short.refresh_from_db()
        assert dates(short) == THURSDAYS[:2] and short.state == "ended"


def test_a_change_moves_the_open_dates_and_leaves_what_was_agreed(world):
    made = begin(world)
    actions.claim(world.actor("Yusuf"), intent_on(made, THURSDAYS[0]).id, now=NOW)
    fridays = Again(Repetition(WEEK, NOW.date(), weekdays=(4,)))
    amina = world.actor("Amina")
    hours = {"from_minute": 9 * 60, "to_minute": 10 * 60}
    series_running.change(amina, made.id, fridays, **hours, quantity=6, now=NOW)
    assert dates(made) == [THURSDAYS[0], date(2026, 5, 22), date(2026, 5, 29)]
    assert [intent_on(made, day).quantity for day in dates(made)] == [4, 6, 6]
    refused(
        "window.not_a_time",
        series_running.change,
        amina,
        made.id,
        fridays,
        from_minute=2000,
        to_minute=None,
        quantity=6,
        now=NOW,
    )


def test_a_single_need_beside_a_series_is_asked_again_but_its_dates_are_not(world):
    made = begin(world, "Yusuf")
    keep(world, NOW + timedelta(days=7))
    assert not Repeat.objects.exists()
    again = world.need("Yusuf", 2)
    assert Repeat.objects.get().again_id == again.id and Repeat.objects.get().first.series_id == made.id


def test_whoever_leaves_ends_hers_and_what_she_did_for_others(world):
    hers, others = begin(world, "Yusuf"), begin(world, "Zeynep")
    series_givers.take(world.actor("Yusuf"), others.id, now=NOW)
    circles.remove_member(world.actor("Amina"), world.accounts["Yusuf"].agent_id, now=NOW)
    run_duty("aid.keep_up", NOW + timedelta(minutes=1))
    world.open()
    hers.refresh_from_db(), others.refresh_from_db()
    assert (hers.state, others.state, others.giver_id) == ("ended", "running", None)
    assert on_them(others) == [] and dates(hers, "open") == []
    assert run_duty("aid.keep_up", NOW + timedelta(minutes=2)) == 0


def test_a_block_ends_what_one_does_for_the_other(world):
    made = begin(world, "Zeynep")
    series_givers.take(world.actor("Yusuf"), made.id, now=NOW)
    blocks.block_agent(world.accounts["Zeynep"], world.accounts["Yusuf"].agent, called="Yusuf", now=NOW)
    world.open()
    made.refresh_from_db()
    assert made.giver_id is None and on_them(made) == []
    refused("not_found", access.series, world.circle, world.actor("Yusuf"), made.id)


def test_erasing_somebody_ends_what_repeats_and_forgets_her_words(world):
    hers, others = begin(world, "Yusuf"), begin(world, "Zeynep")
    series_givers.take(world.actor("Yusuf"), others.id, phone="020 7946 0199", now=NOW)
    person = belongings.person(world.accounts["Yusuf"], now=NOW)
    assert [one["as"] for one in own.take(person).data["series"]] == ["receiver", "giver"]
    erasing.erase(person)
    world.open()
    hers.refresh_from_db(), others.refresh_from_db()
    assert (hers.state, hers.summary, others.giver_id) == ("ended", "", None)
    assert not Sealed.objects.filter(
        row_id__in=[hers.id, others.id], subject_id=world.accounts["Yusuf"].agent_id
    ).exists()
    assert on_them(others) == []


def test_the_day_before_whoever_is_on_it_is_reminded_once(world):
    made = begin(world)
    series_givers.take(world.actor("Yusuf"), made.id, now=NOW)
    reminded = lambda at: actions.keep_up(world.circle, now=at)["reminded"]
    assert reminded(datetime(2026, 5, 20, 7, 59, tzinfo=NOW.tzinfo)) == 0
    assert reminded(datetime(2026, 5, 20, 8, 1, tzinfo=NOW.tzinfo)) == 1
    assert reminded(datetime(2026, 5, 20, 9, 0, tzinfo=NOW.tzinfo)) == 0
    # What was promised on the same day needs no reminder.
    late = begin(world, "Zeynep")
    wednesday = datetime(2026, 5, 20, 10, 0, tzinfo=NOW.tzinfo)
    actions.claim(world.actor("Yusuf"), intent_on(late, THURSDAYS[0]).id, now=wednesday)
    assert reminded(wednesday + timedelta(hours=1)) == 0


def test_who_may_see_what_repeats(world, other_world):
    made = begin(world)
    assert access.series(world.circle, world.actor("Zeynep"), made.id).id == made.id
    refused("not_found", access.series, world.circle, None, made.id)
    Series.objects.filter(pk=made.pk).update(visibility="coordinators")
    refused("not_found", access.series, world.circle, world.actor("Zeynep"), made.id)
    refused("not_found", access.series, other_world.circle, other_world.actor("Omar"), made.id)


@pytest.mark.parametrize(
    ("who", "direction", "code"), [("Yusuf", "offer", "series.offer"), ("Yusuf", "request", "member.unknown")]
)
def test_what_cannot_begin(world, who, direction, code):
    behalf = world.accounts["Zeynep"].agent_id if code == "member.unknown" else None
    draft = IntentDraft(direction=direction, kind="food.bread", quantity=1, urgency=0, on_behalf_of=behalf)
    again = Again(Repetition(WEEK, NOW.date(), weekdays=(3,)))
    refused(code, series.start, world.actor(who), draft, again, now=NOW)

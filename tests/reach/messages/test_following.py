"""Which entries tell whom, played through with the real actions; and that nobody is told twice or by mistake."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connections

from taawun.community.circles import actions as circles
from taawun.community.circles import sentences
from taawun.community.people.models import AgentKind
from taawun.ground.jobs.duties import run_duty
from taawun.ground.journal.models import Entry
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid import actions as aid
from taawun.practice.aid.actions import Again, IntentDraft, Private, series, series_givers, series_running
from taawun.practice.aid.series_rules import WEEK, Repetition
from taawun.practice.aid.wording import ENTRIES
from taawun.reach.messages import following, queries
from taawun.reach.messages.models import Cursor, Notice
from taawun.reach.messages.tells import TELLS
from tests.world import NOW, World, make_world


class Town:
    """A world with every kind of person: Amina coordinates, Yusuf, Zeynep and Hassan are members, Mariam is looked after
    by Yusuf, nobody looks after Idris, and the Bakery acts through Zeynep and Hassan."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.join("Hassan")
        amina = world.actor("Amina")
        self.mariam = self._enter("Mariam")
        circles.look_after(amina, self.mariam, world.accounts["Yusuf"].agent_id, now=NOW)
        self.idris = self._enter("Idris")
        circles.look_after(amina, self.idris, None, now=NOW)
        self.bakery = self._enter("Bakery", AgentKind.ORGANISATION)
        for name in ("Zeynep", "Hassan"):
            circles.name_representative(amina, self.bakery, world.accounts[name].agent_id, now=NOW)
        circles.end_representative(amina, self.bakery, amina.agent_id, now=NOW)
        self.told()

    def _enter(self, name: str, kind: str = AgentKind.PERSON):
        actor = self.world.actor("Amina")
        return circles.add_member(actor, name=name, kind=kind, consented=True, now=NOW).agent_id

    def does(self, name: str, verb, *arguments, **named):
        return verb(self.world.actor(name), *arguments, now=named.pop("now", NOW), **named)

    def told(self, now=NOW) -> set[tuple[str, str]]:
        """Follow the journal; return the notices made by it as (entry, reader)."""
        self.world.open()
        before = set(Notice.objects.values_list("pk", flat=True))
        run_duty("messages.follow", now)
        self.world.open()
        names = {account.agent_id: name for name, account in self.world.accounts.items()}
        return {(one.name, names[one.agent_id]) for one in Notice.objects.exclude(pk__in=before)}


@pytest.fixture
def town(world: World) -> Town:
    return Town(world)


def test_the_loop_between_two_members_tells_the_other_side_each_time(town):
    need = town.world.need("Yusuf", 5)
    assert town.told() == set()
    promise = town.does("Zeynep", aid.claim, need.id, quantity=5)
    assert town.told() == {("claim.made", "Yusuf")}
    town.does("Zeynep", aid.still_on_it, promise.id)
    assert town.told() == set()
    town.does("Zeynep", aid.deliver, promise.id)
    assert town.told() == {("help.delivered", "Yusuf")}
    town.does("Yusuf", aid.receive, promise.id)
    assert town.told() == {("help.received", "Zeynep")}
    town.does("Yusuf", aid.thank, promise.id)
    assert town.told() == {("help.thanked", "Zeynep")}


def test_what_was_offered_asks_the_giver_and_answers_the_one_who_asked(town):
    offer = town.world.offer("Yusuf")
    asked = town.does("Zeynep", aid.claim, offer.id, quantity=1)
    assert town.told() == {("claim.made", "Yusuf")}
    town.does("Yusuf", aid.accept, asked.id)
    assert town.told() == {("claim.accepted", "Zeynep")}
    second = town.does("Zeynep", aid.claim, offer.id, quantity=1)
    town.told()
    town.does("Yusuf", aid.decline, second.id)
    assert town.told() == {("claim.declined", "Zeynep")}


def test_a_proposal_asks_the_giver_alone(town):
    need, offer = town.world.need("Yusuf"), town.world.offer("Zeynep")
    town.does("Amina", aid.propose, need.id, offer.id)
    assert town.told() == {("match.proposed", "Zeynep")}


def test_letting_go_tells_the_other_side_and_by_a_coordinator_both(town):
    need = town.world.need("Yusuf", 4)
    one = town.does("Zeynep", aid.claim, need.id, quantity=1)
    two = town.does("Hassan", aid.claim, need.id, quantity=1)
    town.told()
    town.does("Zeynep", aid.drop_out, one.id)
    assert town.told() == {("claim.released", "Yusuf")}
    town.does("Amina", aid.drop_out, two.id)
    assert town.told() == {("claim.released", "Yusuf"), ("claim.released", "Hassan")}


def test_failing_tells_the_side_that_did_not_say_so(town):
    promise = town.does("Zeynep", aid.claim, town.world.need("Yusuf", 4).id)
    town.told()
    town.does("Yusuf", aid.fail, promise.id, "not_there")
    assert town.told() == {("help.failed", "Zeynep")}


def test_the_clock_warns_the_giver_and_tells_both_when_it_lets_go(town):
    promise = town.does("Zeynep", aid.claim, town.world.need("Yusuf", 4).id)
    town.told()
    run_duty("aid.keep_up", promise.warn_at)
    assert town.told(promise.warn_at) == {("claim.warned", "Zeynep")}
    run_duty("aid.keep_up", promise.release_at)
    assert ("claim.released", "Zeynep") in (told := town.told(promise.release_at))
    assert ("claim.released", "Yusuf") in told


def test_the_clock_warns_whoever_still_has_to_answer(town):
    need = town.world.need("Yusuf", 60, kind="company.listening", visibility="members")
    promise = town.does("Zeynep", aid.claim, need.id)
    assert promise.waiting_for == "receiver"
    town.told()
    run_duty("aid.keep_up", promise.warn_at)
    assert town.told(promise.warn_at) == {("claim.warned", "Yusuf")}


def test_a_promise_passed_on_asks_its_new_giver_and_informs_the_receiver(town):
    promise = town.does("Zeynep", aid.claim, town.world.need("Yusuf", 4).id)
    town.told()
    town.does("Zeynep", aid.hand_over, promise.id, town.world.accounts["Hassan"].agent_id)
    assert town.told() == {("claim.handed_over", "Yusuf"), ("claim.made", "Hassan")}


def test_the_owner_is_asked_and_told_when_it_ran_out_or_was_taken_off(town):
    need, other = town.world.need("Yusuf"), town.world.need("Zeynep")
    run_duty("aid.keep_up", need.ask_at)
    assert town.told(need.ask_at) == {("intent.asked", "Yusuf"), ("intent.asked", "Zeynep")}
    town.does("Amina", aid.withdraw, other.id)
    assert town.told() == {("intent.withdrawn", "Zeynep")}
    run_duty("aid.keep_up", need.expires_at)
    assert town.told(need.expires_at) == {("intent.expired", "Yusuf")}


def test_withdrawing_ones_own_tells_those_who_were_on_it(town):
    need = town.world.need("Yusuf", 4)
    town.does("Zeynep", aid.claim, need.id)
    town.told()
    town.does("Yusuf", aid.withdraw, need.id)
    assert town.told() == {("claim.released", "Zeynep")}


def test_whoever_looks_after_somebody_is_told_in_their_place(town):
    need = town.world.need("Yusuf", 2, on_behalf_of=town.mariam)
    town.does("Zeynep", aid.claim, need.id, quantity=1)
    assert town.told() == {("claim.made", "Yusuf")}
    # Yusuf claims his own ward's need himself: he knows, and there is nobody else to tell.
    town.does("Yusuf", aid.claim, need.id, quantity=1)
    assert town.told() == set()


def test_for_somebody_nobody_looks_after_the_coordinators_are_told(town):
    need = town.world.need("Amina", 2, on_behalf_of=town.idris)
    town.does("Zeynep", aid.claim, need.id, quantity=1)
    assert town.told() == {("claim.made", "Amina")}


def test_an_organisation_is_told_through_all_its_people(town):
    offer = town.world.offer("Zeynep", on_behalf_of=town.bakery)
    asked = town.does("Yusuf", aid.claim, offer.id, quantity=1)
    assert town.told() == {("claim.made", "Zeynep"), ("claim.made", "Hassan")}
    # One of them answers for it: the other needs no telling, Yusuf does.
    town.does("Hassan", aid.accept, asked.id)
    assert town.told() == {("claim.accepted", "Yusuf")}


def test_a_need_filed_without_an_account_waits_for_the_coordinators(town):
    draft = IntentDraft("request", "food.cooked_meal", 2, 3, visibility="public", private=Private(name="S", reach="ring"))
    need, _code = aid.post_without_account(town.world.circle, draft, visitor="::1", now=NOW)
    assert town.told() == {("intent.posted", "Amina")}
    assert Notice.objects.latest("seq").for_id == need.agent_id
    town.does("Zeynep", aid.claim, need.id)
    assert town.told() == {("claim.made", "Amina")}


def test_one_who_left_is_not_told_and_the_loose_end_is_the_coordinators(town):
    promise = town.does("Zeynep", aid.claim, town.world.need("Yusuf", 4).id)
    circles.leave(town.world.actor("Zeynep"), now=NOW)
    town.told()
    town.does("Yusuf", aid.receive, promise.id)
    assert town.told() == {("help.received", "Amina")}


def test_nobody_is_told_twice_of_the_same(town):
    need = town.world.need("Yusuf", 5)
    town.does("Zeynep", aid.claim, need.id)
    assert town.told() == {("claim.made", "Yusuf")}
    # As after a run that died before its cursor was written.
    Cursor.objects.update(seq=0)
    assert town.told() == set()


def test_what_is_long_over_is_not_told(town):
    need = town.world.need("Yusuf", 5)
    town.does("Zeynep", aid.claim, need.id)
    assert town.told(NOW + following.TOLD_WITHIN + timedelta(seconds=1)) == set()
    assert town.told() == set(), "the cursor has passed it for good"


def test_a_circle_hears_only_of_itself(world, other_world):
    need = world.need("Yusuf", 5)
    aid.claim(world.actor("Zeynep"), need.id, now=NOW)
    other_world.need("Omar")
    run_duty("messages.follow", NOW)
    with circle_scope(world.circle.id, other_world.circle.id):
        assert {one.circle_id for one in Notice.objects.all()} == {world.circle.id}
    other_world.open()
    assert not Notice.objects.exists()


def test_only_circles_with_news_are_looked_at(world, other_world):
    run_duty("messages.follow", NOW)
    assert following.circles_with_news() == []
    other_world.need("Omar")
    assert following.circles_with_news() == [other_world.circle.id]


def test_a_long_history_is_followed_in_pages(town, monkeypatch):
    monkeypatch.setattr(following, "ENTRIES_AT_ONCE", 2)
    needs = [town.world.need("Yusuf", 1) for _ in range(5)]
    for need in needs:
        town.does("Zeynep", aid.claim, need.id)
    town.told()
    assert Notice.objects.filter(name="claim.made").count() == 5
    assert Cursor.objects.get().seq == Entry.objects.latest("seq").seq


def test_the_queries_do_not_grow_with_what_happened(town, django_assert_max_num_queries):
    for need in [town.world.need("Yusuf", 1) for _ in range(30)]:
        town.does("Zeynep", aid.claim, need.id)
    town.world.open()
    with django_assert_max_num_queries(14):
        assert following.follow(town.world.circle, now=NOW) == 30


def test_two_runs_at_once_tell_once(committed_db):
    with circle_scope():
        world = make_world()
        world.join("Yusuf")
        for _ in range(20):
            aid.claim(world.actor("Yusuf"), world.need("Amina", 1).id, now=NOW)
    gate = threading.Barrier(4)

    def run(_number: int) -> object:
        gate.wait(30)
        try:
            return run_duty("messages.follow", NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(run, range(4)))
    with circle_scope(world.circle.id):
        assert Notice.objects.count() == 20 == sum(made)  # type: ignore[arg-type]


def test_the_table_names_only_entries_there_are():
    assert set(TELLS) <= set(ENTRIES) | set(sentences.registered())


def test_an_entry_about_something_that_is_gone_concerns_nobody():
    told = {name: list(rule(following.Story())) for name, rule in TELLS.items()}
    # These are about no need and no promise: coordinators hear of them as such.
    of_the_circle = {name for name in TELLS if name.startswith(("member.", "sheet."))}
    assert {name for name, ones in told.items() if ones} == of_the_circle


def test_what_comes_again_is_told_once_and_not_date_by_date(town):
    thursdays = Again(Repetition(WEEK, NOW.date(), weekdays=(3,)))
    draft = IntentDraft(direction="request", kind="food.bread", quantity=1, urgency=0)
    made = town.does("Yusuf", series.start, draft, thursdays)
    assert town.told() == set()
    town.does("Zeynep", series_givers.take, made.id)
    assert town.told() == {("series.taken", "Yusuf")}
    hassan, day = town.world.accounts["Hassan"].agent_id, date(2026, 5, 28)
    asked = town.does("Zeynep", series_givers.hand, made.id, hassan, day, day)
    assert town.told() == {("series.stand_in", "Hassan")}
    town.does("Hassan", series_givers.answer_hand, asked.id, series_id=made.id, yes=True)
    assert town.told() == {("series.accepted", "Yusuf"), ("series.accepted", "Zeynep")}
    town.does("Yusuf", series_running.skip, made.id, day)
    assert town.told() == {("series.skipped", "Hassan")}
    town.does("Amina", series_running.pause, made.id, None)
    assert town.told() == {("series.paused", "Yusuf"), ("series.paused", "Zeynep")}
    notice = Notice.objects.filter(name="series.paused").first()
    assert notice.series_id == made.id
    shown = queries.notices_of(town.world.actor("Zeynep"))[0]
    assert shown.path == f"/c/{town.world.circle.slug}/series/{made.id}/" and shown.what == "Bread · 1 piece"
    town.does("Yusuf", series_running.resume, made.id)
    assert town.told() == {("series.resumed", "Zeynep")}
    town.does("Zeynep", series_givers.leave, made.id)
    assert town.told() == {("series.left", "Yusuf")}


def test_the_day_before_only_who_is_on_it_is_reminded(town):
    thursdays = Again(Repetition(WEEK, NOW.date(), weekdays=(3,)))
    draft = IntentDraft(direction="request", kind="food.bread", quantity=1, urgency=0, from_minute=600)
    made = town.does("Yusuf", series.start, draft, thursdays)
    town.does("Zeynep", series_givers.take, made.id)
    town.told()
    at = NOW + timedelta(days=2)
    run_duty("aid.keep_up", at)
    assert town.told(at) == {("claim.reminded", "Zeynep")}

"""From a file to the board and back: rehearsed, brought in once, changed where the file changed, undone without a trace."""

from datetime import timedelta

import pytest
from django.db import connection

from taawun.community.circles.actions import add_area
from taawun.community.circles.models import Membership
from taawun.community.people.models import Agent, Contact
from taawun.ground.journal.models import Entry
from taawun.ground.journal.proof import verify_circle
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.ground.vault.models import DataKey, Sealed
from taawun.practice.aid import actions as aid
from taawun.practice.aid.models import Intent
from taawun.reach.sheets import actions, jobs, keeping
from taawun.reach.sheets.actions import Choices
from taawun.reach.sheets.models import Brought, Import, Progress, State

FORM = """\
Timestamp,Full name,Phone number,What do you need?,How many?,Address,Notes,Religion
2026-05-10 09:12:00,Leila Haddad,020 7946 0123,Bread,4,behind the mill,two children,x
2026-05-10 10:40:00,عمر الخطيب,020 7946 0124,"Bread, Blankets",,third floor,"ring, then wait",x
2026-05-10 11:00:00,Sami Nasr,XXXXXXX,Cooked meal,2,by the bakery,,x
2026-05-11 12:00:00,Rana Aziz,020 7946 0125,unicorns,2,,,x
2026-05-11 12:30:00,Leila Haddad,020 7946 0123,Bread,4,behind the mill,again,x
"""


def handed_in(world, text: str = FORM, name: str = "needs.csv", **choices: object) -> Import:
    actor = world.actor("Amina")
    load = actions.hand_in(actor, text.encode() if isinstance(text, str) else text, name, now=world.now)
    given = Choices(**({"basis": "asked", "direction": "request"} | choices))  # type: ignore[arg-type]
    return actions.choose(actor, load.id, given, now=world.now)


def checked(world, text: str = FORM, **choices: object) -> Import:
    load = handed_in(world, text, **choices)
    return actions.start_check(world.actor("Amina"), load.id, now=world.now)


def brought(world, text: str = FORM, **choices: object) -> Import:
    load = checked(world, text, **choices)
    return actions.start_bring(world.actor("Amina"), load.id, now=world.now)


def opened(world, intent: Intent) -> dict[str, str]:
    viewer = world.actor("Amina").viewer
    return store.reveal(viewer, [intent.id], "test", circle_id=world.circle.id, now=world.now)[intent.id]


def of(world, details: str, kind: str = "") -> Intent:
    """Return the need with these details."""
    return next(
        one
        for one in Intent.objects.order_by("id")
        if opened(world, one).get("details") == details and kind in ("", one.kind)
    )


def test_a_form_s_rows_become_needs_and_every_row_is_accounted_for(world):
    load = brought(world)
    counts = load.counts
    assert counts["rows"] == 5 == sum(counts.get(f"rows_{one}", 0) for one in ("new", "wrong", "skipped", "same"))
    assert (counts["rows_new"], counts["request"]) == (4, 5)
    kinds = sorted(Intent.objects.values_list("kind", flat=True))
    assert kinds == ["food.bread", "food.bread", "food.bread", "food.cooked_meal", "household.blankets"]
    first = of(world, "two children")
    assert first.quantity == 4 and opened(world, first) == {
        "name": "Leila Haddad",
        "phone": "+442079460123",
        "door": "behind the mill",
        "details": "two children",
    }
    both = Entry.objects.get(name="sheet.brought")
    assert '"brought":5' in both.body and "Leila" not in both.body and "needs.csv" not in both.body
    assert Entry.objects.filter(name="intent.posted").count() == 5
    assert verify_circle(world.circle.id)[2] == []


def test_nothing_of_the_file_lies_in_plain_and_nothing_is_left_of_it_afterwards(world):
    load = checked(world)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, '') FROM sheets_import t")
        assert "Leila" not in cursor.fetchone()[0]
    assert Sealed.objects.filter(row_id=load.id).exists()
    actions.start_bring(world.actor("Amina"), load.id, now=world.now)
    assert (
        not Sealed.objects.filter(row_id=load.id).exists() and not DataKey.objects.filter(subject_id=load.id).exists()
    )
    waits = checked(world, FORM + "2026-05-12,New,020 7946 0199,Bread,1,,,x\n")
    jobs.forget_in(world.circle, now=world.now + timedelta(hours=25))
    assert not Import.objects.filter(pk=waits.pk).exists() and not Sealed.objects.filter(row_id=waits.id).exists()


def test_the_same_file_twice_changes_nothing_and_new_rows_are_added(world):
    brought(world)
    before = list(Intent.objects.order_by("id").values())
    again = brought(world)
    assert list(Intent.objects.order_by("id").values()) == before
    assert (again.counts["rows_same"], again.counts.get("rows_new", 0)) == (4, 0)
    more = brought(world, FORM + "2026-05-12 08:00:00,New Person,020 7946 0199,Bread,1,,,x\n")
    assert (more.counts["rows_new"], more.counts["rows_same"]) == (1, 4)


def test_a_changed_row_changes_here_unless_somebody_acted_on_it(world):
    brought(world)
    free, taken = of(world, "two children"), of(world, "ring, then wait", "food.bread")
    aid.claim(world.actor("Yusuf"), taken.id, quantity=1, now=world.now)
    changed = FORM.replace("Bread,4,behind the mill,two children", "Bread,9,behind the mill,three children")
    changed = changed.replace("ring, then wait", "ring twice")
    load = checked(world, changed)
    assert (load.counts["rows_changed"], load.counts["rows_same"]) == (2, 2)
    load = actions.start_bring(world.actor("Amina"), load.id, now=world.now)
    free.refresh_from_db()
    assert free.quantity == 9 and opened(world, free)["details"] == "three children"
    assert opened(world, taken)["details"] == "ring, then wait"
    assert Entry.objects.filter(name="intent.changed").count() == load.counts["revised"]


@pytest.mark.parametrize(("days", "works"), [(29, True), (31, False)])
def test_undone_within_thirty_days_and_not_after(world, days, works):
    load = brought(world)
    later = world.now + timedelta(days=days)
    before = {"agents": Agent.objects.count()}
    if not works:
        with pytest.raises(Refusal, match=r"import\.too_old"):
            actions.start_undo(world.actor("Amina"), load.id, with_promises=False, now=later)
        jobs.forget_in(world.circle, now=later)
        assert not Brought.objects.exists() and Intent.objects.count() == 5
        kept = Import.objects.get(pk=load.pk)
        assert bytes(kept.digest) == b"" and kept.headers == [] and kept.counts["request"] == 5
        return
    undone = actions.start_undo(world.actor("Amina"), load.id, with_promises=False, now=later)
    assert undone.counts == {"taken_back": 5, "stayed": 0}
    assert not Intent.objects.exists() and not Brought.objects.exists() and not Progress.objects.exists()
    assert not Sealed.objects.filter(circle_id=world.circle.id).exists()
    assert Agent.objects.count() == before["agents"] - 5
    names = list(Entry.objects.order_by("-seq").values_list("name", flat=True)[:1])
    assert names == ["sheet.undone"] and verify_circle(world.circle.id)[2] == []
    assert brought(world).counts["rows_new"] == 4


def test_what_was_promised_since_stays_unless_it_is_to_go_too(world):
    load = brought(world)
    one, two = Intent.objects.order_by("id")[:2]
    promises = [aid.claim(world.actor("Yusuf"), each.id, quantity=1, now=world.now) for each in (one, two)]
    assert actions.start_undo(world.actor("Amina"), load.id, with_promises=True, now=world.now).counts == {
        "taken_back": 3,
        "stayed": 2,
    }
    for promise in promises:
        promise.refresh_from_db()
        assert (promise.state, promise.reason) == ("released", "withdrawn")
    assert set(Intent.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_people_become_members_and_go_again_but_who_acted_stays(world):
    add_area(world.actor("Amina"), "Mill Lane", None, now=world.now)
    text = "Name,Mobile,E-mail,Area,Address\nUm Ali,020 7946 0130,um.ali@example.org,mill lane,second door\nAbu Omar,,,Nowhere,\nUm Ali,020 7946 0130,,,\n"
    load = checked(world, text, what="people", basis="agreed", direction="")
    report = keeping.report_of(load, now=world.now)
    assert report["twins_count"] == 1 and report["twins"][0]["line"] == 4
    load = actions.start_bring(world.actor("Amina"), load.id, now=world.now)
    assert load.counts["people"] == 3
    member = Membership.objects.get(agent__name="Um Ali", area__isnull=False)
    assert member.area.name == "Mill Lane" and member.looked_after_by_id == world.actor("Amina").agent_id
    assert Contact.objects.filter(agent=member.agent).count() == 2
    [need] = [world.need("Amina", on_behalf_of=Membership.objects.get(agent__name="Abu Omar").agent_id)]
    undone = actions.start_undo(world.actor("Amina"), load.id, with_promises=False, now=world.now)
    assert undone.counts == {"taken_back": 2, "stayed": 1}
    assert not Contact.objects.filter(agent_id=member.agent_id).exists() and need.agent.name == "Abu Omar"
    assert not Agent.objects.filter(name="Um Ali").exists()


def test_cells_are_put_right_here_and_rows_left_out(world):
    load = checked(world)
    problem = next(one for one in keeping.report_of(load, now=world.now)["problems"] if one["text"] == "unicorns")
    assert (problem["line"], problem["header"], problem["grave"]) == (5, "What do you need?", True)
    place = f"{problem['line']}:{problem['column']}"
    load = actions.choose(world.actor("Amina"), load.id, Choices(mended={place: "Bread"}, left_out=[6]), now=world.now)
    load = actions.start_check(world.actor("Amina"), load.id, now=world.now)
    assert (load.counts["rows_new"], load.counts.get("rows_wrong", 0), load.counts["rows_left_out"]) == (4, 0, 1)


def test_without_a_ground_no_person_is_kept_and_what_is_too_private_never(world):
    load = handed_in(world, basis="")
    with pytest.raises(Refusal, match=r"import\.basis"):
        actions.start_check(world.actor("Amina"), load.id, now=world.now)
    plan = keeping.notes_of(load, now=world.now).plan
    religion = next(one for one in plan.columns if one.header == "Religion")
    assert religion.target == "" and religion.sensitive
    actions.choose(world.actor("Amina"), load.id, Choices(basis="none"), now=world.now)
    actions.start_check(world.actor("Amina"), load.id, now=world.now)
    actions.start_bring(world.actor("Amina"), load.id, now=world.now)
    assert Intent.objects.exists()
    assert not Sealed.objects.filter(row_id__in=Intent.objects.values("pk")).exists()


def test_nobody_else_sees_a_file_before_it_is_brought_in(world, other_world):
    world.join("Rima", "coordinator")
    load = checked(world)
    for who in ("Rima", "Yusuf"):
        with pytest.raises(Refusal):
            actions.start_bring(world.actor(who), load.id, now=world.now)
    with pytest.raises(Refusal, match="not_found"):
        actions.start_check(other_world.actor("Omar"), load.id, now=world.now)
    load = actions.start_bring(world.actor("Amina"), load.id, now=world.now)
    with pytest.raises(Refusal, match=r"import\.not_waiting"):
        actions.start_bring(world.actor("Amina"), load.id, now=world.now)
    assert actions.start_undo(world.actor("Rima"), load.id, with_promises=False, now=world.now).state == State.UNDONE
    with pytest.raises(Refusal, match=r"import\.not_brought"):
        actions.start_undo(world.actor("Amina"), load.id, with_promises=False, now=world.now)

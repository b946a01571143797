"""The demo town: true to the rules, whole or not there, the same for the same seed, and nobody's door in sight."""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from taawun.community.circles import access as circle_access
from taawun.community.circles.models import Area, Circle, Membership, Representative
from taawun.community.people import actions as people
from taawun.community.people.models import Account, Agent, Contact
from taawun.ground.journal.models import Audience, Entry
from taawun.ground.journal.proof import verify_circle
from taawun.ground.vault import cipher, store
from taawun.ground.vault.models import DataKey, Sealed
from taawun.house import demo
from taawun.house.demo import helping, life
from taawun.house.demo.filling import tell_town
from taawun.house.demo.founding import Founded
from taawun.house.demo.town import CIRCLES, NAMED, ORGANISATIONS
from taawun.practice.aid import queries, rules
from taawun.practice.aid.models import Commitment, Happening, Intent
from taawun.practice.aid.queries import Filters

NOW = datetime(2026, 5, 21, 13, 20, tzinfo=UTC)
SCALE = 0.05
# How much of the end the real actions write, where both hands are compared.
CLICKED = timedelta(days=4)
SEEDS = (7, 11)
VERBS = {
    *("intent.posted", "intent.checked", "intent.asked", "intent.expired", "intent.renewed", "intent.withdrawn"),
    *("claim.made", "claim.accepted", "claim.declined", "claim.warned", "claim.kept", "claim.released"),
    *("claim.handed_over", "match.proposed", "help.delivered", "help.received", "help.failed", "help.thanked"),
    *("vault.revealed", "member.joined", "member.area_set"),
}
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def village(clicked: timedelta = timedelta(0), seed: int = 7, now: datetime = NOW) -> Founded:
    return tell_town(seed=seed, now=now, progress=lambda line: None, scale=SCALE, clicked=clicked)


class Undone(Exception):
    """Raised to take a whole town back again."""


# Made by chance, or by the clock of the database.
NOT_COMPARED = frozenset(
    {"id", "password", "index", "blind_index", "hash", "previous_hash", "seq", "body", "second_factor_asked_at"}
)


def told(tell: Callable[[], object]) -> dict[str, Counter[str]]:
    """Tell a town, return all it has written without its random ids, and take it back."""
    seen: dict[str, Counter[str]] = {}
    with pytest.raises(Undone), transaction.atomic():
        tell()
        seen = everything()
        raise Undone
    return seen


def verbs(entries: Counter[str]) -> set[str]:
    """Return what happened in the days that the real actions wrote."""
    seen = set()
    for text in entries:
        moment = re.search(r"'recorded_at', datetime\.datetime\(([0-9, ]+)", text)
        name = re.search(r"\('name', '([a-z_.]+)'\)", text)
        assert moment is not None and name is not None
        if datetime(*map(int, moment[1].rstrip(", ").split(", ")[:5]), tzinfo=UTC) > NOW - CLICKED:
            seen.add(name[1])
    return seen


def everything() -> dict[str, Counter[str]]:
    """Return every row that tells of people and help as text, with names for ids, and the vault opened."""
    labels = {
        **{str(one.id): f"circle {one.slug}" for one in Circle.objects.all()},
        **{str(one.id): f"area {one.name}" for one in Area.objects.all()},
        **{str(one.id): f"agent {one.name} {one.created_at}" for one in Agent.objects.all()},
        **{str(one.id): f"intent {one.posted_at}" for one in Intent.objects.all()},
        **{str(one.id): f"promise {one.made_at}" for one in Commitment.objects.all()},
        **{str(one.id): f"membership {one.joined_at}" for one in Membership.objects.all()},
        **{str(one.id): f"contact {one.created_at}" for one in Contact.objects.all()},
    }

    def text_of(row: Model) -> str:
        kept = {
            one.attname: getattr(row, one.attname)
            for one in row._meta.concrete_fields
            if one.attname not in NOT_COMPARED
        }
        if isinstance(row, Entry):
            kept["body"] = {name: value for name, value in json.loads(row.body).items() if name != "id"}
            # The order in which two intents of one promise are locked follows their random ids.
            kept["topics"] = kept["body"]["topics"] = sorted(labelled(one) for one in row.topics)
        return labelled(repr(sorted(kept.items())))

    def labelled(text: str) -> str:
        return ID.sub(lambda found: labels.get(found[0], "?"), text)

    models = (Agent, Account, Contact, Membership, Representative, Intent, Commitment, Happening, Entry)
    seen = {model.__name__: Counter(text_of(row) for row in model._default_manager.all()) for model in models}
    seen["vault"] = Counter(
        labelled(repr((str(row.row_id), str(row.subject_id), row.field, text, row.sealed_at, row.expires_at)))
        for row, text in opened()
    )
    return seen


def opened() -> list[tuple[Sealed, str]]:
    ring = store.key_ring()
    keys = {
        (row.circle_id, row.subject_id): cipher.unwrap(
            ring, row.key_id, bytes(row.wrapped), f"{row.circle_id}|{row.subject_id}".encode()
        )
        for row in DataKey.objects.all()
    }
    return [
        (
            row,
            cipher.decrypt(
                keys[row.circle_id, row.subject_id],
                bytes(row.ciphertext),
                f"{row.circle_id}|{row.row_id}|{row.field}".encode(),
            ).decode(),
        )
        for row in Sealed.objects.all()
    ]


def check_books(now: datetime) -> int:
    """Recompute what every intent says is taken and done from its promises; return how many intents there are."""
    held: Counter[object] = Counter()
    done: Counter[object] = Counter()
    intents = {row.id: row for row in Intent.objects.all()}
    for row in Commitment.objects.all():
        for intent_id in (row.request_id, row.offer_id):
            if intent_id is None:
                continue
            if row.state in rules.LIVING:
                held[intent_id] += row.quantity
            elif row.state in rules.HOLDING and not intents[intent_id].is_standing:
                held[intent_id] += row.delivered
                done[intent_id] += row.delivered
    for intent in intents.values():
        assert (intent.taken, intent.done) == (held[intent.id], done[intent.id]), intent.id
        if intent.state == "open":
            assert intent.taken < intent.quantity
            assert intent.expires_at > now
            assert intent.asked_at is not None or intent.ask_at > now
        elif intent.state == "taken":
            assert intent.done < intent.quantity == intent.taken
        elif intent.state == "fulfilled":
            assert intent.done == intent.quantity
        else:
            assert intent.closed_at is not None
    return len(intents)


def check_chains() -> int:
    """Prove every circle's chain and that it is in the order of time; return the number of entries."""
    entries = 0
    for circle in Circle.objects.all():
        count, _, faults = verify_circle(circle.id)
        assert faults == []
        moments = list(Entry.objects.filter(circle_id=circle.id).order_by("seq").values_list("recorded_at", flat=True))
        assert moments == sorted(moments)
        entries += count
    return entries


def check_promises(now: datetime) -> None:
    """Nothing living is overdue for release, and what has ended looks as its rules leave it."""
    for row in Commitment.objects.select_related("request", "offer"):
        assert row.giver_id != row.receiver_id
        assert (row.delivered is not None) == (row.state in {"delivered", "received"})
        assert bool(row.reason) == (row.state in {"failed", "released"})
        if row.state in rules.LIVING:
            assert row.release_at is not None and row.release_at > now
            assert (row.waiting_for != "") == (row.state == "waiting")
        else:
            assert row.ended_at is not None and row.made_at <= row.ended_at <= now
        happened = set(Happening.objects.filter(commitment=row).values_list("name", flat=True))
        assert (row.state in {"delivered", "received", "failed"}) == bool(happened)


def secrets_in_the_open() -> tuple[int, set[str]]:
    """Look for every door, number, note and position in every table but the vault's."""
    names = "\n".join(Agent.objects.values_list("name", flat=True))
    # What a member is called is meant to be seen.
    texts = {text for row, text in opened() if len(text) > 6 and not (row.field.endswith("name") and text in names)}
    found: set[str] = set()
    for model in apps.get_models():
        if model in (Sealed, DataKey):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT row::text FROM {connection.ops.quote_name(model._meta.db_table)} AS row")
            plain = "\n".join(line for (line,) in cursor.fetchall())
        found |= {text for text in texts if text in plain}
    return len(texts), found


def test_the_swift_hand_writes_what_the_actions_write(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # What is rare in a town is frequent here, so that a few days hold every verb.
    monkeypatch.setattr(life, "FILED_SHARE", 0.4)
    monkeypatch.setattr(life, "GIVEN_UP_SHARE", 0.2)
    monkeypatch.setitem(helping.ENDS, "handed_over", 700)
    seen: set[str] = set()
    for seed in SEEDS:
        swift = told(lambda seed=seed: village(seed=seed))
        slow = told(lambda seed=seed: village(seed=seed, clicked=CLICKED))
        seen |= verbs(swift["Entry"])
        assert swift.keys() == slow.keys()
        for name, rows in swift.items():
            assert rows - slow[name] == slow[name] - rows, (name, seed)
    assert seen >= VERBS


def test_a_seed_is_a_town(db: None) -> None:
    one, same, other = told(village), told(village), told(lambda: village(seed=8))
    assert one == same
    assert one["Intent"] != other["Intent"]


def test_the_town_is_true_to_the_rules(db: None) -> None:
    village()
    assert check_books(NOW) > 80
    assert check_chains() > 600
    check_promises(NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    ended = Counter(Commitment.objects.filter(ended_at__isnull=False).values_list("state", flat=True))
    assert 0.45 < (ended["delivered"] + ended["received"]) / sum(ended.values()) < 0.75
    assert set(Intent.objects.values_list("state", flat=True)) == rules.INTENT.states


def test_nothing_personal_stands_in_the_open(db: None) -> None:
    village()
    looked_for, found = secrets_in_the_open()
    assert looked_for > 100
    assert found == set()
    # Were a door in the open, it would be found.
    Intent.objects.filter(pk=Intent.objects.first().pk).update(
        summary=next(t for r, t in opened() if r.field == "door")
    )
    assert len(secrets_in_the_open()[1]) == 1


def test_the_board_is_alive_and_each_of_the_four_has_something_to_do(db: None) -> None:
    town = village()
    circle = town.circles[0].circle
    actors = {}
    for plan in NAMED:
        account = Account.objects.select_related("agent").get(agent_id=town.named[plan.key].agent_id)
        actors[plan.key] = circle_access.actor_in(circle, account)
        assert account.language == plan.language
    hala = actors["hala"]
    assert hala.is_coordinator
    counts = queries.board(circle, hala, Filters(), now=NOW).counts
    assert counts["unchecked"] >= 3
    assert counts["late"] >= 1
    assert len(queries.waiting(circle, hala, now=NOW)) >= 8
    assert any(one.card.intent.urgency == rules.Urgency.NOW for one in queries.near(actors["maya"], now=NOW))
    assert len(queries.places(circle, None)[0]) >= 3
    maya = queries.mine(actors["maya"], now=NOW)
    due = [one for one in maya.promised if one.commitment.due_at < NOW + timedelta(hours=8)]
    assert len(due) >= 3
    assert len(maya.to_answer) >= 2
    souad = queries.mine(actors["souad"], now=NOW)
    assert souad.coming and souad.promised and souad.to_answer
    assert any(one.commitment.state == "delivered" for one in souad.ended)
    nadine = queries.mine(actors["nadine"], now=NOW)
    assert len(nadine.to_answer) >= 3 and nadine.promised
    assert len(actors["nadine"].acts_for) == 1
    assert Entry.objects.filter(name="member.entered", audience=Audience.MEMBERS).count() >= 6


def test_a_start_that_is_killed_leaves_nothing(db: None) -> None:
    def stop_on_day_forty(line: str) -> None:
        if line.startswith("Day 40 "):
            raise Undone

    with pytest.raises(Undone):
        tell_town(seed=7, now=NOW, progress=stop_on_day_forty, scale=SCALE)
    assert not Circle.objects.exists()
    assert not Agent.objects.exists()
    assert demo.links(now=NOW) == []


def test_links_sign_the_four_in_again_and_again(db: None) -> None:
    now = timezone.now()
    town = village(now=now)
    first, second = demo.links(now=now), demo.links(now=now)
    assert [(name, role) for name, role, _ in first] == [(one.name, one.role) for one in NAMED]
    assert {path for *_, path in first}.isdisjoint(path for *_, path in second)
    for plan, (_, _, path) in zip(NAMED, [*first], strict=True):
        token = re.fullmatch(r"/sign-in/link/([^/]+)/", path)
        assert token is not None
        account = people.sign_in_by_link(token[1], now=now + timedelta(days=6))
        assert account.agent_id == town.named[plan.key].agent_id


def test_forty_organisations_and_circles() -> None:
    assert len(CIRCLES) + len(ORGANISATIONS) == 40

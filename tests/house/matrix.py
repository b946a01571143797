"""Walking every route as every role: what the access matrix is checked with, and made from.

A cell says which methods get past the gate: ``G`` for GET, ``P`` for POST, ``-`` for neither. Past the gate means any
answer but 401, 403, 404, or being sent to sign in; a form with nothing in it is past the gate.
"""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from taawun.community.circles import actions as circles
from taawun.community.circles.models import Recovery, Twin
from taawun.community.circles.rights import Right
from taawun.community.conversations import access as talks
from taawun.community.conversations import actions as talking
from taawun.community.people import actions as people
from taawun.community.people.models import Account
from taawun.ground.media.making import Made
from taawun.ground.media.models import Medium
from taawun.ground.values.ids import new_id
from taawun.practice.aid import actions as aid
from taawun.practice.aid.actions import series
from taawun.practice.aid.models import Repeat
from taawun.practice.aid.series_rules import WEEK, Repetition
from taawun.practice.aid.sharing import short_link
from taawun.practice.delivery.actions import fleet, standing
from taawun.reach.sheets import actions as sheets
from tests.practice.delivery.rounds import make_round
from tests.world import World, make_world

# ``staff`` acts for an organisation, with every right, and is no member; the giver is, and may see its figures only.
ROLES = ("anonymous", "outsider", "staff", "member", "owner", "giver", "coordinator", "neighbour")
# The API has an own walk in tests/api; it knows no sessions.
NOT_WALKED = ("api",)


def routes() -> Iterator[tuple[str, frozenset[str]]]:
    """Every named route with the names of its arguments."""
    yield from _routes(get_resolver().url_patterns, "")


def _routes(patterns: list[URLPattern | URLResolver], space: str) -> Iterator[tuple[str, frozenset[str]]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            if not inner.startswith(NOT_WALKED):
                yield from _routes(one.url_patterns, inner)
        else:
            yield f"{space}{one.name}", frozenset(one.pattern.converters)

# What a picture shows is no matter to a gate.
PICTURE = Made("picture", {"mime": "image/jpeg", "width": 1, "height": 1}, [b"\xff\xd8\xff", b"\xff\xd8\xff"])


@dataclass
class Stage:
    """A circle with one row of everything, people in every role, and a neighbouring circle with the same."""

    world: World
    clients: dict[str, Client]
    arguments: dict[str, list[str]] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)


def set_stage(*, public: bool) -> Stage:
    world, neighbours = make_world(), make_world("Hillside", founder="Omar")
    world.now = neighbours.now = timezone.now()
    for name in ("Yusuf", "Zeynep", "Layla"):
        world.join(name)
    neighbours.join("Huda")
    outsider = people.open_account(name="Sami", language="en", now=world.now)
    accounts = {
        "outsider": outsider, "member": world.accounts["Layla"], "owner": world.accounts["Zeynep"],
        "giver": world.accounts["Yusuf"], "coordinator": world.accounts["Amina"],
        "neighbour": neighbours.accounts["Omar"],
    }
    stage = Stage(world, {role: client(accounts.get(role)) for role in ROLES})
    stage.arguments = _rows(world, "Zeynep", "Yusuf")
    accounts["staff"] = world.accounts["Rana"]
    stage.clients["staff"] = client(accounts["staff"])
    stage.foreign = {name: values[0] for name, values in _rows(neighbours, "Omar", "Huda").items() if name != "slug"}
    if not public:
        world.open()
        world.circle.is_public = False
        world.circle.save(update_fields=["is_public"])
    return stage


def client(account: Account | None) -> Client:
    made = Client(SERVER_NAME="localhost")
    if account is not None:
        made.force_login(account)
    return made


def _load(world: World, founder: str) -> str:
    """A list of needs that was looked at and waits to be brought in."""
    data = b"Full name,What do you need?\nLeila,Bread\n"
    load = sheets.hand_in(world.actor(founder), data, "needs.csv", now=world.now)
    sheets.choose(world.actor(founder), load.id, sheets.Choices(basis="asked", direction="request"), now=world.now)
    return str(sheets.start_check(world.actor(founder), load.id, now=world.now).id)


def _rows(world: World, owner: str, giver: str) -> dict[str, list[str]]:
    """One row of everything a route may name, in this circle. ``owner`` needs help, ``giver`` brings it."""
    founder = next(iter(world.accounts))
    # Of two different kinds, so that what is done to one does not use up the other.
    need = world.need(owner, 5)
    offer = world.offer(giver, 5, kind="food.bread")
    fitting = world.offer(giver, 5)
    promise = aid.claim(world.actor(giver), need.id, quantity=2, now=world.now)
    said = talking.post(
        talks.inside(world.actor(owner), need.id, now=world.now), "ring twice", picture=PICTURE, now=world.now
    )
    about = world.accounts[giver].agent_id
    note = talking.write_note(world.actor(founder), about, "go in pairs", shown=False, now=world.now)
    invitation, secret = circles.invite(world.actor(founder), now=world.now)
    area = circles.add_area(world.actor(founder), "Mill Lane", None, now=world.now)
    account = world.accounts[owner]
    circles.ask_recovery(
        community=world.circle.slug, name=owner, address="lost@example.org", note="", region="GB", visitor=str(new_id()),
        now=world.now,
    )  # fmt: skip
    world.open()
    kitchen = circles.add_member(
        world.actor(founder), name="Kitchen", kind="organisation", consented=True, now=world.now
    ).agent
    circles.name_representative(world.actor(founder), kitchen.id, about, rights=["figures"], now=world.now)
    _staff, staff_secret = circles.invite_staff(world.actor(founder), kitchen.id, list(Right), now=world.now)
    world.accounts["Rana"] = circles.open_invited_account(
        world.circle, staff_secret, name="Rana", language="en", now=world.now
    )
    programme = aid.add_programme(
        world.actor(founder), kitchen.id,
        aid.ProgrammeDraft(name="Meals", kinds=["food.cooked_meal"], has_waiting_list=True), now=world.now,
    )  # fmt: skip
    aid.set_capacity(world.actor(founder), programme.id, "places", {"": 0}, now=world.now)
    weekly = series.start(
        world.actor(owner), aid.IntentDraft(direction="request", kind="food.water", quantity=1, urgency=0),
        aid.Again(Repetition(WEEK, world.now.date(), weekdays=(3,))), now=world.now,
    )  # fmt: skip
    listed = aid.refer(world.actor(founder), programme.id, need.id, consented=True, now=world.now)
    # Somebody files the owner's phone and kind again: two needs, and two persons, that may be one.
    again = aid.IntentDraft("request", "food.cooked_meal", 2, 1, private=aid.Private(reach="+442079460123"))
    asked, _code = aid.post_without_account(world.circle, again, visitor=str(new_id()), now=world.now)
    carried = make_round(world, 2, carrier=giver, asker=owner)
    depot = fleet.add_depot(world.actor(founder), fleet.DepotDraft("Kitchen", fleet.Place(area.id)), now=world.now)
    boxes = standing.add(
        world.actor(founder),
        standing.StandingDraft(
            "Boxes", [0], world.now.date() + timedelta(days=30), depot_ids=[depot.id], carrier_ids=[carried.run.carrier_id]
        ),
        now=world.now,
    )
    return {
        "plan_id": [str(carried.run.plan_id)],
        "carrier_id": [str(carried.run.carrier_id)],
        "depot_id": [str(depot.id)],
        "standing_id": [str(boxes.id)],
        "run_id": [str(carried.run.id)],
        "stop_id": [str(carried.stops[0].id)],
        "tap_id": [str(new_id())],
        "pair_id": [str(Twin.objects.filter(circle=world.circle)[0].id)],
        "link_id": [str(Repeat.objects.get(again=asked).id)],
        "organisation_id": [str(kitchen.id)],
        "programme_id": [str(programme.id)],
        "placement_id": [str(listed.id)],
        "ending": ["csv"],
        "recovery_id": [str(Recovery.objects.get().id)],
        "passkey_id": [str(new_id())],
        "slug": [world.circle.slug],
        "load_id": [_load(world, founder)],
        "intent_id": [str(need.id), str(offer.id)],
        "thread_id": [str(need.id)],
        "about_id": [str(need.id)],
        "message_id": [str(said.id)],
        "medium_id": [str(Medium.objects.get(row_id=said.id).id)],
        "note_id": [str(note.id)],
        "commitment_id": [str(promise.id)],
        "series_id": [str(weekly.id)],
        "offer": [str(fitting.id)],
        "agent_id": [str(account.agent_id)],
        "person_id": [str(world.accounts[giver].agent_id)],
        "invitation_id": [str(invitation.id)],
        "area_id": [str(area.id)],
        "secret": [secret],
        "code": ["food.cooked_meal"],
        "verb": ["drop"],
        "token": ["not-a-token"],
        "attempt_id": [str(new_id())],
        "contact_id": [str(new_id())],
        "block_id": [str(new_id())],
        "token_id": [str(new_id())],
        "topic": ["board"],
        "part": ["board"],
        "direction": ["request"],
        "number": [short_link(world.circle, "intent", need, now=world.now).code],
        "section": ["open"],
    }


def passes(answer) -> bool:
    """Whether an answer is past the gate."""
    if answer.status_code in (401, 403, 404):
        return False
    return not (answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/?next="))


def cell(stage: Stage, role: str, name: str, arguments: dict[str, str]) -> str:
    """Walk one route as one role, each method in a savepoint of its own, and say what got past the gate."""
    try:
        address = reverse(name, kwargs=arguments)
    except NoReverseMatch:
        raise AssertionError(f"the route {name} takes {arguments}, which the matrix does not know") from None
    found = ""
    for letter, method in (("G", "get"), ("P", "post")):
        point = transaction.savepoint()
        # A fresh browser each time: signing out, or following a receipt, changes the next page.
        browser = Client(SERVER_NAME="localhost")
        browser.cookies = copy.deepcopy(stage.clients[role].cookies)
        sent = {"key": str(uuid.uuid4()), "offer": stage.arguments["offer"][0], "why": "to see the gate"}
        answer = getattr(browser, method)(address, sent if method == "post" else {})
        transaction.savepoint_rollback(point)
        assert answer.status_code < 500, f"{method} {address} as {role}: {answer.status_code}"
        if answer.status_code != 405 and passes(answer):
            found += letter
    return found or "-"

"""Walking every route as every role: what the access matrix is checked with, and made from.

A cell says which methods get past the gate: ``G`` for GET, ``P`` for POST, ``-`` for neither. Past the gate means any
answer but 401, 403, 404, or being sent to sign in; a form with nothing in it is past the gate.
"""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from taawun.community.circles import actions as circles
from taawun.community.people import actions as people
from taawun.community.people.models import Account
from taawun.ground.values.ids import new_id
from taawun.practice.aid import actions as aid
from tests.world import World, make_world

ROLES = ("anonymous", "outsider", "member", "owner", "giver", "coordinator", "neighbour")
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


def _rows(world: World, owner: str, giver: str) -> dict[str, list[str]]:
    """One row of everything a route may name, in this circle. ``owner`` needs help, ``giver`` brings it."""
    founder = next(iter(world.accounts))
    # Of two different kinds, so that what is done to one does not use up the other.
    need = world.need(owner, 5)
    offer = world.offer(giver, 5, kind="food.bread")
    fitting = world.offer(giver, 5)
    promise = aid.claim(world.actor(giver), need.id, quantity=2, now=world.now)
    invitation, secret = circles.invite(world.actor(founder), now=world.now)
    area = circles.add_area(world.actor(founder), "Mill Lane", None, now=world.now)
    account = world.accounts[owner]
    return {
        "slug": [world.circle.slug],
        "intent_id": [str(need.id), str(offer.id)],
        "commitment_id": [str(promise.id)],
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
        "token_id": [str(new_id())],
        "topic": ["board"],
        "part": ["board"],
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

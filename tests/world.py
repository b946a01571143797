"""A small world for tests: a circle with people in it, made through the real actions."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime

from taawun.community.circles import access as circle_access
from taawun.community.circles import actions as circles
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle
from taawun.community.people import actions as people
from taawun.community.people.models import Account
from taawun.ground.values.place import Point
from taawun.ground.values.scope import set_scope
from taawun.practice.aid import actions as aid
from taawun.practice.aid.actions import IntentDraft, Private
from taawun.practice.aid.models import Intent

NOW = datetime(2026, 5, 18, 9, 0, tzinfo=UTC)
TOWN = Point(34.43, 35.83)
_numbers = itertools.count(1)


@dataclass
class World:
    """A circle and its accounts. Its scope stays open to the end of the test's transaction."""

    circle: Circle
    accounts: dict[str, Account] = field(default_factory=dict)
    now: datetime = NOW

    def open(self) -> None:
        """Set the transaction's scope to this circle."""
        set_scope([self.circle.id])

    def actor(self, name: str) -> Actor:
        self.open()
        self.circle.refresh_from_db()
        return circle_access.actor_in(self.circle, self.accounts[name])

    def join(self, name: str, *roles: str) -> Actor:
        """Open an account and let it join the circle in these roles."""
        account = people.open_account(name=name, language="en", now=self.now)
        founder = self.actor(next(iter(self.accounts)))
        self.accounts[name] = account
        _invitation, secret = circles.invite(founder, now=self.now)
        circles.join_by_link(self.circle, secret, account, now=self.now)
        if roles:
            circles.set_roles(founder, account.agent_id, list(roles), now=self.now)
        return self.actor(name)

    def need(self, who: str, quantity: int = 5, kind: str = "food.cooked_meal", **changes: object) -> Intent:
        return self._post("request", who, quantity, kind, changes)

    def offer(self, who: str, quantity: int = 5, kind: str = "food.cooked_meal", **changes: object) -> Intent:
        return self._post("offer", who, quantity, kind, changes)

    def _post(self, direction: str, who: str, quantity: int, kind: str, changes: dict[str, object]) -> Intent:
        private = Private(reach="+442079460123", door="the green door opposite the bakery", details="two children")
        fields: dict[str, object] = {"urgency": 2, "private": private} | changes
        draft = IntentDraft(direction=direction, kind=kind, quantity=quantity, **fields)  # type: ignore[arg-type]
        return aid.post(self.actor(who), draft, now=self.now)


def make_world(name: str = "Harbour", *, founder: str = "Amina") -> World:
    """Set up a circle whose coordinator is ``founder``."""
    account = people.open_account(name=founder, language="en", now=NOW)
    circle = circles.set_up(
        account, name=f"{name} {next(_numbers)}", place_name="Harbour Quarter", languages=["en", "ar"], region="GB",
        time_zone="Europe/London", point=TOWN, now=NOW,
    )
    return World(circle, {founder: account})

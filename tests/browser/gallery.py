"""A circle with one row of everything a page can show, in the words it is given: English, Arabic, or hostile ones."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from taawun.community.circles import access as circle_access
from taawun.community.circles import actions as circles
from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Area, Circle
from taawun.community.people import actions as people
from taawun.community.people.models import Account, AgentKind
from taawun.ground.values.ids import new_id
from taawun.ground.values.place import Point
from taawun.ground.values.scope import set_scope
from taawun.ground.words.units import BY_CODE as UNITS
from taawun.practice.aid import actions as aid
from taawun.practice.aid.actions import IntentDraft, Private
from taawun.practice.aid.actions.agreeing import Reach
from taawun.practice.aid.models import Commitment, Intent

TOWN = Point(34.43, 35.83)
REACH, DOOR_NUMBER = "+44 20 7946 0123", "7"


@dataclass(frozen=True)
class Words:
    """What people of a circle write. Every text has a place on some page."""

    language: str
    circle: str
    place: str
    welcome: str
    coordinator: str
    giver: str
    receiver: str
    neighbour: str
    paper: str
    organisation: str
    areas: Sequence[str]
    summaries: Sequence[str]
    door: str
    details: str
    more_names: Sequence[str] = ()


@dataclass
class Gallery:
    """The circle while it is filled: who acts, and what has been made so far."""

    words: Words
    circle: Circle
    now: datetime
    accounts: dict[str, Account] = field(default_factory=dict)
    areas: list[Area] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)
    posted: int = 0

    def actor(self, role: str) -> Actor:
        set_scope([self.circle.id])
        self.circle.refresh_from_db()
        return circle_access.actor_in(self.circle, self.accounts[role])

    def post(self, role: str, direction: str, kind: str, quantity: int, urgency: int = 2, **more: object) -> Intent:
        words = self.words
        summary = words.summaries[self.posted % len(words.summaries)]
        area = self.areas[self.posted % len(self.areas)]
        self.posted += 1
        actor = self.actor(role)
        private = Private(reach=REACH, door=words.door, details=words.details, name=words.receiver)
        parts = UNITS[kinds.find(self.circle, kind).unit].parts_per_unit
        draft = IntentDraft(
            direction=direction, kind=kind, quantity=quantity * parts, urgency=urgency, summary=summary, area_id=area.id,
            private=private, **more,  # type: ignore[arg-type]
        )  # fmt: skip
        posted_at = self.now - timedelta(minutes=37 * self.posted)
        return aid.post(actor, draft, now=posted_at)

    def claim(self, role: str, intent: Intent, quantity: int | None = None) -> Commitment:
        reach = Reach(REACH, self.words.door, self.words.details)
        return aid.claim(self.actor(role), intent.id, quantity=quantity, reach=reach, now=self.now)


def make_gallery(words: Words, *, now: datetime) -> dict[str, object]:
    """Make the circle and return what a walk needs: its address, the ids of what is in it, and sign-in links."""
    founder = people.open_account(name=words.coordinator, language=words.language, now=now)
    circle = circles.set_up(
        founder, name=words.circle, place_name=words.place, languages=["en", "ar"], region="GB",
        time_zone="Asia/Beirut", point=TOWN, now=now,
    )  # fmt: skip
    gallery = Gallery(words, circle, now, {"coordinator": founder})
    _people(gallery)
    _settings(gallery)
    _intents(gallery)
    _commitments(gallery)
    _filed(gallery)
    for number, name in enumerate(words.more_names):
        circles.add_member(
            gallery.actor("coordinator"), name=name, door=words.door, consented=True, now=now,
            area_id=gallery.areas[number % len(gallery.areas)].id,
        )  # fmt: skip
    for kind in ("food.staples", "household.clothes", "tools.hand_tools") * (len(words.summaries) // 6):
        gallery.post("giver", "offer", kind, 2 + gallery.posted % 7, urgency=gallery.posted % 3)
    links = {
        role: [
            f"/sign-in/link/{people.sign_in_link(account, lifetime=timedelta(hours=1), now=now)}/" for _ in range(3)
        ]
        for role, account in gallery.accounts.items()
    }
    place = {"circle": str(circle.id), "slug": circle.slug, "board": f"/c/{circle.slug}/", "language": words.language}
    return {**place, **gallery.made, "links": links}


def _people(gallery: Gallery) -> None:
    words, now = gallery.words, gallery.now
    invitation, secret = circles.invite(gallery.actor("coordinator"), now=now)
    gallery.made |= {"invitation": str(invitation.id), "secret": secret}
    for role in ("giver", "receiver", "neighbour"):
        account = people.open_account(name=getattr(words, role), language=words.language, now=now)
        gallery.accounts[role] = account
        gallery.actor("coordinator")
        circles.join_by_link(gallery.circle, secret, account, now=now)
        gallery.made[role] = str(account.agent_id)
    gallery.accounts["outsider"] = people.open_account(name=words.neighbour, language=words.language, now=now)
    paper = circles.add_member(
        gallery.actor("coordinator"), name=words.paper, full_name=words.paper, door=words.door, languages=["ar"],
        consented=True, now=now,
    )  # fmt: skip
    organisation = circles.add_member(
        gallery.actor("coordinator"), name=words.organisation, kind=AgentKind.ORGANISATION, consented=True, now=now
    )
    own, own_secret = circles.invite(gallery.actor("coordinator"), agent=paper.agent, now=now)
    gallery.made |= {
        "paper": str(paper.agent_id), "organisation": str(organisation.agent_id),
        "own_invitation": str(own.id), "own_secret": own_secret,
    }  # fmt: skip
    account = gallery.accounts["receiver"]
    people.add_contact(account, f"{account.pk}@example.org", "GB", now=now, verified=True)
    contact = people.add_contact(account, f"+4420794601{len(words.circle) % 90 + 10}", "GB", now=now)
    attempt = people.ask_to_verify(account, contact, now=now)
    gallery.made |= {"contact": str(contact.id), "attempt": str(attempt.id)}
    people.make_token(account, words.organisation[:40], may_write=True, now=now)
    people.set_password(account, "a long and unusual pass phrase")


def _settings(gallery: Gallery) -> None:
    words, coordinator = gallery.words, gallery.actor("coordinator")
    for number, name in enumerate(words.areas):
        point = Point(TOWN.latitude + 0.02 * (number % 4) - 0.03, TOWN.longitude + 0.025 * (number // 4)) if number % 5 else None
        gallery.areas.append(circles.add_area(coordinator, name, point, now=gallery.now))
    for role, area in zip(("giver", "receiver"), gallery.areas[1:], strict=False):
        circles.set_area(coordinator, gallery.accounts[role].agent_id, area.id, now=gallery.now)
    circles.change_settings(
        coordinator, name=words.circle, place_name=words.place, languages=["en", "ar"], region="GB",
        time_zone="Asia/Beirut", welcome=words.welcome, is_public=True, is_joinable=True, accept_claims="sensitive",
        resolution=7, now=gallery.now,
    )  # fmt: skip
    kind = circles.change_kind(
        coordinator, None, names={"en": words.areas[0], "ar": words.areas[0]}, unit="piece", icon="box",
        sensitive=False, hidden=False, now=gallery.now,
    )  # fmt: skip
    gallery.made |= {"area": str(gallery.areas[0].id), "kind": kind}


def _intents(gallery: Gallery) -> None:
    """What stands on the board as it is: urgent, patient, weekly, of the circle's own kind, over its time, taken off."""
    own = gallery.made["kind"]
    posted = {
        "need": gallery.post("receiver", "request", "food.cooked_meal", 6, urgency=3),
        "single": gallery.post("receiver", "request", "transport.clinic_ride", 1),
        "own_kind": gallery.post("receiver", "request", own, 3, urgency=0),
        "offer": gallery.post(
            "giver", "offer", "food.cooked_meal", 8, weekdays=[4], from_minute=1020, to_minute=1140
        ),
        "whole": gallery.post("giver", "offer", "housing.heating", 2, whole_only=True),
        "organised": gallery.post(
            "coordinator", "offer", "spaces.meeting_room", 3, on_behalf_of=uuid.UUID(gallery.made["organisation"])
        ),
        "on_behalf": gallery.post(
            "coordinator", "request", "care.errands", 1, on_behalf_of=uuid.UUID(gallery.made["paper"])
        ),
        "expired": gallery.post("receiver", "request", "learning.books", 4, urgency=1),
        "withdrawn": gallery.post("receiver", "request", "household.shoes", 2),
        "asked": gallery.post("receiver", "request", "household.blankets", 3, urgency=1),
    }
    aid.withdraw(gallery.actor("receiver"), posted["withdrawn"].id, now=gallery.now)
    over = gallery.now - timedelta(hours=2)
    Intent.objects.filter(pk=posted["expired"].pk).update(state="expired", ask_at=over, expires_at=over)
    Intent.objects.filter(pk=posted["asked"].pk).update(asked_at=over)
    for number, kind in enumerate(("care.elder_time", "farm.seeds", "learning.homework", "transport.delivery")):
        gallery.post("neighbour", "request" if number % 2 else "offer", kind, 2 + number, urgency=number % 4)
    gallery.made |= {name: str(intent.id) for name, intent in posted.items()}


def _commitments(gallery: Gallery) -> None:
    """A promise in every state, each with what led to it."""
    made, now = gallery.made, gallery.now
    offer, need = (Intent.objects.get(pk=made[name]) for name in ("offer", "need"))
    promises = {"agreed": gallery.claim("giver", need, 2), "to_answer": gallery.claim("receiver", offer, 3)}
    sensitive = gallery.post("receiver", "request", "company.listening", 1, visibility="members")
    promises["to_accept"] = gallery.claim("giver", sensitive)
    steps: dict[str, tuple[tuple[str, Callable[..., object], dict[str, object]], ...]] = {
        "warned": (),
        "late": (),
        "delivered": (("giver", aid.deliver, {"quantity": 3}),),
        "received": (("receiver", aid.receive, {}),),
        "thanked": (("giver", aid.deliver, {}), ("receiver", aid.receive, {}), ("receiver", aid.thank, {})),
        "failed": (("giver", aid.fail, {"reason": "not_there"}),),
        "dropped": (("giver", aid.drop_out, {}),),
    }
    asked = ("food.bread", "food.water", "children.nappies", "household.soap", "food.produce", "care.cleaning", "food.food_parcel")
    for (name, moves), kind in zip(steps.items(), asked, strict=True):
        promise = promises[name] = gallery.claim("giver", gallery.post("receiver", "request", kind, 4))
        for role, move, more in moves:
            move(gallery.actor(role), promise.id, now=now, **more)
    Commitment.objects.filter(pk=promises["warned"].pk).update(warned_at=now, warn_at=now)
    Commitment.objects.filter(pk=promises["late"].pk).update(due_at=now - timedelta(hours=3))
    made["taken"] = str(promises["warned"].request_id)
    made |= {f"promise_{name}": str(promise.id) for name, promise in promises.items()}


def _filed(gallery: Gallery) -> None:
    """Two needs of people without an account: one that nobody has looked at yet, one that somebody is on."""
    words = gallery.words
    for name in ("filed", "filed_agreed"):
        draft = IntentDraft(
            direction="request", kind="food.food_parcel", quantity=2, urgency=3, summary=words.summaries[-1],
            area_id=gallery.areas[0].id,
            private=Private(name=words.receiver, reach=REACH, door=words.door, details=words.details),
        )  # fmt: skip
        intent, code = aid.post_without_account(gallery.circle, draft, visitor=str(new_id()), now=gallery.now)
        gallery.made |= {name: str(intent.id), f"{name}_code": code}
    gallery.claim("giver", intent, 1)

"""A circle with one row of everything a page can show, in the words it is given: English, Arabic, or hostile ones."""

from __future__ import annotations

import io
import uuid
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from PIL import Image

from taawun.community.circles import access as circle_access
from taawun.community.circles import actions as circles
from taawun.community.circles import kinds, recoveries
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Area, Circle, Recovery, Twin, Vouch
from taawun.community.circles.rights import Right
from taawun.community.conversations import access as talks
from taawun.community.conversations import actions as talking
from taawun.community.people import actions as people
from taawun.community.people import blocks, secrets
from taawun.community.people.factors import paper, strength
from taawun.community.people.models import Account, AgentKind, Passkey
from taawun.ground.media.making import make_picture, make_voice
from taawun.ground.values.ids import new_id
from taawun.ground.values.place import Point, cell_of
from taawun.ground.values.scope import set_scope
from taawun.ground.words.units import BY_CODE as UNITS
from taawun.practice.aid import actions as aid
from taawun.practice.aid import series_rules
from taawun.practice.aid.actions import IntentDraft, Private, proposing, series, series_givers, series_running
from taawun.practice.aid.actions.agreeing import Reach
from taawun.practice.aid.models import Commitment, Intent, Repeat, Series
from taawun.practice.aid.series_rules import MONTH, NTH, WEEK, Repetition
from taawun.practice.delivery import carry_access
from taawun.practice.delivery.actions import carrying, promising
from taawun.practice.delivery.models import Carrier, DayPlan, Run, Stop
from taawun.reach.sheets import actions as sheets
from taawun.reach.sheets.actions import Choices
from taawun.reach.sheets.models import Import
from taawun.reach.sheets.writing import render as write_rows
from tests.browser.gallery_rounds import plan_rounds

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
    _repeating(gallery)
    _commitments(gallery)
    _filed(gallery)
    _sheets(gallery)
    _conversations(gallery)
    _ways_back(gallery)
    _programmes(gallery)
    _proposed(gallery)
    _carried(gallery)
    plan_rounds(gallery)
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
    blocks.block_address(account, f"{account.pk}@example.com", "GB", now=now)
    blocks.block_address(account, "+44 20 7946 0188", "GB", now=now)
    gallery.made["coordinator"] = str(gallery.accounts["coordinator"].agent_id)
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


def _carried(gallery: Gallery) -> None:
    """A round of today, promised and begun: one stop done, one where nobody was, and some still to come."""
    today = gallery.now.astimezone(ZoneInfo(gallery.circle.time_zone)).date()
    giver = gallery.actor("giver")
    carrier = Carrier.objects.create(
        circle=gallery.circle, agent_id=giver.agent_id, vehicle="van", made_at=gallery.now
    )
    plan = DayPlan.objects.create(circle=gallery.circle, on_date=today, state="ready", made_at=gallery.now)
    run = Run.objects.create(circle=gallery.circle, plan=plan, carrier=carrier, number=3, depart_at=gallery.now)
    for number in range(6):
        need = gallery.post("receiver", "request", "food.cooked_meal", 3, urgency=1)
        eta = gallery.now + timedelta(minutes=12 * number)
        Stop.objects.create(
            circle=gallery.circle, plan=plan, run=run, position=number, what="dropoff", intent=need, eta=eta,
            quantity=need.quantity, cell=cell_of(TOWN), needs=["cold_box", "pair"] if number == 2 else [],
        )  # fmt: skip
    Run.objects.filter(pk=run.pk).update(companion_id=gallery.accounts["neighbour"].agent_id)
    promising.promise(gallery.actor("coordinator"), plan.id, now=gallery.now)
    stops = list(Stop.objects.filter(run=run).order_by("position"))
    said = [
        carrying.Said(new_id(), "delivered", stops[0].id), carrying.Said(new_id(), "not_there", stops[1].id),
        carrying.Said(new_id(), "on_the_way", stops[2].id),
    ]  # fmt: skip
    carrying.sync(gallery.actor("giver"), run.id, said, now=gallery.now)
    gallery.made |= {
        "run": str(run.id), "missed": str(stops[1].id), "coming": carry_access.coming_token(stops[3].id),
        "carried_need": str(stops[3].intent_id),
    }  # fmt: skip


def _repeating(gallery: Gallery) -> None:
    """What comes again: done every time and about to be handed over, open, and paused. It has gone on for some weeks."""
    words, today = gallery.words, gallery.now.date()
    begun = gallery.now - timedelta(days=40)
    private = Private(reach=REACH, door=words.door, details=words.details, name=words.receiver)

    def begin(kind: str, rule: Repetition, **more: object) -> Series:
        draft = IntentDraft(
            direction="request", kind=kind, quantity=2 * UNITS[kinds.find(gallery.circle, kind).unit].parts_per_unit,
            urgency=0, summary=words.summaries[0], private=private,
            area_id=gallery.areas[0].id, visibility="public", **more,  # type: ignore[arg-type]
        )  # fmt: skip
        return series.start(gallery.actor("receiver"), draft, aid.Again(rule, "ramadan"), now=begun)

    weekly = Repetition(WEEK, begun.date(), weekdays=(today.weekday(), (today.weekday() + 2) % 7))
    made = begin("food.staples", weekly, from_minute=1020, to_minute=1140)
    for week in range(6):
        if week == 1:
            series_givers.take(gallery.actor("giver"), made.id, phone=REACH, now=begun + timedelta(days=7))
        aid.keep_series(gallery.circle, now=begun + timedelta(days=7 * week))
        for late in Commitment.objects.filter(request__series=made, state="agreed", due_at__lt=begun + timedelta(days=7 * week)):
            aid.deliver(gallery.actor("giver"), late.id, now=late.due_at)
    aid.keep_series(gallery.circle, now=gallery.now)
    for late in Commitment.objects.filter(request__series=made, state="agreed", due_at__lt=gallery.now)[1:]:
        aid.deliver(gallery.actor("giver"), late.id, now=late.due_at)
    neighbour = gallery.accounts["neighbour"].agent_id
    until = today + timedelta(days=20)
    series_givers.hand(gallery.actor("giver"), made.id, neighbour, today + timedelta(days=12), until, now=gallery.now)
    skipped = next(day for day in series_rules.dates(weekly, today + timedelta(days=1)))
    series_running.skip(gallery.actor("receiver"), made.id, skipped, now=gallery.now)
    monthly = begin("learning.homework", Repetition(NTH, today - timedelta(days=40), weekdays=(4,), nth=-1))
    rests = begin("transport.clinic_ride", Repetition(MONTH, today - timedelta(days=40), month_day=31), whole_only=True)
    series_running.pause(gallery.actor("receiver"), rests.id, today + timedelta(days=9), now=gallery.now)
    date = Intent.objects.filter(series=made, state="taken", ends_at__gt=gallery.now).first()
    assert date is not None
    gallery.made |= {
        "series": str(made.id), "series_open": str(monthly.id), "series_paused": str(rests.id), "series_date": str(date.id)
    }


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


def _sheets(gallery: Gallery) -> None:
    """Four lists: one just handed in, one looked at with faults in it, one brought in, one that somebody has acted on."""
    words, now = gallery.words, gallery.now
    header = ["Full name", "Phone", "What do you need?", "How many?", "Day", "Address", "Notes", "Religion"]
    people = [words.receiver, words.giver, *words.more_names[:3]]
    rows = [
        [name, f"020 7946 0{130 + number}", kind, "2", f"0{number + 1}/02/{now.year + 1}", words.door, words.details, "x"]
        for number, name in enumerate(people)
        for kind in ("Bread", "unicorns" if number else "Blankets")
    ]
    text = write_rows(header, [*rows, *rows[:1]]).decode("utf-8-sig")

    def handed_in(name: str, more: str = "") -> Import:
        load = sheets.hand_in(gallery.actor("coordinator"), (text + more).encode(), f"{words.summaries[0][:30]}.csv", now=now)
        gallery.made[name] = str(load.id)
        return load

    def looked_at(name: str, more: str = "") -> Import:
        load = handed_in(name, more)
        chosen = Choices(basis="asked", direction="request", orders={4: "dmy"})
        load = sheets.choose(gallery.actor("coordinator"), load.id, chosen, now=now)
        return sheets.start_check(gallery.actor("coordinator"), load.id, now=now)

    brought = sheets.start_bring(gallery.actor("coordinator"), looked_at("load_brought").id, now=now)
    gallery.claim("giver", Intent.objects.get(pk=brought.rows.order_by("pk")[0].row_id))
    looked_at("load_checked", f'{words.coordinator},,"Bread, Cooked meal",1,,,,\r\n')
    handed_in("load")


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
    # They are of one name and one phone, so they stand beside each other.
    gallery.made |= {"repeat": str(Repeat.objects.get(again=intent).id), "twin": str(Twin.objects.order_by("-points", "id")[0].id)}


def _conversations(gallery: Gallery) -> None:
    """A conversation with everything in it, one at whose door a coordinator stands, and notes of both sorts."""
    words, made, now = gallery.words, gallery.made, gallery.now

    def say(role: str, thread: str, text: str, minutes: int, **more: object) -> uuid.UUID:
        at = now - timedelta(minutes=minutes)
        place = talks.inside(gallery.actor(role), uuid.UUID(made[thread]), now=at)
        return talking.post(place, text, now=at, **more).id  # type: ignore[arg-type]

    picture = io.BytesIO()
    Image.linear_gradient("L").resize((320, 200)).convert("RGB").save(picture, "JPEG")
    sound = io.BytesIO()
    with wave.open(sound, "wb") as tone:
        tone.setnchannels(1)
        tone.setsampwidth(2)
        tone.setframerate(8000)
        tone.writeframes(bytes(16_000))
    say("receiver", "need", words.door, 50)
    taken = say("giver", "need", words.details, 45)
    talking.take_back(talks.inside(gallery.actor("giver"), uuid.UUID(made["need"]), now=now), taken, now=now)
    say("giver", "need", f"@{words.receiver} {words.summaries[0]}", 40, picture=make_picture(picture.getvalue()))
    say("receiver", "need", "", 30, voice=make_voice(sound.getvalue()))
    talking.step_in(gallery.actor("coordinator"), uuid.UUID(made["need"]), now=now - timedelta(minutes=20))
    say("coordinator", "need", words.welcome, 10)
    say("giver", "filed_agreed", words.details, 5)
    for about in ("need", "receiver", "filed_agreed"):
        for shown in (False, True):
            talking.write_note(gallery.actor("coordinator"), uuid.UUID(made[about]), words.details, shown=shown, now=now)


def _programmes(gallery: Gallery) -> None:
    """An organisation with staff who are no members, programmes, what was handed to them, and a link to its figures."""
    words, now, kitchen = gallery.words, gallery.now, uuid.UUID(gallery.made["organisation"])
    _made, secret = circles.invite_staff(gallery.actor("coordinator"), kitchen, list(Right), now=now)
    gallery.accounts["staff"] = circles.open_invited_account(
        gallery.circle, secret, name=words.neighbour, language=words.language, now=now
    )
    invitation, staff_secret = circles.invite_staff(gallery.actor("staff"), kitchen, ["answer", "doors"], now=now)
    texts = {"about": {words.language: words.welcome}, "for_whom": {words.language: words.details}}
    draft = aid.ProgrammeDraft(
        name=words.organisation, kinds=["food.cooked_meal"], groups=["food"], texts=texts, weekdays=[4], from_minute=1020,
        to_minute=1140, contact=REACH, area_ids=[one.id for one in gallery.areas], has_waiting_list=True,
    )  # fmt: skip
    programme = aid.add_programme(gallery.actor("staff"), kitchen, draft, now=now)
    aid.set_capacity(gallery.actor("staff"), programme.id, "week", {"": 2, "food.cooked_meal": 30}, now=now)
    other = aid.ProgrammeDraft(name=words.paper, kinds=["transport.ride"], entry="referral", point=TOWN, rings=2)
    paused = aid.add_programme(gallery.actor("staff"), kitchen, other, now=now)
    aid.open_programme(gallery.actor("staff"), paused.id, False, now=now)
    needs = [gallery.post("receiver", "request", "food.cooked_meal", 3) for _ in range(4)]
    placed = [
        aid.refer(gallery.actor("coordinator"), programme.id, one.id, consented=True, now=now) for one in needs[:3]
    ]
    aid.accept(gallery.actor("staff"), placed[0].commitment_id, now=now)
    link = aid.share_figures(gallery.actor("coordinator"), None, now=now)
    gallery.made |= {
        "programme": str(programme.id), "referred": str(needs[3].id), "handed_need": str(needs[1].id),
        "handed": str(placed[1].commitment_id), "figures_secret": aid.secret_of_figures(link),
        "staff": str(gallery.accounts["staff"].agent_id), "staff_invitation": str(invitation.id),
        "staff_secret": staff_secret,
    }  # fmt: skip


def _proposed(gallery: Gallery) -> None:
    """Pairs for the whole board in every state: to decide, asked, said no to, too late, and needs that are not met."""
    actor, now, own = gallery.actor("coordinator"), gallery.now, []
    for kind in ("household.clothes", "household.blankets", "learning.homework"):
        own.append(gallery.post("receiver", "request", kind, 2).id)
        gallery.post("giver", "offer", kind, 2)
    # Pairs of other needs stay to be decided: other pages are about these.
    made = proposing.start(actor, now=now)
    taken, asked, refused = made.matches.filter(request_id__in=own).order_by("place")[:3]
    proposing.reject(actor, made.id, [refused.id], now=now)
    aid.withdraw(gallery.actor("coordinator"), taken.offer_id, now=now)
    proposing.accept(actor, made.id, [taken.id, asked.id], now=now)


def _ways_back(gallery: Gallery) -> None:
    """Three who lost every way in: nobody knows her yet, one is vouched for and waits, for one the door is open. And
    somebody whose account a passkey guards."""
    words, now, made = gallery.words, gallery.now, gallery.made
    circle, coordinator = gallery.circle, gallery.accounts["coordinator"]
    for name in ("recovery", "recovery_granted", "recovery_open"):
        token = circles.ask_recovery(
            community=circle.slug, name=words.receiver, address=REACH, note=words.details[:200], region="GB",
            visitor=str(new_id()), now=now,
        )  # fmt: skip
        gallery.actor("coordinator")
        made |= {name: str(Recovery.objects.latest("id").id), f"{name}_token": token}
    states = {"recovery_granted": ("granted", "receiver", 2), "recovery_open": ("open", "neighbour", -1)}
    for name, (state, who, days) in states.items():
        Recovery.objects.filter(pk=made[name]).update(
            state=state, agent_id=gallery.accounts[who].agent_id, opens_at=now + timedelta(days=days)
        )
        Vouch.objects.create(circle=circle, recovery_id=made[name], by_id=coordinator.agent_id, vouched_at=now)
    made["recovery_stop_token"] = secrets.token_of(recoveries.STOP_PURPOSE, uuid.UUID(made["recovery_granted"]))
    guarded = gallery.accounts["guarded"] = people.open_account(name=words.giver, language=words.language, now=now)
    paper.print_new(guarded, now=now)
    Passkey.objects.create(account=guarded, name=words.areas[0][:60], credential_id=guarded.pk.bytes, public_key=b"-", created_at=now)
    Passkey.objects.create(account=coordinator, name=words.areas[0][:60], credential_id=coordinator.pk.bytes, public_key=b"-", created_at=now)
    strength.note(guarded, now=now)

"""What stands on the board today, whatever chance has brought: something to do for each of the four people, something
urgent that nobody is on, something late, something sensitive, and needs that no coordinator has looked at yet.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from taawun.house.demo import rhythm, wants
from taawun.house.demo.founding import Founded
from taawun.house.demo.helping import Helping
from taawun.house.demo.life import Life
from taawun.house.demo.people import Member, Registry
from taawun.house.demo.story import Story
from taawun.practice.aid.actions import IntentDraft, Private
from taawun.practice.aid.actions.agreeing import Reach

HOUR = timedelta(hours=1)
Who = Callable[[], Member]


class Scenes:
    """Writes scenes into the story. Rows have names here, because their ids are only known when they are written."""

    def __init__(self, story: Story, life: Life, town: Founded, registry: Registry, seed: int) -> None:
        self.story, self.life, self.town, self.registry = story, life, town, registry
        self.chance = Random(f"{seed} today")
        self._rows: dict[str, uuid.UUID] = {}
        self._chosen: dict[str, Member] = {}

    # Who.

    def named(self, key: str) -> Who:
        return lambda: self.town.named[key]

    def somebody(self, name: str, kind: str = "person") -> Who:
        """Return a member without a part in another scene, the same one each time."""

        def choose() -> Member:
            if name not in self._chosen:
                taken = {id(one) for one in (*self._chosen.values(), *self.town.named.values())}
                free = [one for one in self.life.at.members if one.kind == kind and id(one) not in taken]
                self._chosen[name] = self.chance.choice(free)
            return self._chosen[name]

        return choose

    def kitchen(self) -> Member:
        return self.town.organisations[0][0]

    # What, so many hours before now.

    def post(
        self,
        name: str,
        ago: float,
        who: Who,
        code: str,
        amount: int,
        urgency: int,
        summary: str,
        *,
        offer: bool = False,
        within: tuple[float, float] | None = None,
        **more: object,
    ) -> None:
        """``within`` is a window in hours from now."""

        def act() -> None:
            member = who()
            draft = IntentDraft(
                direction="offer" if offer else "request",
                kind=code,
                quantity=amount * wants.BY_CODE[code].parts_per_unit,
                urgency=urgency,
                summary=summary,
                area_id=self.life.at.area_id(member.quarter),
                on_behalf_of=member.agent_id if member.keeper else None,
                private=member.private(self.chance),
                starts_at=self._half_hour(within[0]) if within else None,
                ends_at=self._half_hour(within[1]) if within else None,
                **more,  # type: ignore[arg-type]
            )
            made = self.story.hand.post(self.life.at, member.acts, draft, now=self.story.now)
            self._rows[name] = made
            self.life.upkeep_for(self.story.hand.intent(made))

        self._at(ago, act)

    def file(self, ago: float, code: str, amount: int, urgency: int, summary: str) -> None:
        """A need without an account, waiting for a coordinator's eye."""

        def act() -> None:
            person = self.registry.person()
            draft = IntentDraft(
                direction="request", kind=code, quantity=amount * wants.BY_CODE[code].parts_per_unit, urgency=urgency,
                summary=summary, area_id=self.life.at.area_id(person.quarter),
                private=Private(person.name, person.phone, person.door, point=person.point),
            )  # fmt: skip
            made = self.story.hand.post_without_account(self.life.at, draft, visitor=person.phone, now=self.story.now)
            self.life.upkeep_for(self.story.hand.intent(made))

        self._at(ago, act)

    def claim(
        self, name: str, ago: float, who: Who, intent: str, amount: int | None = None, offer: str | None = None
    ) -> None:
        def act() -> None:
            found, member = self.story.hand.intent(self._rows[intent]), who()
            left = found.quantity - found.taken
            quantity = left if amount is None else amount * wants.BY_CODE[found.kind].parts_per_unit
            self._rows[name] = self.story.hand.claim(
                self.life.at, member.acts, found.id, quantity=quantity, agent=member, reach=Helping.reach(member),
                with_intent=self._rows[offer] if offer else None, now=self.story.now,
            )  # fmt: skip
            self._watch(name)

        self._at(ago, act)

    def propose(self, name: str, ago: float, request: str, offer: str) -> None:
        def act() -> None:
            found = self.story.hand.intent(self._rows[request])
            self._rows[name] = self.story.hand.propose(
                self.life.at, self.town.named["hala"], found.id, self._rows[offer],
                quantity=found.quantity - found.taken, now=self.story.now,
            )  # fmt: skip
            self._watch(name)

        self._at(ago, act)

    def accept(self, ago: float, who: Who, name: str) -> None:
        def act() -> None:
            by = who()
            self.story.hand.accept(
                self.life.at, by.acts, self._rows[name], reach=Reach(by.phone, by.door), now=self.story.now
            )
            self._watch(name)

        self._at(ago, act)

    def verb(self, verb: str, ago: float, who: Who, name: str) -> None:
        """One of the verbs that need no more than who and what: look, still_on_it, receive, thank."""

        def act() -> None:
            getattr(self.story.hand, verb)(self.life.at, who().acts, self._rows[name], now=self.story.now)
            self._watch(name)

        self._at(ago, act)

    def deliver(self, ago: float, who: Who, name: str) -> None:
        def act() -> None:
            made = self.story.hand.commitment(self._rows[name])
            self.story.hand.deliver(self.life.at, who().acts, made.id, quantity=made.quantity, now=self.story.now)

        self._at(ago, act)

    def _at(self, ago: float, act: Callable[[], None]) -> None:
        self.story.at(self.story.end - HOUR * ago, act)

    def _watch(self, name: str) -> None:
        made = self.story.hand.commitment(self._rows[name])
        self.life.upkeep_at(made.warn_at)
        self.life.upkeep_at(made.release_at)

    def _half_hour(self, ahead: float) -> datetime:
        """Return a time on the half hour, and today while today lasts."""
        end = self.story.end
        when = end + HOUR * ahead
        midnight = rhythm.at_local(rhythm.local(end).date(), 24 * 60)
        if when >= midnight > end + 2 * HOUR:
            when = midnight - timedelta(minutes=30)
        return when.replace(minute=30 if when.minute < 30 else 59, second=0, microsecond=0)


def today(scenes: Scenes) -> None:
    """Write today's scenes."""
    _volunteer(scenes)
    _neighbour(scenes)
    _kitchen(scenes)
    _coordinator(scenes)


def _volunteer(now: Scenes) -> None:
    """Maya: three promises for today, one of them late, an answer to give, and an offer somebody wants."""
    maya, widow, ill, crew = (
        now.named("maya"),
        now.somebody("widow", "paper"),
        now.somebody("ill"),
        now.somebody("crew"),
    )
    now.post("lunch", 22, widow, "food.cooked_meal", 2, 2, "غداء لسيّدة كبيرة خرجت من المستشفى أمس", within=(1, 4))
    now.claim("lunch taken", 19, maya, "lunch")
    now.verb("look", 18.9, maya, "lunch taken")
    now.post(
        "tablets", 6, ill, "health.medicine_pickup", 1, 2, "Tablets are waiting at the pharmacy", within=(0.5, 2.5)
    )
    now.claim("tablets taken", 5, maya, "tablets")
    now.verb("look", 4.8, maya, "tablets taken")
    now.post("boxes", 8.5, crew, "transport.delivery", 2, 3, "سلّتان إلى درج الصيادين، السيارة تعطّلت")
    now.claim("boxes taken", 7.5, maya, "boxes")
    now.verb("still_on_it", 5, maya, "boxes taken")
    now.verb("still_on_it", 2.5, maya, "boxes taken")
    now.post(
        "seat", 40, maya, "transport.clinic_ride", 3, 0, "I drive to the clinic most mornings and can wait", offer=True
    )
    now.post("clinic", 9, now.somebody("knee"), "transport.clinic_ride", 1, 2, "موعد صباحي في العيادة، لا أستطيع المشي")
    now.propose("clinic proposed", 3, "clinic", "seat")
    now.claim("seat wanted", 1.2, now.somebody("student"), "seat", 1)
    now.post("evening", 30, maya, "company.check_in", 3, 0, "Happy to ring round in the evenings", offer=True)


def _neighbour(now: Scenes) -> None:
    """Souad: help on its way, something to confirm, and bread and sewing that she gives."""
    souad, maya = now.named("souad"), now.named("maya")
    now.post("rice", 28, souad, "food.staples", 10, 1, "رز وعدس وطحين حتى نهاية الشهر")
    now.claim("rice, a part", 21, now.somebody("grocer"), "rice", 4)
    now.verb("look", 20, now.somebody("grocer"), "rice, a part")
    now.post("dinner", 12, souad, "food.cooked_meal", 4, 2, "عشاء لأربعة، ابنتي في المستشفى")
    now.claim("dinner taken", 9, maya, "dinner")
    now.verb("look", 8.7, maya, "dinner taken")
    now.deliver(2, maya, "dinner taken")
    now.post(
        "bread", 60, souad, "food.bread", 20, 0, "أخبز على الصاج، خذوا منه ساخنًا", offer=True,
        weekdays=(1, 5), from_minute=480, to_minute=660,
    )  # fmt: skip
    now.claim("bread wanted", 4, now.somebody("old man", "paper"), "bread", 4)
    now.post("hems", 50, souad, "repairs.sewing", 6, 0, "تقصير وترقيع، عندي ماكينة", offer=True)
    now.claim("hems wanted", 30, now.somebody("mother"), "hems", 2)
    now.accept(27, souad, "hems wanted")
    now.verb("look", 26, souad, "hems wanted")


def _kitchen(now: Scenes) -> None:
    """Nadine and the Friday Kitchen: people to answer, hands it needs, and meals it has promised."""
    kitchen, nadine = now.kitchen, now.named("nadine")
    now.post(
        "pot", 46, kitchen, "food.cooked_meal", 40, 0, "Friday lunch, boxes included", offer=True,
        weekdays=(rhythm.FRIDAY,), from_minute=690, to_minute=840,
    )  # fmt: skip
    now.claim("pot wanted", 6, now.somebody("table one"), "pot", 4)
    now.claim("pot wanted too", 2.4, now.somebody("table two"), "pot", 3)
    now.claim("pot wanted for", 1.1, now.somebody("grandmother", "paper"), "pot", 1)
    now.post("hands", 33, kitchen, "organising.hands", 6, 1, "Peeling and packing on Friday morning")
    now.claim("two hands", 24, now.somebody("peeler"), "hands", 2)
    now.post("gas", 5, kitchen, "household.cooking_gas", 1, 2, "جرّة غاز للمطبخ قبل الجمعة")
    now.post(
        "school", 16, now.somebody("teacher"), "food.cooked_meal", 12, 2, "Lunch for the homework group", within=(2, 5)
    )
    now.claim("school promised", 14, kitchen, "school")
    now.verb("look", 13.5, kitchen, "school promised")
    now.post("van", 52, nadine, "transport.delivery", 2, 0, "My van is free after the kitchen closes", offer=True)


def _coordinator(now: Scenes) -> None:
    """Hala: what nobody is on, what is sensitive, what came in without an account, and a promise of her own."""
    hala = now.named("hala")
    now.file(5.2, "household.blankets", 3, 2, "بطانيات لثلاثة، السقف ينزّ")
    now.file(1.9, "food.food_parcel", 1, 1, "")
    now.file(0.6, "children.nappies", 2, 2, "Size 2, for twins")
    now.post("breath", 0.4, now.somebody("carer"), "crisis.power", 1, 3, "بطارية لجهاز تنفّس، الكهرباء مقطوعة")
    now.post(
        "milk",
        0.9,
        now.somebody("young mother"),
        "children.baby_milk",
        2,
        3,
        "Formula for a baby of four months, we have one bottle left",
    )
    now.post("pump", 3.2, now.somebody("cellar"), "tools.pump", 1, 2, "عاد الماء إلى القبو")
    now.post(
        "ramp",
        13,
        now.somebody("wheels", "paper"),
        "transport.accessible_ride",
        1,
        2,
        "Van with a ramp to the eye clinic",
    )
    now.post("safe", 2.2, now.somebody("two sisters"), "housing.safe_place", 2, 3, "")
    now.post("rent", 38, now.somebody("fisher"), "money.rent", 1, 1, "")
    now.post("listen", 7, now.somebody("tired"), "company.listening", 1, 2, "", visibility="members")
    now.claim("listening", 3, now.somebody("listener"), "listen")
    now.post("lonely", 20, now.somebody("alone", "paper"), "company.check_in", 1, 2, "اتصال مساءً، لم يردّ أمس")
    now.claim("call promised", 4, hala, "lonely")
    now.verb("look", 3.9, hala, "call promised")

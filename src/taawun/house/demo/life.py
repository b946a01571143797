"""The life of one circle: people join, ask, offer, and upkeep is done. How help is agreed on stands in ``helping``."""

import itertools
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

from taawun.community.circles import catalogue
from taawun.house.demo import rhythm, wants
from taawun.house.demo.people import Commons, Member, Registry
from taawun.house.demo.rhythm import after, by_day, how_many
from taawun.house.demo.story import Story
from taawun.house.demo.town import QUARTERS, Weekly
from taawun.house.demo.wants import PRESSING, Want
from taawun.practice.aid.actions import IntentDraft, Private
from taawun.practice.aid.models import Intent
from taawun.practice.aid.rules import Direction

NEEDS_SHARE = 0.68
# Outside its own groups a circle about one thing is asked for little else.
BESIDE_THE_TOPIC = 0.05
FILED_SHARE = 0.08
FILED_SHARE_IN_THE_STORM = 0.16
GIVEN_UP_SHARE = 0.05
TRIES = 12
# How many things of each direction an organisation's standing offer hands out on one day.
TAKERS = (1, 1, 2, 2, 3)


class Life:
    """What happens in one circle. ``helping`` is told of every new need and offer."""

    def __init__(self, story: Story, at: Commons, registry: Registry, pace: float) -> None:
        self.story, self.at, self.registry, self.pace = story, at, registry, pace
        self.chance: Random = at.chance
        self.by_agent: dict[uuid.UUID, Member] = {}
        self.organisations: list[Member] = []
        # Summed up from the first member on, as choosing by weight wants them.
        self.energies: list[float] = []
        self.on_need: Callable[[uuid.UUID], None] = lambda intent_id: None
        self.on_gift: Callable[[uuid.UUID], None] = lambda intent_id: None
        self.on_turn: Callable[[uuid.UUID, Want], None] = lambda intent_id, want: None
        self._upkeep_at: set[datetime] = set()
        groups = {kind.code: kind.group for kind in catalogue.ALL}
        topics = at.plan.topics
        self._fit = [1.0 if not topics or groups[one.code] in topics else BESIDE_THE_TOPIC for one in wants.WANTS]
        for member in at.members:
            self.welcome(member)

    @property
    def now(self) -> datetime:
        return self.story.now

    # People.

    def welcome(self, member: Member) -> None:
        """Somebody is in the circle from now on, and can be chosen to ask and to help."""
        if member not in self.at.members:
            self.at.members.append(member)
        self.by_agent[member.agent_id] = member
        if member.kind == "organisation":
            self.organisations.append(member)
        energy = member.energy if member.kind == "person" else 0.0
        self.energies.append((self.energies[-1] if self.energies else 0.0) + energy)

    def join(self, member: Member) -> None:
        """Somebody comes; who was here already stays."""
        if member in self.at.members:
            return
        if member.account is None:
            self.story.hand.open_account(member, now=self.now)
        self.story.hand.join(self.at, member, now=self.now)
        self.welcome(member)

    def clicks(self, agent_id: uuid.UUID) -> Member:
        """Return who clicks for an agent; a coordinator for somebody who filed a need without an account."""
        member = self.by_agent.get(agent_id)
        return member.acts if member is not None else self.at.coordinators[0]

    # Days.

    def begin(self) -> None:
        """Plan every day's needs and offers, each at the start of its day."""
        first, last = rhythm.local(self.story.begun).date(), rhythm.local(self.story.end).date()
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            self.story.at(rhythm.at_local(day, 0), lambda day=day: self._day(day))  # type: ignore[misc]

    def _day(self, day: date) -> None:
        for hour in range(24):
            start = rhythm.at_local(day, hour * 60)
            surge = rhythm.SURGE * rhythm.storm(start, self.story.end)
            # Those who can give hear of the flood some hours after those whose cellar fills.
            echo = 0.7 * rhythm.SURGE * rhythm.storm(start - timedelta(hours=9), self.story.end)
            expected = rhythm.hourly(day, hour, self.pace)
            flooded = max(0.25, QUARTERS[self.at.plan.quarter].flooded) if self.at.plan.key != "main" else 0.6
            for _ in range(how_many(self.chance, expected * NEEDS_SHARE * (1 + surge * flooded))):
                self._some_time_in(start, self.need)
            for _ in range(how_many(self.chance, expected * (1 - NEEDS_SHARE) * (1 + echo * flooded))):
                self._some_time_in(start, self.gift)

    def _some_time_in(self, start: datetime, act: Callable[[], None]) -> None:
        self.story.at(start + rhythm.HOUR * self.chance.random(), act)

    # Needs and offers.

    def need(self) -> None:
        """Somebody asks, for themselves, for somebody who cannot click, or without an account."""
        felt = rhythm.storm(self.now, self.story.end)
        filed = FILED_SHARE + (FILED_SHARE_IN_THE_STORM - FILED_SHARE) * felt
        want = self._choose([one.asked + one.stormy * felt for one in wants.WANTS])
        if not self.at.plan.topics and self.chance.random() < filed:
            self._file(want)
            return
        who = self._asker(felt)
        draft = self.draft(Direction.REQUEST, want, who)
        intent_id = self.story.hand.post(self.at, who.acts, draft, now=self.now)
        self.posted(intent_id)
        self.on_need(intent_id)

    def gift(self) -> None:
        """Somebody offers."""
        felt = rhythm.storm(self.now, self.story.end)
        want = self._choose([one.given + 0.5 * one.stormy * felt for one in wants.WANTS])
        given = self.organisation_for(want) if self.chance.random() < 0.35 else None
        who = given or self.helper()
        if who is None:
            return
        draft = self.draft(Direction.OFFER, want, who)
        intent_id = self.story.hand.post(self.at, who.acts, draft, now=self.now)
        self.posted(intent_id)
        self.on_gift(intent_id)

    def _choose(self, weights: list[float]) -> Want:
        fitting = [weight * fit for weight, fit in zip(weights, self._fit, strict=True)]
        return self.chance.choices(wants.WANTS, fitting)[0]

    def _asker(self, felt: float) -> Member:
        for _ in range(TRIES):
            who = self.chance.choice(self.at.members)
            weight = {"paper": 1.0, "organisation": 0.2}.get(who.kind, 0.45)
            if self.chance.random() < weight * (1 - felt + felt * (0.15 + QUARTERS[who.quarter].flooded)):
                return who
        return self.chance.choice(self.at.coordinators)

    def helper(self, *, but: frozenset[uuid.UUID] = frozenset(), near: int | None = None) -> Member | None:
        """Choose who helps: those who help much come up more often, and of several the one who lives near."""
        found = self.chance.choices(self.at.members, cum_weights=self.energies, k=5)
        fitting = [one for one in found if one.agent_id not in but]
        return next((one for one in fitting if one.quarter == near), fitting[0] if fitting else None)

    def organisation_for(self, want: Want) -> Member | None:
        found = [one for one in self.organisations if want.code in one.gives]
        return self.chance.choice(found) if found else None

    def _file(self, want: Want) -> None:
        """Somebody without an account files a need and keeps a receipt. A coordinator calls back and checks it."""
        person = self.registry.person(self.at.plan.quarter if self.at.plan.key != "main" else None)
        draft = self.draft(Direction.REQUEST, want, person, name=person.name)
        visitor = f"{self.at.plan.key}-{person.phone}-{self.now.isoformat()}"
        intent_id = self.story.hand.post_without_account(self.at, draft, visitor=visitor, now=self.now)
        self.posted(intent_id)
        seen = by_day(self.chance, self.now + after(self.chance, timedelta(minutes=80), 1.0))
        self.story.at(seen, lambda: self._check(intent_id))

    def _check(self, intent_id: uuid.UUID) -> None:
        intent, coordinator = self.story.hand.intent(intent_id), self.chance.choice(self.at.coordinators)
        if intent.state != "open" or intent.expires_at <= self.now:
            return
        if self.chance.random() < 0.8:
            self.story.hand.call_back(self.at, coordinator, intent_id, now=self.now)
        if self.chance.random() < 0.06:
            self.story.hand.withdraw(self.at, coordinator, intent_id, now=self.now)
            return
        self.story.hand.check(self.at, coordinator, intent_id, now=self.now)
        self.on_need(intent_id)

    def draft(self, direction: Direction, want: Want, who: Member, name: str = "") -> IntentDraft:
        chance = self.chance
        texts = (want.asks if direction is Direction.REQUEST else want.gives)[0 if who.language == "ar" else 1]
        amount = chance.choice(want.amounts) * (chance.choice((1, 2, 3)) if direction is Direction.OFFER else 1)
        kind = catalogue.BY_CODE[want.code]
        urgency = chance.choices(range(4), PRESSING[want.pressing])[0]
        if direction is Direction.OFFER:
            urgency = chance.choice((0, 0, 0, 1))
        starts_at = ends_at = None
        if 0 < urgency < 3 and chance.random() < 0.35:
            starts_at, ends_at = self._window(urgency)
        visibility = ""
        if direction is Direction.REQUEST and chance.random() < (0.35 if kind.sensitive else 0.12):
            visibility = "members"
        private = who.private(chance)
        if name:
            private = Private(name, private.reach, private.door, private.details, private.point)
        return IntentDraft(
            direction=direction.value,
            kind=want.code,
            quantity=amount * want.parts_per_unit,
            urgency=urgency,
            summary=chance.choice(texts) if texts and chance.random() < 0.9 else "",
            visibility=visibility,
            area_id=self.at.area_id(who.quarter),
            starts_at=starts_at,
            ends_at=ends_at,
            on_behalf_of=who.agent_id if who.keeper is not None else None,
            private=private,
        )

    def _window(self, urgency: int) -> tuple[datetime, datetime]:
        """Return a time of day in the coming days, on the half hour."""
        day = rhythm.local(self.now).date() + timedelta(days=self.chance.randint(1, 2 if urgency == 2 else 6))
        start = rhythm.at_local(day, self.chance.randrange(8 * 60, 18 * 60, 30))
        return start, start + timedelta(hours=self.chance.choice((2, 3, 4)))

    # The clock of each intent.

    def posted(self, intent_id: uuid.UUID) -> None:
        """Watch over an intent: upkeep when it is due, "still available?" answered or not, given up now and then."""
        intent = self.story.hand.intent(intent_id)
        self.upkeep_for(intent)
        self.story.at(intent.ask_at + after(self.chance, timedelta(hours=5)), lambda: self._still(intent_id))
        if intent.is_request and self.chance.random() < GIVEN_UP_SHARE:
            self.story.at(self.now + after(self.chance, timedelta(hours=20)), lambda: self._give_up(intent_id))

    def upkeep_for(self, intent: Intent) -> None:
        self.upkeep_at(intent.ask_at)
        self.upkeep_at(intent.expires_at)

    def upkeep_at(self, when: datetime | None) -> None:
        """Let upkeep run in the minute after something is due, as the worker would; once for several."""
        if when is None:
            return
        minute = max(when, self.now).replace(second=0, microsecond=0) + timedelta(minutes=1)
        if minute not in self._upkeep_at:
            self._upkeep_at.add(minute)
            self.story.at(minute, lambda: self.story.hand.keep_up(self.at, now=self.now))

    def _still(self, intent_id: uuid.UUID) -> None:
        intent = self.story.hand.intent(intent_id)
        if intent.state not in {"open", "expired"} or (intent.state == "open" and intent.asked_at is None):
            return
        late = intent.state == "expired"
        keeps = 1.0 if intent.is_standing else 0.12 if late else 0.3 if intent.is_request else 0.5
        if self.chance.random() < keeps:
            self.story.hand.renew(self.at, self.clicks(intent.agent_id), intent_id, now=self.now)
            self.posted(intent_id)
            if intent.is_request:
                self.on_need(intent_id)
        elif not late:
            gone = intent.expires_at + after(self.chance, timedelta(hours=15))
            self.story.at(gone, lambda: self._still(intent_id))

    def _give_up(self, intent_id: uuid.UUID) -> None:
        intent = self.story.hand.intent(intent_id)
        if intent.state in {"open", "taken"} and intent.done == 0:
            self.story.hand.withdraw(self.at, self.clicks(intent.agent_id), intent_id, now=self.now)

    # Standing offers.

    def stand(self, organisation: Member, weekly: Weekly) -> None:
        """Post an organisation's standing offer, and let people take part of it each time."""
        code, amount, weekdays, begins, ends = weekly
        want = wants.BY_CODE[code]
        draft = IntentDraft(
            direction="offer", kind=code, quantity=amount * want.parts_per_unit, urgency=0,
            summary=self.chance.choice((*want.gives[0], *want.gives[1], "")),
            area_id=self.at.area_id(organisation.quarter),
            weekdays=weekdays, from_minute=begins, to_minute=ends, on_behalf_of=organisation.agent_id,
            private=organisation.private(self.chance),
        )  # fmt: skip
        intent_id = self.story.hand.post(self.at, organisation.acts, draft, now=self.now)
        self.posted(intent_id)
        first, last = rhythm.local(self.now).date(), rhythm.local(self.story.end).date() + timedelta(days=7)
        for number in itertools.takewhile(lambda n: first + timedelta(days=n) <= last, itertools.count(1)):
            day = first + timedelta(days=number)
            if day.weekday() in weekdays:
                often = self.chance.choice(TAKERS) * (4 if weekdays == (rhythm.FRIDAY,) else 1)
                for _ in range(often):
                    asked = rhythm.at_local(day, begins) - timedelta(hours=self.chance.uniform(3, 30))
                    self.story.at(by_day(self.chance, asked), lambda: self.on_turn(intent_id, want))

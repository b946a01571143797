"""The first evening: circles are set up, their first members come, roles are given, organisations and people who
cannot click are entered. All of it through the real actions; only the many sign-ups are written at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from taawun.community.circles import actions as circles
from taawun.community.circles.models import Role
from taawun.ground.values.scope import set_scope
from taawun.house.demo import names
from taawun.house.demo.people import Commons, Member, Registry
from taawun.house.demo.slow import Slow
from taawun.house.demo.swift import Swift
from taawun.house.demo.town import MAIN, NAMED, QUARTERS, REGION, TOWN, ZONE, CirclePlan, OrganisationPlan

COORDINATORS = 4
GUARDIANS = 6
# Of those without an account in the big circle.
PAPER_SHARE = 60 / 900
PAPER_LEAST = 6
MINUTE = timedelta(minutes=1)
NAMED_ENERGY = {"hala": 4.0, "maya": 14.0, "souad": 2.5, "nadine": 3.0}


@dataclass(frozen=True)
class Founded:
    """The circles, the big one first, and the four people by their keys."""

    circles: list[Commons]
    named: dict[str, Member]
    organisations: list[tuple[Member, OrganisationPlan]]


class Founding:
    """Sets the town up, minute by minute from ``begun``."""

    def __init__(self, registry: Registry, chance: Random, begun: datetime, seed: int) -> None:
        self.registry, self.chance, self.seed = registry, chance, seed
        self.now = begun
        self.slow, self.swift = Slow(), Swift()

    def all(self, plans: Sequence[CirclePlan], organisations: Sequence[OrganisationPlan], scale: float) -> Founded:
        named = {one.key: self._named(one.key) for one in NAMED}
        founders = [named["hala"], *(self.registry.person(plan.quarter) for plan in plans[1:])]
        made = [self._circle(plan, who) for plan, who in zip(plans, founders, strict=True)]
        set_scope(one.circle.id for one in made)
        main = made[0]
        firsts = [named[key] for key in ("maya", "souad", "nadine")]
        firsts += [self.registry.person() for _ in range(COORDINATORS + GUARDIANS + len(organisations))]
        seconds = [self.registry.person(one.plan.quarter) for one in made[1:]]
        for at, who in [*((main, one) for one in firsts), *zip(made[1:], seconds, strict=True)]:
            self._come(at, who)
        self.swift.put_down()
        self._roles(main, firsts)
        for at, who in zip(made[1:], seconds, strict=True):
            self._give_role(at, who, Role.COORDINATOR)
        entered = [
            (self._organisation(main, plan, named["nadine"] if number == 0 else firsts[-1 - number]), plan)
            for number, plan in enumerate(organisations)
        ]
        guardians = firsts[3 + COORDINATORS : 3 + COORDINATORS + GUARDIANS]
        for number in range(max(PAPER_LEAST, round(main.plan.members * PAPER_SHARE * scale))):
            self._paper(main, guardians[number % len(guardians)])
        return Founded(made, named, entered)

    def _tick(self) -> datetime:
        self.now += timedelta(seconds=20)
        return self.now

    def _named(self, key: str) -> Member:
        plan = next(one for one in NAMED if one.key == key)
        member = self.registry.make(plan.name, plan.language, plan.speaks, plan.quarter, address=plan.address)
        member.energy = NAMED_ENERGY[key]
        return member

    def _circle(self, plan: CirclePlan, founder: Member) -> Commons:
        """Set a circle up under its Latin name, which gives a readable address, and then call it by both."""
        self.slow.open_account(founder, now=self._tick())
        assert founder.account is not None
        quarter = QUARTERS[plan.quarter]
        circle = circles.set_up(
            founder.account,
            name=plan.name.partition(" · ")[2],
            place_name=TOWN if plan is MAIN else quarter.name,
            languages=["ar", "en"],
            region=REGION,
            time_zone=ZONE,
            point=quarter.middle,
            now=self._tick(),
        )
        at = Commons(plan, circle, {}, Random(f"{self.seed} {plan.key}"), [founder], [founder])
        actor = self.slow.actor(at, founder)
        at.circle = circles.change_settings(
            actor, name=plan.name, place_name=circle.place_name, languages=circle.languages, region=circle.region,
            time_zone=circle.time_zone, welcome=plan.welcome, is_public=True, is_joinable=True,
            accept_claims=circle.accept_claims, resolution=circle.resolution, now=self._tick(),
        )  # fmt: skip
        if plan is MAIN:
            for number, one in enumerate(QUARTERS):
                at.areas[number] = circles.add_area(actor, one.name, one.middle, now=self._tick())
            circles.set_area(actor, founder.agent_id, at.area_id(founder.quarter), now=self._tick())
        self.slow.forget()
        return at

    def _come(self, at: Commons, who: Member) -> None:
        self.swift.open_account(who, now=self._tick())
        self.swift.join(at, who, now=self._tick())
        at.members.append(who)

    def _roles(self, at: Commons, firsts: list[Member]) -> None:
        treasurer, others, guardians = firsts[3], firsts[4 : 3 + COORDINATORS], firsts[3 + COORDINATORS :]
        self._give_role(at, treasurer, Role.TREASURER)
        for who in others:
            self._give_role(at, who, Role.COORDINATOR)
        for who in guardians[:GUARDIANS]:
            self._give_role(at, who, Role.GUARDIAN)

    def _give_role(self, at: Commons, who: Member, role: Role) -> None:
        founder = at.coordinators[0]
        circles.set_roles(self.slow.actor(at, founder), who.agent_id, [role.value], now=self._tick())
        if role is Role.COORDINATOR:
            at.coordinators.append(who)

    def _organisation(self, at: Commons, plan: OrganisationPlan, person: Member) -> Member:
        """Enter an organisation and name who acts for it. Who entered it steps back."""
        entering = at.coordinators[0]
        member = self.registry.make(plan.name, plan.language, (plan.language,), plan.quarter)
        member.kind, member.keeper, member.gives, member.energy = "organisation", person, plan.gives, 0.0
        actor = self.slow.actor(at, entering)
        made = circles.add_member(
            actor, name=plan.name, kind="organisation", door=member.door, languages=[plan.language, "ar"],
            area_id=at.area_id(plan.quarter), consented=True, now=self._tick(),
        )  # fmt: skip
        member.agent_id = made.agent_id
        circles.name_representative(actor, made.agent_id, person.agent_id, now=self._tick())
        circles.end_representative(actor, made.agent_id, entering.agent_id, now=self._tick())
        at.members.append(member)
        return member

    def _paper(self, at: Commons, guardian: Member) -> None:
        """Enter somebody without a phone or an account: mostly older people, near whoever looks after them."""
        quarter = guardian.quarter if self.chance.random() < 0.7 else None
        member = self.registry.person(quarter)
        if member.language == "ar" and self.chance.random() < 0.6:
            title, _, rest = member.name.partition(" ")
            member.name = (
                f"{self.chance.choice(('الحاجّة', 'الست', 'العم', 'الخالة', 'أبو'))} {title}" if rest else member.name
            )
        member.kind, member.keeper, member.energy = "paper", guardian, 0.0
        made = circles.add_member(
            self.slow.actor(at, guardian), name=member.name, address=member.phone, door=member.door,
            full_name=f"{member.name} {self.chance.choice(names.FAMILY)[0]}", languages=list(member.speaks),
            area_id=at.area_id(member.quarter), consented=True, now=self._tick(),
        )  # fmt: skip
        member.agent_id = made.agent_id
        at.members.append(member)

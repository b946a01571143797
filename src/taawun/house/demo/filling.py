"""Filling an empty house with the town, in one transaction: a start that is killed midway leaves nothing behind."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from taawun.community.circles.everywhere import circle_ids
from taawun.community.circles.models import Membership
from taawun.community.people import actions as people
from taawun.community.people.identity import parse_address
from taawun.community.people.models import Account, Contact
from taawun.ground.values.scope import circle_scope
from taawun.ground.vault import store
from taawun.house.demo import rhythm
from taawun.house.demo.founding import Founded, Founding
from taawun.house.demo.helping import Helping
from taawun.house.demo.life import Life
from taawun.house.demo.people import Commons, Member, Registry
from taawun.house.demo.scenes import Scenes, today
from taawun.house.demo.slow import Slow
from taawun.house.demo.story import Story
from taawun.house.demo.swift import Swift
from taawun.house.demo.town import CIRCLES, HISTORY, NAMED, ORGANISATIONS, REGION, STORM_BEFORE

SIGN_IN_LASTS = timedelta(days=7)
# How much of the end is written by the real actions, one by one. More would be truer, and slower.
CLICKED = timedelta(hours=36)
# What share of a circle's members is also in the big one.
ALSO_IN_MAIN = 0.18
COME_LATER_LEAST = 12
TABLES = (
    "people_agent", "people_account", "people_contact", "people_consent", "circles_membership",
    "circles_representative", "aid_intent", "aid_commitment", "aid_happening", "journal_entry", "journal_head", "vault_sealed", "vault_datakey",
)  # fmt: skip


def fill(*, seed: int = 7, progress: Callable[[str], None]) -> list[tuple[str, str, str]]:
    """Fill the town and return (name, role, sign-in path) of four people in it."""
    now = timezone.now()
    tell_town(seed=seed, now=now, progress=progress)
    with circle_scope(*circle_ids()):
        # The town is there to be looked around in: its coordinators are asked for no second factor, however long it stands.
        Membership.objects.update(second_factor_asked_at=None)
    with connection.cursor() as cursor:
        # The planner has only seen empty tables so far.
        cursor.execute("ANALYZE " + ", ".join(TABLES))
    return links(now=now)


def links(*, now: datetime) -> list[tuple[str, str, str]]:
    """Return fresh sign-in links of the four people; none when this house does not hold the town.

    They are found by addresses that nobody else can ever have proven.
    """
    found = []
    for plan in NAMED:
        index = parse_address(plan.address, REGION).blind_index
        contact = Contact.objects.filter(blind_index=index, verified_at__isnull=False).first()
        account = Account.objects.filter(agent_id=contact.agent_id, is_active=True).first() if contact else None
        if account is None:
            return []
        token = people.sign_in_link(account, lifetime=SIGN_IN_LASTS, now=now)
        found.append((plan.name, plan.role, f"/sign-in/link/{token}/"))
    return found


def tell_town(
    *,
    seed: int,
    now: datetime,
    progress: Callable[[str], None],
    scale: float = 1.0,
    clicked: timedelta = CLICKED,
) -> Founded:
    """Tell the story of the town up to ``now``. At a smaller ``scale`` it is a village; ``clicked`` is the part of its
    end that the real actions write.
    """
    chance = Random(seed)
    registry = Registry(chance)
    begun = rhythm.at_local(rhythm.local(now - HISTORY).date(), 18 * 60)
    with transaction.atomic():
        progress("The first evening: circles, roles and organisations")
        founding = Founding(registry, chance, begun, seed)
        plans = CIRCLES[: max(2, round(len(CIRCLES) * min(1.0, scale * 2)))]
        organisations = ORGANISATIONS[: max(3, round(len(ORGANISATIONS) * min(1.0, scale * 2)))]
        town = founding.all(plans, organisations, scale)
        story = Story(Swift(), Slow(), begun=founding.now + rhythm.HOUR, cut=now - clicked, end=now)
        lives = [_live(story, at, registry, scale, town) for at in town.circles]
        _sign_ups(story, lives, registry, chance, scale)
        today(Scenes(story, lives[0], town, registry, seed))
        story.run(lambda day: progress(_line(day, story)), at_cut=_analyse)
        _keep_up_now(lives, now)
    return town


def _live(story: Story, at: Commons, registry: Registry, scale: float, town: Founded) -> Life:
    life = Life(story, at, registry, at.plan.pace * scale)
    Helping(life)
    life.begin()
    if at is town.circles[0]:
        for number, (member, plan) in enumerate(town.organisations):
            if plan.weekly is not None:
                weekly = plan.weekly
                when = story.begun + timedelta(hours=15, minutes=25 * number)
                story.at(when, lambda member=member, weekly=weekly: life.stand(member, weekly))  # type: ignore[misc]
    return life


def _sign_ups(story: Story, lives: list[Life], registry: Registry, chance: Random, scale: float) -> None:
    """Let everybody else come in the course of the weeks: many at the beginning, many after the storm."""
    everybody: list[tuple[datetime, Member]] = []
    for life in lives:
        plan, known = life.at.plan, len(life.at.members)
        for _ in range(max(COME_LATER_LEAST, round(plan.members * scale) - known)):
            when = _joins_at(story, chance)
            if life is not lives[0] and everybody and chance.random() < ALSO_IN_MAIN:
                joined, who = chance.choice(everybody)
                if who in life.at.members:
                    continue
                when = max(when, joined + rhythm.HOUR)
            else:
                who = registry.person(plan.quarter if life is not lives[0] and chance.random() < 0.6 else None)
                if life is lives[0]:
                    everybody.append((when, who))
            story.at(when, lambda life=life, who=who: life.join(who))  # type: ignore[misc]


def _joins_at(story: Story, chance: Random) -> datetime:
    length, storm = story.end - story.begun, story.end - STORM_BEFORE
    part = chance.random()
    if part < 0.42:
        when = story.begun + timedelta(days=min(20.0, chance.expovariate(1 / 2.2)))
    elif part < 0.72:
        when = storm + timedelta(hours=6, days=min(15.0, chance.expovariate(1 / 2.0)))
    else:
        when = story.begun + length * chance.random()
    return rhythm.by_day(chance, when)


def _keep_up_now(lives: list[Life], now: datetime) -> None:
    """Do what fell due in the last minute, and let go of what has expired: as its worker would leave the town."""
    hand = lives[0].story.hand
    for life in lives:
        hand.keep_up(life.at, now=now)
    hand.put_down()
    store.remove_expired(now)
    people.remove_old(now)


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(TABLES))


def _line(day: datetime, story: Story) -> str:
    gone, whole = (day - story.begun).days, (story.end - story.begun).days
    return f"Day {min(gone, whole)} of {whole}"

"""Fills a database with a small circle for the browser, and prints the sign-in links and addresses as JSON."""

import json
import uuid
from datetime import timedelta

import django

django.setup()

from django.db import transaction
from django.utils import timezone

from taawun.community.circles import actions as circles
from taawun.community.circles.models import Area
from taawun.community.people import actions as people
from taawun.community.people.models import Agent
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid import actions as aid
from taawun.practice.aid.models import Intent
from tests.browser.gallery import make_gallery
from tests.browser.wordings import ARABIC, ENGLISH, HOSTILE, TURNING
from tests.practice.delivery.planning import make_day
from tests.practice.delivery.rounds import make_round
from tests.world import make_world


def main() -> dict[str, object]:
    with transaction.atomic():
        world = make_world("Harbour")
        world.now = timezone.now()
        for name in ("Yusuf", "Zeynep"):
            world.join(name)
        world.accounts["Amina"].language = "ar"
        world.accounts["Amina"].save(update_fields=["language"])
        for name in ("Mill Lane", "حي البساتين"):
            circles.add_area(world.actor("Amina"), name, None, now=world.now)
        need = world.need("Zeynep", 5, urgency=3, summary="Warm, for two children")
        single = world.need("Zeynep", 1, kind="health.medicine_pickup")
        offer = world.offer("Yusuf", 8, summary="Soup, every Friday", weekdays=[4], from_minute=1020, to_minute=1140)
        promise = aid.claim(world.actor("Yusuf"), need.id, quantity=2, now=world.now)
        # Rounds of today, each with people of its own, so that one test does not use up another's.
        carried = [make_round(world, 5, asker="Zeynep") for _ in range(4)]
        days = [str(make_day(world).id) for _ in range(2)]
        links = {
            name: [
                f"/sign-in/link/{people.sign_in_link(account, lifetime=timedelta(hours=1), now=world.now)}/"
                for _ in range(12)
            ]
            for name, account in world.accounts.items()
        }
    galleries = {name: gallery(words) for name, words in (("en", ENGLISH), ("ar", ARABIC), ("hostile", HOSTILE))}
    for name, made in galleries.items():
        links |= {f"{name} {role}": addresses for role, addresses in made["links"].items()}
    turn(galleries["hostile"])
    return {
        "galleries": galleries,
        "slug": world.circle.slug, "need": str(need.id), "single": str(single.id), "offer": str(offer.id),
        "promise": str(promise.id), "links": links, "runs": [str(one.run.id) for one in carried],
        "days": days, "stops": [[str(stop.id) for stop in one.stops] for one in carried],
    }  # fmt: skip


def gallery(words):
    with transaction.atomic():
        return make_gallery(words, now=timezone.now())


def turn(made) -> None:
    """Write signs that turn the reading direction straight into the tables: the doors would have taken them out."""
    with circle_scope(uuid.UUID(made["circle"])):
        for number, area in enumerate(Area.objects.order_by("id")[5:20]):
            Area.objects.filter(pk=area.pk).update(name=f"{TURNING[number % len(TURNING)]} {number}")
        for number, intent in enumerate(Intent.objects.order_by("id")):
            if number % 3 == 0:
                Intent.objects.filter(pk=intent.pk).update(summary=TURNING[number % len(TURNING)])
        names = Agent.objects.filter(memberships__circle_id=made["circle"]).order_by("id")
        for number, agent in enumerate(names[3:20]):
            Agent.objects.filter(pk=agent.pk).update(name=TURNING[number % len(TURNING)])


print(json.dumps(main()))

"""Fills a database with a small circle for the browser, and prints the sign-in links and addresses as JSON."""

import json
from datetime import timedelta

import django

django.setup()

from django.db import transaction
from django.utils import timezone

from taawun.community.circles import actions as circles
from taawun.community.people import actions as people
from taawun.practice.aid import actions as aid
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
        links = {
            name: [
                f"/sign-in/link/{people.sign_in_link(account, lifetime=timedelta(hours=1), now=world.now)}/"
                for _ in range(4)
            ]
            for name, account in world.accounts.items()
        }
    return {
        "slug": world.circle.slug, "need": str(need.id), "single": str(single.id), "offer": str(offer.id),
        "promise": str(promise.id), "links": links,
    }


print(json.dumps(main()))

"""Fills an empty database with one small circle and prints what a restored one must still know. A process of its own."""

import json
import sys

import django

django.setup()

from django.core.management import call_command
from django.db import transaction

from taawun.community.circles import queries
from taawun.community.circles.models import Circle
from taawun.ground.values.scope import circle_scope, set_scope
from taawun.ground.vault import store
from taawun.practice.aid.models import Intent
from tests.world import NOW, make_world


def fill() -> dict[str, str]:
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        world = make_world("Harbour")
        world.join("Yusuf")
        need = world.need("Yusuf", 3)
        return {"slug": world.circle.slug, "need": str(need.id), "door": door_of(need)}


def look() -> dict[str, object]:
    circle = Circle.objects.get()
    with circle_scope(circle.id):
        need = Intent.objects.get()
        door = door_of(need)
        return {"slug": circle.slug, "need": str(need.id), "door": door, "path": queries.first_run_path()}


def door_of(need: Intent) -> str:
    set_scope([need.circle_id])
    own = store.Viewer(need.agent_id, frozenset({need.agent_id}))
    return store.reveal(own, [need.id], "own", circle_id=need.circle_id, now=NOW)[need.id]["door"]


if __name__ == "__main__":
    print(json.dumps({"fill": fill, "look": look}[sys.argv[1]]()))

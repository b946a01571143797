"""Brings a restored database up to date and proves it: every chain of the journal, and a key for everything sealed.

A process of its own (``python -m taawun.house.backup.proving``), because it runs on settings of its own.
"""

from __future__ import annotations

import json
import os
from typing import Any


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taawun.house.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    print(json.dumps({"chains": _chains(), **_counts(), "sealed_wrong": _unopenable()}))


def _chains() -> dict[str, Any]:
    from taawun.community.circles.models import Circle
    from taawun.ground.journal.proof import verify_circle
    from taawun.ground.values.scope import circle_scope

    found = {}
    for circle_id, slug in Circle.objects.values_list("id", "slug"):
        with circle_scope(circle_id):
            count, head, faults = verify_circle(circle_id)
        found[str(circle_id)] = {"slug": slug, "entries": count, "hash": head, "faults": len(faults)}
    return found


def _counts() -> dict[str, Any]:
    from taawun.community.circles.models import Circle
    from taawun.community.people.models import Agent
    from taawun.ground.journal.models import Entry
    from taawun.ground.values.scope import circle_scope
    from taawun.practice.aid.models import Intent

    with circle_scope(*Circle.objects.values_list("id", flat=True)):
        newest = Entry.objects.order_by("-recorded_at").values_list("recorded_at", flat=True).first()
        needs = Intent.objects.count()
    return {"agents": Agent.objects.count(), "intents": needs, "newest": newest.isoformat() if newest else ""}


def _unopenable() -> int:
    """How many data keys the key file does not unwrap: without its key, a sealed value is noise."""
    from taawun.community.circles.models import Circle
    from taawun.ground.values.scope import circle_scope
    from taawun.ground.vault.store import count_unopenable

    with circle_scope(*Circle.objects.values_list("id", flat=True)):
        return count_unopenable()


if __name__ == "__main__":
    main()

"""Delivery's part of what is somebody's own: what she carries with and from where, and how that is forgotten."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from taawun.community.people import belongings
from taawun.community.people.belongings import Belonging, Known, Line, Person, Taken, Text
from taawun.practice.delivery import rules, wording
from taawun.practice.delivery.actions import arranging, entries
from taawun.practice.delivery.models import Carrier, DayPlan, Run, Stop


def _carriers(person: Person) -> list[Carrier]:
    found = Carrier.objects.filter(circle_id__in=person.circle_ids, agent=person.agent, ended_at=None)
    return list(found.select_related("circle").order_by("made_at"))


def known(person: Person) -> Iterable[Known]:
    """What she carries with, in which community, and that her home is sealed."""
    lines = [
        Line(
            one.circle.name, str(wording.VEHICLES[one.vehicle][0]),
            reverse("delivery:rounds", args=[one.circle.slug]) if person.is_own and person.account else "", "truck",
        )
        for one in _carriers(person)
    ]  # fmt: skip
    if lines:
        text = _("Where you begin is sealed; the planning reads it by machine, and nobody sees it.")
        yield Known(_("Rounds you carry"), "truck", lines, text)


def take(person: Person) -> Taken:
    """What she offered to carry with, and the rounds she drove: days and figures, and nobody she went to."""
    carriers = [
        {
            "circle": one.circle.name, "vehicle": one.vehicle, "capacity": one.capacity, "cold_box": one.cold_box,
            "may_carry": one.may_carry, "weekdays": one.weekdays, "from_minute": one.from_minute,
            "to_minute": one.to_minute, "since": one.made_at.isoformat(), "sealed": dict(person.opened.get(one.id, {})),
        }
        for one in Carrier.objects.filter(circle_id__in=person.circle_ids, agent=person.agent).select_related("circle")
    ]  # fmt: skip
    runs = Run.objects.filter(circle_id__in=person.circle_ids, carrier__agent=person.agent, promised_at__isnull=False)
    driven = [
        {"day": one.plan.on_date.isoformat(), "state": one.state, "stops": one.totals.get("stops", 0)}
        for one in runs.select_related("plan").order_by("promised_at")
    ]
    return Taken({"carriers": carriers, "rounds": driven})


def foretell(person: Person) -> Iterable[Text]:
    if _carriers(person):
        yield _("You carry no longer: rounds you promised are free for others, and where you begin is destroyed.")


def prepare(person: Person) -> None:
    """Lock the plans and runs that will change, in the order in which everybody does."""
    runs = Run.objects.filter(circle_id__in=person.circle_ids, carrier__agent=person.agent).exclude(
        state__in=rules.RUN.final
    )
    plans = set(runs.values_list("plan_id", flat=True))
    list(DayPlan.objects.select_for_update().filter(pk__in=plans).order_by("pk").values_list("pk"))
    list(Run.objects.select_for_update(of=("self",)).filter(plan_id__in=plans).order_by("pk").values_list("pk"))


def erase(person: Person) -> None:
    """End what she carries with; what she had still to do waits on its plan for somebody else."""
    for carrier in _carriers(person):
        living = carrier.runs.exclude(state__in=rules.RUN.final).select_related("carrier__agent", "companion")
        for run in living:
            waiting = list(Stop.objects.filter(run=run, state__in=rules.AHEAD, what__in=("pickup", "dropoff")))
            run.state, run.reason, run.ended_at = rules.move_run(run.state, "cancel"), "left", person.now
            run.save(update_fields=["state", "reason", "ended_at"])
            Stop.objects.filter(run=run, what__in=("load", "break"), state="waiting").delete()
            arranging.lift(waiting)
            # The promises behind them are aid's to let go.
            Stop.objects.filter(pk__in=[one.id for one in waiting], giver=None).update(commitment=None)
            entries.about_run(run, "run.dropped_out", None, {"stops": len(waiting)}, now=person.now)
        carrier.ended_at, carrier.cell, carrier.area = person.now, None, None
        carrier.save(update_fields=["ended_at", "cell", "area"])


BELONGING = Belonging("rounds", known=known, take=take, foretell=foretell, prepare=prepare, erase=erase)
belongings.name_reasons({"rounds": _lazy("to bring or fetch goods")})

"""A round for tests: needs of Zeynep, a promised run of Yusuf's, made through the real promise."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from taawun.ground.values.place import cell_of
from taawun.practice.aid.models import Intent
from taawun.practice.delivery.actions import promising
from taawun.practice.delivery.actions.carrying import Answered, Said, sync
from taawun.practice.delivery.models import Carrier, DayPlan, Run, Stop
from tests.world import TOWN, World


@dataclass
class Round:
    """A promised run in a world, with its stops in order."""

    world: World
    run: Run
    stops: list[Stop]
    carrier: str = "Yusuf"

    def said(self, what: str, place: int | None = None, **more: object) -> Said:
        stop_id = self.stops[place].id if place is not None else None
        fields: dict[str, object] = {"id": uuid.uuid4(), "happened_at": self.world.now} | more
        return Said(what=what, stop_id=stop_id, **fields)  # type: ignore[arg-type]

    def send(
        self, *said: Said, who: str = "", now: datetime | None = None, sent_at: datetime | None = None
    ) -> list[Answered]:
        now = now or self.world.now
        return sync(self.world.actor(who or self.carrier), self.run.id, said, sent_at=sent_at or now, now=now)

    def stop(self, place: int) -> Stop:
        return Stop.objects.select_related("commitment", "intent").get(pk=self.stops[place].pk)


def make_round(
    world: World,
    count: int = 3,
    *,
    carrier: str = "Yusuf",
    asker: str = "Zeynep",
    needs: Sequence[Intent] = (),
    **more: object,
) -> Round:
    """Promise a round of today to a carrier: so many needs of four meals, a quarter of an hour apart."""
    actor = world.actor(carrier)
    row, _new = Carrier.objects.get_or_create(
        circle=world.circle, agent_id=actor.agent_id, vehicle="car", defaults={"made_at": world.now}
    )
    on_date = world.now.date()
    plan = DayPlan.objects.create(circle=world.circle, on_date=on_date, state="ready", made_at=world.now)
    depart_at = world.now + timedelta(hours=1)
    run = Run.objects.create(circle=world.circle, plan=plan, carrier=row, number=1, depart_at=depart_at)
    wanted = needs or [world.need(asker, 4, **more) for _ in range(count)]
    for number, need in enumerate(wanted):
        Stop.objects.create(
            circle=world.circle, plan=plan, run=run, position=number, what="dropoff", intent=need, quantity=4, cell=cell_of(TOWN),
            eta=depart_at + timedelta(minutes=15 * number), leaves_at=depart_at + timedelta(minutes=15 * number + 5),
        )  # fmt: skip
    (run,) = promising.promise(world.actor(next(iter(world.accounts))), plan.id, now=world.now)
    return Round(world, run, list(Stop.objects.filter(run=run).order_by("position")), carrier)

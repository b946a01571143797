"""How this room writes to the journal: which audience and topics an entry has. No name, no place, only ids and figures.

What is planned is for coordinators (``plan:<id>``); what a run or stop becomes also reaches, by their own topics, who
drives it and whose need it is. ``reach/messages`` reads these entries and tells them.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.journal.record import NewEntry
from taawun.practice.delivery.models import Carrier, DayPlan, Depot, Run, StandingRun, Stop

Data = Mapping[str, object]


def about_circle(
    row: Depot | Carrier | StandingRun, name: str, actor_id: uuid.UUID | None, data: Data, *, now: datetime
) -> None:
    topics = ["rounds"]
    if isinstance(row, Carrier):
        topics.append(f"agent:{row.agent_id}")
        data = {"carrier": str(row.agent_id), **data}
    _append(row.circle_id, name, actor_id, row.id, data, topics, now)


def about_plan(plan: DayPlan, name: str, actor_id: uuid.UUID | None, data: Data, *, now: datetime) -> None:
    data = {"on_date": plan.on_date.isoformat(), **data}
    _append(plan.circle_id, name, actor_id, plan.id, data, ["rounds", f"plan:{plan.id}"], now)


def about_run(
    run: Run, name: str, actor_id: uuid.UUID | None, data: Data, *, now: datetime, event_at: datetime | None = None
) -> None:
    entry = run_entry(run, name, actor_id, data)
    record.append(
        run.circle_id, entry.name, actor_id=actor_id, subject_id=run.id, data=entry.data, now=now, event_at=event_at,
        audience=entry.audience, topics=entry.topics,
    )  # fmt: skip


def run_entry(run: Run, name: str, actor_id: uuid.UUID | None, data: Data) -> NewEntry:
    facts = {"plan": str(run.plan_id), "number": run.number, "carrier": str(run.carrier.agent_id), **data}
    topics = ["rounds", f"plan:{run.plan_id}", f"run:{run.id}", f"agent:{run.carrier.agent_id}"]
    if run.companion_id:
        topics.append(f"agent:{run.companion_id}")
    return NewEntry(name, actor_id, run.id, facts, Audience.COORDINATORS, tuple(topics))


def about_stop(
    stop: Stop, name: str, actor_id: uuid.UUID | None, data: Data, *, now: datetime, event_at: datetime | None = None
) -> None:
    entry = stop_entry(stop, name, actor_id, data)
    record.append(
        stop.circle_id, entry.name, actor_id=actor_id, subject_id=stop.id, data=entry.data, now=now, event_at=event_at,
        audience=entry.audience, topics=entry.topics,
    )  # fmt: skip


def stop_entry(stop: Stop, name: str, actor_id: uuid.UUID | None, data: Data) -> NewEntry:
    """Return an entry about a stop. Needs ``stop.run.carrier`` and ``stop.intent`` at hand."""
    facts: dict[str, object] = {
        "plan": str(stop.plan_id), "run": str(stop.run_id) if stop.run_id else None, "what": stop.what,
        "intent": str(stop.intent_id) if stop.intent_id else None,
        "commitment": str(stop.commitment_id) if stop.commitment_id else None,
    }  # fmt: skip
    topics = ["rounds", f"plan:{stop.plan_id}", f"stop:{stop.id}"]
    if stop.run is not None:
        topics += [f"run:{stop.run_id}", f"agent:{stop.run.carrier.agent_id}"]
    if stop.intent is not None:
        topics += [f"intent:{stop.intent_id}", f"agent:{stop.intent.agent_id}"]
        facts["receiver"] = str(stop.intent.agent_id)
    return NewEntry(name, actor_id, stop.id, facts | dict(data), Audience.COORDINATORS, tuple(topics))


def append_many(circle_id: uuid.UUID, entries: Iterable[NewEntry], *, now: datetime) -> None:
    record.append_many(circle_id, entries, now=now)


def _append(
    circle_id: uuid.UUID,
    name: str,
    actor_id: uuid.UUID | None,
    subject_id: uuid.UUID,
    data: Data,
    topics: list[str],
    now: datetime,
) -> None:
    record.append(
        circle_id, name, actor_id=actor_id, subject_id=subject_id, data=data, now=now,
        audience=Audience.COORDINATORS, topics=topics,
    )  # fmt: skip

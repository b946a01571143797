"""What a carrier says on her round becomes what happened: start, stop by stop, finish. Also hours later, from her phone or
from paper, in any order and more than once.

A tap is written down first and never refused for what it says: whoever stands at a door is not argued with. Where it
does not fit what is known (the stop was cancelled, moved, answered), it changes nothing, its answer says so in a
sentence, and coordinators are told.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from taawun.community.circles.actor import Actor
from taawun.community.people import texts
from taawun.ground.media import keeping
from taawun.ground.media.making import Made
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.ground.words.digits import to_latin
from taawun.practice.aid import access as aid_access
from taawun.practice.aid import actions as aid
from taawun.practice.aid import rules as aid_rules
from taawun.practice.delivery import access, carry_access, carry_rules, carry_wording, rules
from taawun.practice.delivery.actions import entries
from taawun.practice.delivery.models import Run, Stop, Tap


@dataclass(frozen=True, slots=True)
class Said:
    """One tap as the phone, the page or the paper says it. ``happened_at`` is by the clock of whoever says it."""

    id: uuid.UUID
    what: str
    stop_id: uuid.UUID | None = None
    quantity: int | None = None
    happened_at: datetime | None = None
    order: int = 0
    code: str = ""
    note: str = ""
    picture: Made | None = None
    source: str = "phone"


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a tap: its code (see ``carry_wording.ANSWERS``), and how its stop stands now."""

    id: uuid.UUID
    code: str
    stop_id: uuid.UUID | None = None
    state: str = ""
    proof: str = ""

    @property
    def fits(self) -> bool:
        return self.code not in carry_wording.TO_LOOK_AT


def require_sayable(said: Sequence[Said]) -> None:
    """Refuse what no phone of ours sends, before anything is written."""
    if len(said) > carry_rules.TAPS_AT_ONCE:
        raise Refusal("tap.too_many", "taps", limit=carry_rules.TAPS_AT_ONCE)
    for one in said:
        if one.what not in carry_rules.WHATS:
            raise Refusal("tap.what", "what", known=", ".join(carry_rules.WHATS))
        if one.what in carry_rules.OF_STOP and one.stop_id is None:
            raise Refusal("tap.stop", "stop")


def sync(
    actor: Actor, run_id: uuid.UUID, said: Sequence[Said], *, sent_at: datetime | None = None, now: datetime
) -> list[Answered]:
    """Take in what was said of a run; answers come in the order of the taps. ``sent_at`` is now by the phone's clock."""
    require_sayable(said)
    offset = carry_rules.clock_offset(sent_at, now) if sent_at is not None else timedelta()
    answers: dict[uuid.UUID, Answered] = {}
    with transaction.atomic():
        # One after the other for each run: the same tap that comes on two lines waits for itself here.
        run = carry_access.run_to_move(actor, run_id)
        for one in sorted(said, key=lambda tap: (tap.order, tap.happened_at or now)):
            if one.id not in answers:
                answers[one.id] = _take(actor, run, one, offset, now)
    return [answers[one.id] for one in said]


def tap(actor: Actor, run_id: uuid.UUID, said: Said, *, now: datetime) -> Answered:
    """Take in a single tap of a page."""
    return sync(actor, run_id, [said], now=now)[0]


def _take(actor: Actor, run: Run, said: Said, offset: timedelta, now: datetime) -> Answered:
    before = Tap.objects.filter(pk=said.id).first()
    if before is not None:
        return _answered_before(before, actor, run, said)
    happened = said.happened_at or now + offset
    event = carry_rules.event_at(happened, offset, not_before=run.promised_at, now=now)
    try:
        with transaction.atomic():
            return _write(actor, run, said, event, happened, offset, now)
    except IntegrityError:
        # The number is taken where this circle does not see it: nobody makes such a number by chance.
        return Answered(said.id, "not_yours", said.stop_id)


def _answered_before(before: Tap, actor: Actor, run: Run, said: Said) -> Answered:
    """Return the answer a tap got when it came first."""
    if before.run_id != run.id or before.by_id != actor.agent_id:
        return Answered(said.id, "not_yours", said.stop_id)
    told = before.answer
    state = (
        Stop.objects.filter(pk=before.stop_id).values_list("state", flat=True).first() if before.stop_id else run.state
    )
    return Answered(said.id, str(told["code"]), before.stop_id, str(state), str(told.get("proof", "")))


def _write(
    actor: Actor, run: Run, said: Said, event: datetime, happened: datetime, offset: timedelta, now: datetime
) -> Answered:
    stop: Stop | None = None
    proof = ""
    if said.what in carry_rules.OF_RUN:
        code = _start(actor, run, event, now) if said.what == "start" else _finish(actor, run, event, now)
    else:
        stop = _locked_stop(run, said.stop_id)
        proof = _proof(stop, said)
        code = _of_stop(actor, run, stop, said, proof, event, now)
    answer: dict[str, object] = {"code": code, **({"proof": proof} if proof else {})}
    if stop is None and said.stop_id is not None:
        answer["stop"] = str(said.stop_id)
    Tap.objects.create(
        id=said.id, circle_id=run.circle_id, run=run, stop=stop, by_id=actor.agent_id, what=said.what,
        quantity=said.quantity, source=said.source, happened_at=happened,
        clock_offset=round(offset.total_seconds()), event_at=event, recorded_at=now, answer=answer,
    )  # fmt: skip
    _keep(stop, said, now)
    if code in carry_wording.TO_LOOK_AT:
        _tell(actor, run, stop, "stop.conflict", {"what": said.what, "answer": code, "tap": str(said.id)}, event, now)
    state = stop.state if stop is not None else run.state if said.stop_id is None else ""
    return Answered(said.id, code, said.stop_id, state, proof)


def _locked_stop(run: Run, stop_id: uuid.UUID | None) -> Stop | None:
    """Return a stop of the circle, locked; its need and offer are locked before it, as aid's own actions do."""
    if stop_id is None:
        return None
    rows = Stop.objects.filter(circle_id=run.circle_id, pk=stop_id)
    found = rows.select_related("commitment").first()
    if found is None:
        return None
    promise = found.commitment
    sides = (promise.request_id, promise.offer_id) if promise is not None else ()
    aid_access.lock_intents(run.circle, found.intent_id, found.offer_id, *sides)
    return rows.select_for_update(of=("self",)).select_related("commitment", "intent", "run__carrier").get()


def _proof(stop: Stop | None, said: Said) -> str:
    if stop is None or said.what not in {"delivered", "part"}:
        return ""
    typed = to_latin(said.code).strip().replace(" ", "")
    if typed:
        wrong = Tap.objects.filter(stop=stop, answer__proof="code_wrong").count()
        return carry_rules.proof_of(typed, carry_access.code_for(stop.id), wrong)
    return "photo" if said.picture is not None else ""


def _keep(stop: Stop | None, said: Said, now: datetime) -> None:
    """Seal the photo and the note of a tap as data of the one it was brought to."""
    if stop is None or stop.intent is None:
        return
    subject = stop.intent.agent_id if stop.what == "dropoff" or stop.giver_id is None else stop.giver_id
    note = texts.paragraph(said.note, "note", carry_rules.NOTE_LENGTH_MAX)
    if note:
        store.seal(
            circle_id=stop.circle_id, subject_id=subject, row_id=said.id, fields={"note": note}, now=now,
            expires_at=now + aid_rules.SEALED_AFTER_END,
        )  # fmt: skip
    if said.picture is not None:
        keeping.keep(said.picture, circle_id=stop.circle_id, subject_id=subject, row_id=said.id, now=now)


def _start(actor: Actor, run: Run, event: datetime, now: datetime) -> str:
    after = rules.RUN.next(run.state, "start")
    if after is None:
        return "again" if run.state == "started" else "closed"
    run.state, run.started_at = after, event
    run.save(update_fields=["state", "started_at"])
    _tell(actor, run, None, "run.started", {}, event, now)
    return "done"


def _of_stop(actor: Actor, run: Run, stop: Stop | None, said: Said, proof: str, event: datetime, now: datetime) -> str:
    if stop is None:
        return "unknown"
    if stop.run_id != run.id:
        return "moved"
    if stop.what not in carry_access.CARRIED or (stop.what == "pickup" and said.what not in carry_rules.OF_PICKUP):
        return "not_possible"
    if stop.state == "cancelled" and said.what in rules.MET and _arrived(stop):
        # Who received it said so first, and so the stop was taken off the round.
        return "again"
    meaning = carry_rules.read(carry_rules.StopTerms(stop.state, stop.what, stop.quantity), said.what, said.quantity)
    if not meaning.changes:
        return meaning.answer
    if run.state not in rules.TOLD_RUNS:
        return "closed"
    if stop.event_at is not None and event < stop.event_at and meaning.state not in rules.MET:
        return "overtaken"
    if run.state == "promised":
        _start(actor, run, event, now)
    stop.state, stop.event_at, stop.recorded_at = meaning.state, event, now
    if meaning.state in rules.MET:
        stop.delivered, stop.proof = meaning.quantity, proof
    stop.save(update_fields=["state", "event_at", "recorded_at", "delivered", "proof"])
    code = _tell_aid(actor, stop, meaning, event, now)
    facts: dict[str, object] = {"quantity": meaning.quantity} if meaning.quantity is not None else {}
    if proof:
        facts["proof"] = proof
    _tell(actor, run, stop, f"stop.{meaning.state}", facts, event, now)
    return code


def _arrived(stop: Stop) -> bool:
    return stop.commitment is not None and stop.commitment.state in {"delivered", "received"}


def _tell_aid(actor: Actor, stop: Stop, meaning: carry_rules.Meaning, event: datetime, now: datetime) -> str:
    """Let the promise know what became of it. Who was not there may still be met: that is told when the run ends."""
    promise = stop.commitment
    if promise is None or stop.what != "dropoff" or meaning.state not in {*rules.MET, "refused"}:
        return meaning.answer
    promise.refresh_from_db()
    speaks = carry_access.for_giver(actor, promise)
    if meaning.state == "refused":
        if promise.state == "agreed":
            aid.fail(speaks, promise.id, carry_rules.FAILED["refused"], event_at=event, now=now)
        return meaning.answer
    if promise.state in {"delivered", "received"}:
        # Whoever received it was quicker to say so, and her word stands.
        return meaning.answer
    if promise.state != "agreed":
        return "promise_over"
    whole = meaning.state == "delivered" or meaning.quantity is None
    amount = None if whole else min(meaning.quantity or 0, promise.quantity)
    aid.deliver(speaks, promise.id, quantity=amount, event_at=event, now=now)
    return meaning.answer


def _finish(actor: Actor, run: Run, event: datetime, now: datetime) -> str:
    """End a run. What was not handed over is open again on the board; what nobody got to is cancelled."""
    after = rules.RUN.next(run.state, "finish")
    if after is None:
        return "again" if run.state == "done" else "closed"
    Stop.objects.filter(run=run, state="waiting").exclude(what__in=carry_access.CARRIED).update(
        state="cancelled", reason="closed"
    )
    for stop in Stop.objects.filter(run=run, state__in=rules.OPEN).order_by("intent_id", "position"):
        locked = _locked_stop(run, stop.id)
        if locked is not None and locked.state in rules.OPEN:
            _give_back(actor, run, locked, event, now)
    run.state, run.ended_at = after, event
    run.save(update_fields=["state", "ended_at"])
    _tell(actor, run, None, "run.finished", {}, event, now)
    return "done"


def _give_back(actor: Actor, run: Run, stop: Stop, event: datetime, now: datetime) -> None:
    why = "waiting" if stop.state in rules.AHEAD else stop.state
    if stop.state in rules.AHEAD:
        stop.state, stop.reason, stop.event_at, stop.recorded_at = "cancelled", "closed", event, now
        stop.save(update_fields=["state", "reason", "event_at", "recorded_at"])
    promise = stop.commitment
    # Another giver's promise stays his: only the carrying did not work out.
    if promise is None or stop.what != "dropoff" or stop.giver_id is not None:
        return
    promise.refresh_from_db()
    if promise.state == "agreed":
        speaks = carry_access.for_giver(actor, promise)
        aid.fail(speaks, promise.id, carry_rules.FAILED[why], event_at=event, now=now)


def _tell(
    actor: Actor, run: Run, stop: Stop | None, name: str, data: dict[str, object], event: datetime, now: datetime
) -> None:
    if stop is None:
        entries.about_run(run, name, actor.agent_id, data, now=now, event_at=event)
        return
    # A stop that went to another round is told of by the round on which it was said.
    stop.run = stop.run if stop.run_id else run
    entries.about_stop(stop, name, actor.agent_id, {"of": str(run.id), **data}, now=now, event_at=event)


def take_along(
    actor: Actor, run_id: uuid.UUID, has: Sequence[uuid.UUID], *, now: datetime
) -> dict[uuid.UUID, dict[str, str]]:
    """Open the doors of a run for the carrier's phone, but for those it has: one look each, on record.

    Only what is still to be done is handed out, and only near its time and where the circle allows it.
    """
    run = carry_access.run(actor, run_id)
    if not carry_access.may_take_along(run, actor, access.preferences(actor.circle), now=now):
        raise Refusal.conflict("along.not_now")
    wanted = [one for one in carry_access.stops(run) if one.id not in set(has)]
    opened = carry_access.doors(run, actor, wanted, f"{carry_access.ALONG}:{run.id}", now=now)
    return {stop_id: dict(fields) for stop_id, fields in opened.items()}

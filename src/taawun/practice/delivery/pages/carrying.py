"""The carrier's pages: her rounds, the next stops of one, what she says at a door, the sheet of paper and typing it back."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taawun.community.circles.access import open_for_acting, open_for_coordinator
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, idempotency_key, run_once
from taawun.community.circles.models import Circle
from taawun.community.people.texts import refuse
from taawun.ground.media import keeping, making, serving
from taawun.ground.media import kinds as media_kinds
from taawun.ground.values.ids import new_id
from taawun.ground.values.refusal import Refusal, sentence
from taawun.ground.words.errors import WordsError
from taawun.ground.words.units import parse_amount
from taawun.practice.aid.models import ShortLink
from taawun.practice.aid.sharing import short_link
from taawun.practice.aid.sharing import shown as short_code
from taawun.practice.delivery import carry_access, carry_forms, carry_wording, rules
from taawun.practice.delivery.actions import carrying, promising
from taawun.practice.delivery.actions.carrying import Said
from taawun.practice.delivery.carry_forms import DoorForm
from taawun.practice.delivery.carry_proof import make_picture
from taawun.practice.delivery.models import Run, Stop
from taawun.practice.delivery.queries import carrying as queries


def round_url(circle: Circle, run_id: uuid.UUID) -> str:
    return reverse("delivery:carry_round", args=[circle.slug, run_id])


@require_safe
@circle_page(access=open_for_acting)
def rounds(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Show somebody's rounds, the next one first."""
    today = timezone.localtime(request.now).date()
    runs = [
        (one, carry_wording.RUN_STATES[one.state], one.state in rules.TOLD_RUNS, one.plan.on_date == today)
        for one in carry_access.own_runs(actor, now=request.now)
    ]
    return render(request, "delivery/carry_rounds.html", {"runs": runs, "now": request.now})


@require_safe
@circle_page(access=open_for_acting)
def one_round(request: CircleRequest, circle: Circle, actor: Actor, run_id: uuid.UUID) -> HttpResponseBase:
    """Show a round: the next stops with their doors, the rest without. Seeing a door is a look, and is recorded."""
    return show(request, actor, carry_access.run(actor, run_id))


def show(
    request: CircleRequest, actor: Actor, run: Run, form: DoorForm | None = None, at: uuid.UUID | None = None
) -> HttpResponseBase:
    """Render a round; ``form`` is what was wrong at the stop ``at``."""
    shown = queries.round_of(actor, run, opens=True, now=request.now)
    status = 422 if form is not None and form.errors else 200
    return render(request, "delivery/carry_round.html", round_context(request, actor, shown, form, at), status=status)


def round_context(
    request: CircleRequest,
    actor: Actor,
    shown: queries.Round,
    form: DoorForm | None = None,
    at: uuid.UUID | None = None,
) -> dict[str, Any]:
    run = shown.run
    return {
        "circle": actor.circle,
        "sees_said": actor.is_coordinator,
        "round": shown,
        "run": run,
        "run_state": carry_wording.RUN_STATES[run.state],
        "form": form,
        "at": at,
        "depot": carry_access.depot_door(run, actor, now=request.now)
        if run.state == "promised" and shown.drives
        else {},
        "can_begin": run.state == "promised" and run.plan.on_date <= timezone.localtime(request.now).date(),
        "now": request.now,
    }


@csrf_exempt
@circle_page(access=open_for_acting)
def door(
    request: CircleRequest, circle: Circle, actor: Actor, run_id: uuid.UUID, stop_id: uuid.UUID
) -> HttpResponseBase:
    """One stop: opened again by itself (who was not there), and what is said there, with a photo."""
    serving.take_in(request)
    return _door(request, actor, run_id, stop_id)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def _door(request: CircleRequest, actor: Actor, run_id: uuid.UUID, stop_id: uuid.UUID) -> HttpResponseBase:
    run = carry_access.run(actor, run_id)
    stops = [one for one in carry_access.stops(run) if one.what in carry_access.CARRIED]
    number, stop = next(((place, one) for place, one in enumerate(stops, 1) if one.id == stop_id), (0, None))
    if stop is None:
        raise Refusal.not_found()
    if request.method == "POST":
        return _said(request, actor, run, stop)
    if stop.state not in {"not_there", "not_now"}:
        return HttpResponseRedirect(round_url(actor.circle, run.id))
    opened = carry_access.doors(run, actor, [stop], f"run:{run.id}", now=request.now)
    shown = queries.round_of(actor, run, opens=False, now=request.now)
    line = queries.line(
        actor.circle, stop, number, now=request.now, is_next=True, door=opened.get(stop.id, queries.EMPTY)
    )
    return render(request, "delivery/carry_stop.html", round_context(request, actor, shown) | {"line": line})


def _said(request: CircleRequest, actor: Actor, run: Run, stop: Stop) -> HttpResponseBase:
    """Take what was said at a door. A slip is shown beside its field; everything else goes on record."""
    form = DoorForm(request.POST)
    form.full_clean()
    what = request.POST.get("what", "")
    try:
        said = Said(
            id=number_of(idempotency_key(request), what), what=what, stop_id=stop.id, code=form.typed_code(),
            quantity=_amount(stop, what, form.cleaned_data.get("quantity") or ""),
            note=form.cleaned_data.get("note") or "", picture=_picture(request, actor), source="page",
        )  # fmt: skip
        answered = carrying.tap(actor, run.id, said, now=request.now)
    except Refusal as refusal:
        if refusal.status not in {413, 422}:
            raise
        form.add_error(refusal.field if refusal.field in form.fields else None, sentence(refusal))
        return show(request, actor, carry_access.run(actor, run.id), form, stop.id)
    tell(request, answered)
    return HttpResponseRedirect(round_url(actor.circle, run.id))


def number_of(key: uuid.UUID | None, what: str) -> uuid.UUID:
    """Return the number of a tap: the form's key, and which of its buttons was pressed."""
    return uuid.uuid5(key, what) if key is not None else new_id()


def tell(request: CircleRequest, answered: carrying.Answered) -> None:
    text = str(carry_wording.ANSWERS[answered.code])
    if answered.proof == "code_wrong":
        messages.warning(request, _("It is on the record. The code was not the right one; a coordinator may ask."))
    elif answered.fits:
        messages.success(request, text)
    else:
        messages.warning(request, text)


def _amount(stop: Stop, what: str, text: str) -> int | None:
    if what != "part":
        return None
    assert stop.intent is not None
    try:
        amount = parse_amount(text, stop.intent.unit)
    except WordsError as error:
        raise refuse(error, "quantity") from None
    if not 0 < amount <= stop.quantity:
        raise Refusal("part.amount", "quantity")
    return amount


def _picture(request: CircleRequest, actor: Actor) -> making.Made | None:
    data = serving.uploaded(request, media_kinds.PICTURE)
    return make_picture(actor, data, request.now) if data is not None else None


@require_POST
@circle_page(access=open_for_acting)
def say_of_run(request: CircleRequest, circle: Circle, actor: Actor, run_id: uuid.UUID, what: str) -> HttpResponseBase:
    """Begin or finish a round."""
    said = Said(id=number_of(idempotency_key(request), what), what=what, source="page")
    tell(request, carrying.tap(actor, run_id, said, now=request.now))
    return HttpResponseRedirect(round_url(circle, run_id))


@require_http_methods(["GET", "HEAD", "POST"])
@circle_page(access=open_for_acting)
def sheet(request: CircleRequest, circle: Circle, actor: Actor, run_id: uuid.UUID) -> HttpResponseBase:
    """The round on paper. Landmarks and doors stand on it where somebody asks for them, and that is a look on record."""
    run = carry_access.run(actor, run_id)
    shown = queries.round_of(actor, run, opens=False, now=request.now)
    doors = {}
    if request.method == "POST":
        todo = [one.stop for one in shown.lines if one.is_ahead]
        doors = carry_access.doors(run, actor, todo, f"paper:{run.id}", now=request.now)
    slips = _slips(circle, shown.lines, request.now)
    lines = [
        replace(one, door=doors.get(one.stop.id, queries.EMPTY), slip=slips.get(one.stop.id, "")) for one in shown.lines
    ]
    context = {
        "run": run, "lines": lines, "round": shown, "with_doors": bool(doors), "now": request.now,
        "can_open": shown.is_told and carry_access.shows_doors(run, actor, now=request.now),
        "slips": [one for one in lines if one.is_ahead and one.stop.what == "dropoff"],
        "entrance": request.build_absolute_uri(reverse("aid:short_enter")),
    }  # fmt: skip
    return render(request, "delivery/carry_sheet.html", context)


def _slips(circle: Circle, lines: Sequence[queries.Line], now: datetime) -> dict[uuid.UUID, str]:
    """Return the eight digits on the slips that are left at doors: they lead to the need, and open nothing by themselves."""
    wanted = {one.stop.id: one.stop.intent for one in lines if one.is_ahead and one.stop.what == "dropoff"}
    rows = ShortLink.objects.filter(circle=circle, page="intent", intent__in=[one for one in wanted.values() if one])
    known = dict(rows.values_list("intent_id", "code"))
    return {
        stop_id: short_code(known.get(intent.id) or short_link(circle, "intent", intent, now=now).code)
        for stop_id, intent in wanted.items()
        if intent is not None
    }


@require_http_methods(["GET", "HEAD", "POST"])
@circle_page(access=open_for_acting)
def paper(request: CircleRequest, circle: Circle, actor: Actor, run_id: uuid.UUID) -> HttpResponseBase:
    """Paper typed back: a line a stop, keys only. It goes the way taps go, with the times that stand on the paper."""
    run = carry_access.run(actor, run_id)
    stops = [one for one in carry_access.stops(run) if one.what in carry_access.CARRIED]
    wrong: dict[int, str] = {}
    finish = request.POST.get("finish") == "yes"
    if request.method == "POST":
        said = _read_paper(request, run, stops, wrong)
        if not said and not finish and not wrong:
            wrong[0] = sentence(Refusal("paper.none"))
        if not wrong:
            return _typed_back(request, actor, run, said, finish)
    shown = queries.round_of(actor, run, opens=False, now=request.now)
    rows = [(line, request.POST.get(f"s{line.number}", ""), wrong.get(line.number, "")) for line in shown.lines]
    first = next((line.number for line, text, error in rows if error), 0) or next(
        (line.number for line, _text, _error in rows if line.is_ahead), 0
    )
    context = {
        "run": run, "round": shown, "rows": rows, "wrong": wrong, "first": first, "finish": finish or request.method != "POST",
        "letters": carry_forms.LETTERS,
    }  # fmt: skip
    return render(request, "delivery/carry_paper.html", context, status=422 if wrong else 200)


def _read_paper(request: CircleRequest, run: Run, stops: list[Stop], wrong: dict[int, str]) -> list[Said]:
    """Return what the lines say, in the order they stand in; what cannot be read is put into ``wrong`` by its line."""
    day = timezone.make_aware(datetime.combine(run.plan.on_date, time()))
    key = idempotency_key(request) or new_id()
    said = []
    for number, stop in enumerate(stops, 1):
        unit = stop.intent.unit if stop.intent else "piece"
        try:
            row = carry_forms.read_row(request.POST.get(f"s{number}", "")[:80], number, unit, day)
        except Refusal as refusal:
            wrong[number] = sentence(refusal)
            continue
        if row is not None:
            at = row.at if row.at is not None else None
            said.append(
                Said(
                    id=uuid.uuid5(key, f"{number} {row.what}"),
                    what=row.what,
                    stop_id=stop.id,
                    quantity=row.quantity,
                    happened_at=at,
                    order=number,
                    source="paper",
                )
            )
    return said


def _typed_back(request: CircleRequest, actor: Actor, run: Run, said: list[Said], finish: bool) -> HttpResponseBase:
    if finish:
        key = idempotency_key(request) or new_id()
        said.append(Said(id=uuid.uuid5(key, "finish"), what="finish", order=len(said) + 1000, source="paper"))
    answers = carrying.sync(actor, run.id, said, now=request.now)
    odd = [one for one in answers if not one.fits]
    for one in odd:
        messages.warning(request, str(carry_wording.ANSWERS[one.code]))
    messages.success(request, _("Typed back. It is on the record."))
    return HttpResponseRedirect(round_url(actor.circle, run.id))


@require_POST
@circle_page(access=open_for_acting)
def find_paper(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Find a round by the code on its paper."""
    found = carry_access.run_by_code(actor, request.POST.get("code", "").strip()[:8])
    return HttpResponseRedirect(reverse("delivery:carry_paper", args=[circle.slug, found.id]))


@require_POST
@circle_page(access=open_for_acting)
def drop_out(request: CircleRequest, circle: Circle, actor: Actor, run_id: uuid.UUID) -> HttpResponseBase:
    """Somebody cannot go on: what is still to do goes to others."""
    carry_access.run(actor, run_id)

    def act() -> str:
        promising.drop_out(actor, run_id, now=request.now)
        return reverse("delivery:carry", args=[circle.slug])

    address = run_once(request, actor, "delivery.drop_out", act)
    messages.success(request, _("That is fine. What is still to do goes to others."))
    return HttpResponseRedirect(address)


@require_http_methods(["GET", "HEAD", "POST"])
@circle_page(access=open_for_coordinator)
def proof(
    request: CircleRequest, circle: Circle, actor: Actor, run_id: uuid.UUID, stop_id: uuid.UUID
) -> HttpResponseBase:
    """What was said at a door, for coordinators: when, by which clock, with which proof. Notes open on a tap, on record."""
    run = carry_access.run(actor, run_id)
    shown = queries.round_of(actor, run, opens=False, now=request.now)
    line = next((one for one in shown.lines if one.stop.id == stop_id), None)
    if line is None:
        raise Refusal.not_found()
    taps = carry_access.taps(actor, run, stop_id)
    opened = carry_access.notes(actor, run, taps, now=request.now) if request.method == "POST" else {}
    photos = keeping.of_rows([one.id for one in taps])
    said = [
        queries.said(one, note=opened.get(one.id, {}).get("note", ""), photo=bool(photos.get(one.id))) for one in taps
    ]
    context = {"run": run, "line": line, "said": said, "opened": request.method == "POST", "now": request.now}
    return render(request, "delivery/carry_proof.html", context)


@require_safe
@circle_page(access=open_for_coordinator)
def photo(
    request: CircleRequest, circle: Circle, actor: Actor, run_id: uuid.UUID, tap_id: uuid.UUID
) -> HttpResponseBase:
    """Hand over a photo taken as proof."""
    content = carry_access.photo(actor, carry_access.run(actor, run_id), tap_id, now=request.now)
    return serving.respond(request, content, "image/jpeg")

"""What a carrier's phone keeps and sends by itself: the round to take along, how it stands, and taps made without signal.

The script of these pages is ``ground/site/scripts/carry.js``; what lies on the phone and why: docs/decisions.
"""

import json
import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from taawun.community.circles.access import open_for_acting
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page
from taawun.community.circles.models import Circle
from taawun.ground.site import assets
from taawun.ground.values.ids import parse_id
from taawun.ground.values.refusal import Refusal, sentence
from taawun.ground.words.errors import WordsError
from taawun.ground.words.units import parse_amount
from taawun.practice.delivery import access, carry_access, carry_rules, carry_wording
from taawun.practice.delivery.actions import carrying
from taawun.practice.delivery.actions.carrying import Answered, Said
from taawun.practice.delivery.carry_proof import read_picture
from taawun.practice.delivery.models import Run
from taawun.practice.delivery.pages.carrying import round_context
from taawun.practice.delivery.queries import carrying as queries


@require_safe
@circle_page(access=open_for_acting)
def worker(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponse:
    """The service worker of a circle's rounds: it lies here, so that it sees these pages and no others."""
    shell = reverse("delivery:carry_offline", args=[circle.slug])
    text = f"var SHELL = {json.dumps(shell)};\n{assets.page_script('carry_worker')}"
    return HttpResponse(text, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@require_safe
@circle_page(access=open_for_acting)
def offline(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponse:
    """The page a phone shows without signal. It lies open in its memory, so that nothing of anybody stands on it."""
    words = {"carry_root": reverse("delivery:carry", args=[circle.slug])}
    # Without circle, actor and session: what the header would say of them is nobody's who finds this phone.
    plain = HttpRequest()
    plain.path, plain.META = request.path, {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    return render(plain, "delivery/carry_offline.html", words)


@require_POST
@circle_page(access=open_for_acting)
def along(request: CircleRequest, circle: Circle, actor: Actor, run_id: uuid.UUID) -> HttpResponseBase:
    """Hand a round to its carrier's phone. ``has`` names the stops whose doors it holds: those are not opened again."""
    run = carry_access.run(actor, run_id)
    sent = _body(request)
    has = [one for one in map(parse_id, _list(sent, "has")) if one is not None]
    doors = carrying.take_along(actor, run_id, has, now=request.now)
    shown = queries.round_of(actor, run, opens=False, now=request.now)
    context = round_context(request, actor, shown) | {"along": True}
    cards = {}
    for line in shown.lines:
        if line.stop.id in doors:
            whole = replace(line, is_next=True, door=doors[line.stop.id])
            cards[str(line.stop.id)] = render_to_string("delivery/carry_card.html", context | {"line": whole})
    told = _standing(request, actor, run, shown)
    return _private({**told, "cards": cards, "title": render_to_string("delivery/carry_title.html", context)})


@require_safe
@circle_page(access=open_for_acting)
def standing(request: CircleRequest, circle: Circle, actor: Actor, run_id: uuid.UUID) -> HttpResponseBase:
    """How a round stands, without doors; and the token with which a page of this person can send."""
    run = carry_access.run(actor, run_id)
    shown = queries.round_of(actor, run, opens=False, now=request.now)
    return _private(_standing(request, actor, run, shown))


@require_safe
@circle_page(access=open_for_acting)
def news(request: CircleRequest, circle: Circle, actor: Actor, run_id: uuid.UUID) -> HttpResponseBase:
    """What the live stream makes a page fetch when its round has changed: nothing but the sign that it has."""
    return render(request, "delivery/carry_news.html", {"run": carry_access.run(actor, run_id)})


def _standing(request: HttpRequest, actor: Actor, run: Run, shown: queries.Round) -> dict[str, Any]:
    return {
        "run": str(run.id),
        "agent": str(actor.agent_id),
        "csrf": get_token(request),
        "state": run.state,
        "told": shown.is_told,
        "along": shown.takes_along,
        "ahead": access.preferences(actor.circle).doors_ahead,
        "until": int(shown.kept_until.timestamp() * 1000),
        "stops": [
            {
                "id": str(one.stop.id),
                "state": one.stop.state,
                "what": one.stop.what,
                "number": one.number,
                "line": render_to_string("delivery/carry_line.html", {"line": one, "run": run, "circle": actor.circle}),
            }
            for one in shown.lines
        ],
    }


@require_POST
@circle_page(access=open_for_acting)
def sync(request: CircleRequest, circle: Circle, actor: Actor, run_id: uuid.UUID) -> HttpResponseBase:
    """Take in what was tapped without signal: in any order, once or five times. Every tap gets its answer."""
    run = carry_access.run(actor, run_id)
    sent = _body(request)
    sent_at = _moment(sent.get("sent_at"))
    taps = _list(sent, "taps")
    if len(taps) > carry_rules.TAPS_AT_ONCE:
        raise Refusal("tap.too_many", "taps", limit=carry_rules.TAPS_AT_ONCE)
    units = {str(one.id): one.intent.unit for one in carry_access.stops(run) if one.intent}
    said, trouble = [], {}
    for number, one in enumerate(taps):
        read, wrong = _said(actor, one, number, units, request.now)
        said.append(read)
        if wrong:
            trouble[read.id] = wrong
    answers = carrying.sync(actor, run_id, said, sent_at=sent_at, now=request.now)
    return _private({"answers": [told(one) | {"picture": trouble.get(one.id, "")} for one in answers]})


def told(answered: Answered) -> dict[str, Any]:
    """Return an answer for a phone: the code, and the sentence for who holds it."""
    text = str(carry_wording.ANSWERS[answered.code])
    if answered.proof == "code_wrong":
        text = _("It is on the record. The code was not the right one; a coordinator may ask.")
    return {
        "id": str(answered.id),
        "code": answered.code,
        "fits": answered.fits and answered.proof != "code_wrong",
        "stop": str(answered.stop_id) if answered.stop_id else None,
        "state": answered.state,
        "text": text,
    }


def _said(actor: Actor, one: Any, number: int, units: dict[str, str], now: datetime) -> tuple[Said, str]:
    """Return a tap as its phone wrote it down, and what was wrong with its photo: that alone loses no tap."""
    if not isinstance(one, dict):
        raise Refusal("body.expected", "taps", status=400)
    row_id = parse_id(one.get("id"))
    if row_id is None:
        raise Refusal("key.not_a_key", "id", status=400)
    order = one.get("order")
    said = Said(
        id=row_id,
        what=str(one.get("what", ""))[:12],
        stop_id=parse_id(one.get("stop")),
        quantity=_amount(one.get("amount"), units.get(str(one.get("stop")), "")),
        happened_at=_moment(one.get("at")),
        order=order if isinstance(order, int) and abs(order) < 1 << 40 else number,
        code=str(one.get("code", ""))[:20],
        note=str(one.get("note", ""))[: carry_rules.NOTE_LENGTH_MAX],
    )
    picture = one.get("picture")
    if not isinstance(picture, str) or not picture:
        return said, ""
    made, refusal = read_picture(actor, picture, now)
    return replace(said, picture=made), sentence(refusal) if refusal is not None else ""


def _amount(text: object, unit: str) -> int | None:
    """Return how much a carrier typed; None where it cannot be read: the tap is taken in all the same, and told so."""
    if not isinstance(text, str) or not unit:
        return None
    try:
        return parse_amount(text[:40], unit)
    except WordsError:
        return None


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        sent = json.loads(request.body or b"{}")
    except ValueError:
        sent = None
    if not isinstance(sent, dict):
        raise Refusal("body.expected", "body", status=400)
    return sent


def _list(sent: dict[str, Any], name: str) -> list[Any]:
    found = sent.get(name, [])
    if not isinstance(found, list):
        raise Refusal("body.expected", name, status=400)
    return found


def _moment(text: object) -> datetime | None:
    """Return a moment a phone wrote down; None where it is none, or lies outside any calendar that matters."""
    try:
        found = datetime.fromisoformat(str(text)[:40])
        return found if found.tzinfo is not None and 2000 < found.year < 2100 else None
    except ValueError:
        return None


def _private(data: dict[str, Any]) -> JsonResponse:
    return JsonResponse(data, headers={"Cache-Control": "private, no-store"})

"""Turning what the queries answer into the parts a page is drawn from: cards, steps, actions, reasons."""

import functools
import json
import uuid
from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle
from taawun.ground.journal.models import Entry
from taawun.ground.site import parts
from taawun.ground.words.formats import format_datetime, format_distance_km, format_number
from taawun.ground.words.units import format_amount
from taawun.practice.aid import queries, rules, wording
from taawun.practice.aid.models import Intent

NOWHERE = uuid.UUID(int=0)
STATES = {"open": "open", "taken": "taken", "late": "late", "done": "done", "expired": "closed", "withdrawn": "closed"}


@functools.lru_cache(maxsize=4096)
def _pattern(name: str, slug: str) -> str:
    """Return an address with a place for the row's id: reversing it for each of thirty cards cost a tenth of the board."""
    return reverse(f"aid:{name}", args=[slug, NOWHERE]).replace(str(NOWHERE), "{}")


def url(name: str, circle: Circle, row_id: uuid.UUID | None = None, **ids: uuid.UUID | str) -> str:
    """Return the address of one of aid's pages: of the circle, of one row in it, or of several rows by their names."""
    if ids:
        return reverse(f"aid:{name}", kwargs={"slug": circle.slug, **ids})
    if row_id is None:
        return reverse(f"aid:{name}", args=[circle.slug])
    return _pattern(name, circle.slug).format(row_id)


def card(
    shown: queries.Card,
    circle: Circle,
    actor: Actor | None,
    *,
    now: datetime,
    distance: str = "",
    with_action: bool = True,
) -> parts.Card:
    """Return a card of the board. Names appear to members only, and never the name of who needs help."""
    intent = shown.intent
    amount = intent.left if intent.state == "open" else intent.quantity
    return parts.Card(
        title=shown.kind.name,
        url=url("intent", circle, intent.id),
        icon=shown.kind.icon,
        direction="request" if intent.is_request else "offer",
        urgency=wording.URGENCY_NAMES[rules.Urgency(intent.urgency)],  # type: ignore[arg-type]
        state=STATES[shown.status],  # type: ignore[arg-type]
        quantity=format_amount(amount or intent.quantity, intent.unit),
        area=intent.area.name if intent.area else "",
        when=wording.when(intent, now),
        distance=distance,
        who=_who(shown),
        note=intent.summary,
        mark=_("Not looked at yet") if intent.checked_at is None and actor and actor.is_member else "",
        again=asked_again(shown),
        repeats=_("Comes again") if intent.series_id else "",
        action=claim_action(shown, circle, actor) if with_action else None,
        topic=f"intent:{intent.id}",
        fragment=url("card", circle, intent.id),
    )


def asked_again(shown: queries.Card) -> str:
    """Say how often a need was asked for again, to whom the card tells it."""
    if not shown.asked_again:
        return ""
    text = ngettext("asked again", "asked again %(count)s times", shown.asked_again)
    return text % {"count": format_number(shown.asked_again)}


def _who(shown: queries.Card) -> str:
    names = [one.name for one in shown.helpers if one.name]
    if names:
        return names[0] if len(names) == 1 else _("%(name)s and others") % {"name": names[0]}
    if shown.helpers:
        return _("Somebody is on it")
    return shown.giver_name


def claim_action(shown: queries.Card, circle: Circle, actor: Actor | None) -> parts.Action | None:
    """Return the one thing to do with a card: for a member, to take it; for an outsider, to come in."""
    intent = shown.intent
    if intent.state != "open" or intent.left <= 0 or shown.is_mine or actor is None or not actor.is_member:
        return None
    if intent.is_request and not intent.sensitive and intent.left == 1:
        label = _("I'm on this")
        return parts.Action(label, url("claim", circle, intent.id), "claim", method="post", look="primary")
    label = _("I'm on this") if intent.is_request else _("I could use this")
    return parts.Action(label, url("claim", circle, intent.id), "claim", look="primary")


def cards(
    shown: Iterable[queries.Card], circle: Circle, actor: Actor | None, *, now: datetime
) -> list[parts.Card]:
    return [card(one, circle, actor, now=now) for one in shown]


def distance(km: float | None) -> str:
    return "" if km is None else format_distance_km(km)


def steps(entries: Iterable[Entry], names: dict[uuid.UUID, str]) -> list[parts.Step]:
    """Return the timeline of an intent or a commitment, oldest first. ``names`` holds only names the reader may see."""
    made = []
    for entry in entries:
        said = wording.ENTRIES.get(entry.name)
        if said is None:
            continue
        text, icon = said
        look = "good" if entry.name in wording.GOOD_ENTRIES else "bad" if entry.name in wording.BAD_ENTRIES else ""
        reason = str(json.loads(entry.body)["data"].get("reason", ""))
        if entry.name == "help.failed" and reason in wording.FAIL_REASONS:
            text = wording.FAIL_REASONS[reason]
        local = timezone.localtime(entry.event_at)
        made.append(
            parts.Step(
                text=text,
                at=format_datetime(local),
                at_iso=local.isoformat(timespec="minutes"),
                icon=icon,
                who=names.get(entry.actor_id, "") if entry.actor_id else "",
                look=look,  # type: ignore[arg-type]
            )
        )
    return made


def progress(intent: Intent) -> dict[str, object]:
    """Return how much of an intent is taken and done, for a bar and a sentence."""
    return {
        "done": intent.done,
        "taken": intent.taken,
        "max": intent.quantity,
        "text": _("%(taken)s of %(all)s") % {
            "taken": format_amount(intent.taken, intent.unit), "all": format_amount(intent.quantity, intent.unit)
        },
    }

"""Programmes, and what was handed to them, in the words and parts a page is drawn from."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from taawun.community.circles import kinds
from taawun.community.circles.catalogue.groups import GROUPS
from taawun.community.circles.models import Circle
from taawun.ground.site import parts
from taawun.ground.values.place import centre_of
from taawun.ground.words.formats import format_number
from taawun.ground.words.units import format_amount
from taawun.practice.aid import rules, serving, showing, wording
from taawun.practice.aid.models import Placement, Programme
from taawun.practice.aid.queries import services

GROUP_NAMES = {group.code: group for group in GROUPS}
KINDS_NAMED = 4


def told(programme: Programme, name: str) -> str:
    """Return a text of a programme in the reader's language, else in the first language it was written in."""
    texts: Mapping[str, str] = programme.texts.get(name, {})
    language = get_language() or "en"
    return texts.get(language) or next(iter(texts.values()), "")


def names_of(circle: Circle, programme: Programme) -> list[str]:
    """Return what a programme serves, in words: whole groups first."""
    groups = [str(GROUP_NAMES[one].name) for one in programme.groups if one in GROUP_NAMES]
    return [*groups, *(kinds.shown(circle, one).name for one in programme.kinds)]


def line(circle: Circle, shown: services.Shown) -> dict[str, Any]:
    """Return a programme as a line of the directory."""
    programme = shown.programme
    names = names_of(circle, programme)
    return {
        "programme": programme,
        "organisation": programme.organisation,
        "url": url(circle, programme),
        "icon": icon_of(circle, programme),
        "names": names[:KINDS_NAMED],
        "more": len(names) - KINDS_NAMED if len(names) > KINDS_NAMED else 0,
        "areas": [area.name for area in shown.areas],
        "everywhere": not shown.served.areas and not shown.served.cells,
        "when": when(programme),
        "state": state(shown),
        "about": told(programme, "about"),
    }


def url(circle: Circle, programme: Programme) -> str:
    return showing.url("programme", circle, programme_id=programme.id)


def icon_of(circle: Circle, programme: Programme) -> str:
    if programme.groups and programme.groups[0] in GROUP_NAMES:
        return GROUP_NAMES[programme.groups[0]].icon
    return kinds.shown(circle, programme.kinds[0]).icon if programme.kinds else "organisation"


def when(programme: Programme) -> str:
    if programme.weekdays:
        return wording.standing(programme.weekdays, programme.from_minute, programme.to_minute)
    if programme.from_minute is not None and programme.to_minute is not None:
        return wording.standing(range(7), programme.from_minute, programme.to_minute)
    return ""


def state(shown: services.Shown) -> tuple[str, str]:
    """Return the chip of a programme: its words and its look."""
    if not shown.programme.is_open:
        return _("Paused"), "warn"
    if shown.is_full:
        return (_("Full; waiting list"), "warn") if shown.programme.has_waiting_list else (_("Full"), "warn")
    return _("Open"), "good"


def capacity(circle: Circle, shown: services.Shown) -> list[dict[str, Any]]:
    """Return what a programme can take, and what of it is taken: a line a limit, cases first."""
    limits = shown.programme.capacity
    made = []
    for code in sorted(limits, key=lambda code: (code != serving.CASES, code)):
        used = shown.used.cases if code == serving.CASES else shown.used.amounts.get(code, 0)
        kind = kinds.shown(circle, code) if code else None
        made.append(
            {
                "name": kind.name if kind else _("Cases of any kind"),
                "text": _("%(taken)s of %(all)s") % {"taken": _amount(used, kind), "all": _amount(limits[code], kind)},
                "value": min(used, limits[code]),
                "max": max(1, limits[code]),
            }
        )
    return made


def _amount(amount: int, kind: kinds.CircleKind | None) -> str:
    if kind is not None:
        return format_amount(amount, kind.unit)
    return ngettext("%(count)s case", "%(count)s cases", amount) % {"count": format_number(amount)}


def facts(circle: Circle, shown: services.Shown) -> list[parts.Fact]:
    """Return where, when and how to reach a programme."""
    programme = shown.programme
    made = [parts.Fact(_("Where"), place(circle, shown), "place")]
    if when(programme):
        made.append(parts.Fact(_("When"), when(programme), "calendar"))
    if programme.period:
        made.append(parts.Fact(_("Counted by"), str(wording.PERIODS[programme.period]), "box"))
    made.append(parts.Fact(_("Who can hand a need to it"), str(wording.ENTRY_WAYS[programme.entry][0]), "hand-over"))
    if programme.has_waiting_list:
        made.append(parts.Fact(_("When it is full"), _("It keeps a waiting list"), "clock"))
    return made


def place(circle: Circle, shown: services.Shown) -> str:
    named = wording.join([area.name for area in shown.areas])
    if shown.programme.cell is None:
        return named or _("Everywhere in %(place)s") % {"place": circle.place_name}
    around = wording.reach_of(shown.programme.rings, circle.resolution)
    return _("%(areas)s, and %(around)s") % {"areas": named, "around": around} if named else around


def point(programme: Programme) -> str:
    """Return the middle of a programme's cell as somebody would write it: two numbers, no finer than the cell."""
    if programme.cell is None:
        return ""
    centre = centre_of(programme.cell)
    return f"{centre.latitude:.3f}, {centre.longitude:.3f}"


def fit_line(one: services.Fitting) -> dict[str, Any]:
    """Return a programme that could take a need, with why in a few words."""
    return {
        "programme": one.shown.programme,
        "reasons": [wording.FIT_REASONS[reason] for reason in one.fit.reasons],
        "is_full": one.fit.is_full,
    }


def handed_lines(placements: Iterable[Placement]) -> list[dict[str, Any]]:
    """Return what was handed to programmes, with what became of each."""
    return [{"placement": one, "became": became(one), "reason": wording.DECLINE_REASONS.get(one.reason, "")} for one in placements]


def became(placement: Placement) -> tuple[str, str]:
    """Return what became of a referral: its words and the look of its chip."""
    promise = placement.commitment
    if promise is None:
        if placement.ended_at is not None:
            return _("Not taken on"), "warn"
        if placement.intent.state != "open":
            return _("No longer waiting"), ""
        return _("On the waiting list"), "info"
    if promise.state == "waiting":
        return _("Waiting for their answer"), "info"
    if promise.state == "agreed":
        return _("Taken on"), "info"
    if promise.state in {"delivered", "received"}:
        return _("Helped"), "good"
    if promise.state == "failed":
        return str(wording.FAIL_REASONS.get(promise.reason, _("It did not work"))), "warn"
    if promise.reason == "declined":
        return _("They said no"), "warn"
    return _("No answer; open again") if promise.reason == "stale" else str(wording.RELEASE_REASONS.get(promise.reason, "")), "warn"


def urgency(placement: Placement) -> str:
    return wording.URGENCY_NAMES[rules.Urgency(placement.intent.urgency)]


def own_url(name: str, circle: Circle, organisation_id: uuid.UUID, **more: uuid.UUID | str) -> str:
    """Return the address of one of an organisation's own pages."""
    return showing.url(name, circle, None, organisation_id=organisation_id, **more)

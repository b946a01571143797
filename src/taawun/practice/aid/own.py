"""Aid's part of what is somebody's own: needs, offers and promises, what is sealed of them, and how they are erased."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from taawun.community.circles import kinds
from taawun.community.people import belongings
from taawun.community.people.belongings import Belonging, Known, Line, Person, Taken, Text
from taawun.ground.words.clean import isolate
from taawun.ground.words.formats import format_date, format_number
from taawun.ground.words.phones import format_phone
from taawun.ground.words.units import format_amount, format_amount_bare
from taawun.practice.aid import rules
from taawun.practice.aid.actions import series, series_givers
from taawun.practice.aid.actions.holding import close, release
from taawun.practice.aid.models import Commitment, Intent, Receipt, Series, StandIn

STANDS = ("open", "taken", "expired")
FIELDS = {
    "name": _lazy("name"), "phone": _lazy("phone"), "door": _lazy("door"), "details": _lazy("details"),
    "point": _lazy("position"),
}  # fmt: skip


def _intents(person: Person) -> Sequence[Intent]:
    found = Intent.objects.filter(circle_id__in=person.circle_ids, agent=person.agent)
    return list(found.select_related("circle", "area").order_by("posted_at"))


def _commitments(person: Person) -> Sequence[Commitment]:
    sides = Q(giver=person.agent) | Q(receiver=person.agent)
    found = Commitment.objects.filter(sides, circle_id__in=person.circle_ids)
    return list(found.select_related("circle", "request", "offer", "giver").order_by("made_at"))


def _series(person: Person) -> Sequence[Series]:
    """Return what repeats of hers, and what of others she does every time or for a while."""
    stands_in = StandIn.objects.filter(agent=person.agent).values("series_id")
    hers = Q(agent=person.agent) | Q(giver=person.agent) | Q(pk__in=stands_in)
    found = Series.objects.filter(hers, circle_id__in=person.circle_ids)
    return list(found.select_related("circle", "area").order_by("posted_at"))


def known(person: Person) -> Iterable[Known]:
    """How many needs, offers and promises, where they are, and what is sealed of them until when."""
    intents, promises, repeating = _intents(person), _commitments(person), _series(person)
    lines = []
    circles = {one.circle for one in intents} | {one.circle for one in promises} | {one.circle for one in repeating}
    for circle in sorted(circles, key=lambda one: one.name):
        url = reverse("aid:mine", args=[circle.slug]) if person.is_own and person.account else ""
        asked = sum(one.is_request for one in intents if one.circle_id == circle.id)
        offered = sum(not one.is_request for one in intents if one.circle_id == circle.id)
        given = sum(one.giver_id == person.agent_id for one in promises if one.circle_id == circle.id)
        got = sum(one.receiver_id == person.agent_id for one in promises if one.circle_id == circle.id)
        again = sum(one.circle_id == circle.id for one in repeating)
        counted = (
            (asked, ngettext("%(count)s need", "%(count)s needs", asked)),
            (offered, ngettext("%(count)s offer", "%(count)s offers", offered)),
            (given, ngettext("%(count)s promise given", "%(count)s promises given", given)),
            (got, ngettext("%(count)s promise received", "%(count)s promises received", got)),
            (again, ngettext("%(count)s that comes again", "%(count)s that come again", again)),
        )
        said = [text % {"count": format_number(count)} for count, text in counted if count]
        lines.append(Line(circle.name, _(", ").join(said), url, "mine"))
    text = _(
        "What is sealed is opened by who helps, once both agree, until 48 hours after the end; and by a coordinator who"
        " writes down why."
    )
    if lines:
        more = _sealed_lines(person, intents, promises, repeating)
        yield Known(_("Needs, offers and promises"), "mine", lines, text, more=more)


def _sealed_lines(
    person: Person, intents: Sequence[Intent], promises: Sequence[Commitment], repeating: Sequence[Series]
) -> list[Line]:
    """Return for each need or promise what is sealed of it and until when; she herself need not open it for that."""
    about: dict[uuid.UUID, Intent | Series] = {one.id: one for one in intents}
    by_id = {one.id: one for one in repeating}
    about |= by_id
    for stand_in in StandIn.objects.filter(agent=person.agent, series__in=by_id):
        about[stand_in.id] = by_id[stand_in.series_id]
    for one in promises:
        intent = one.request or one.offer
        if intent is not None:
            about[one.id] = intent
    fields: dict[uuid.UUID, list[str]] = {}
    until: dict[uuid.UUID, Any] = {}
    for kept in person.sealed:
        if kept.row_id in about:
            name = belongings.field_name(kept.field)
            if not person.is_own:
                # Read to her, or printed for her: that it is opened is on record.
                text = person.opened.get(kept.row_id, {}).get(kept.field, "")
                # A number reads from left to right in every language.
                shown = f"\u2066{format_phone(text)}\u2069" if text.startswith("+") else isolate(text)
                name = _("%(field)s: %(text)s") % {"field": name, "text": shown}
            fields.setdefault(kept.row_id, []).append(name)
            until[kept.row_id] = kept.expires_at
    lines = []
    for row_id, names in fields.items():
        found, ends = about[row_id], until[row_id]
        listed = _(", ").join(sorted(set(names)))
        value = _("%(fields)s, until %(day)s") % {"fields": listed, "day": format_date(ends.date())} if ends else listed
        to = "series" if isinstance(found, Series) else "intent" if row_id == found.id else "commitment"
        page_id = found.id if isinstance(found, Series) else row_id
        url = reverse(f"aid:{to}", args=[found.circle.slug, page_id]) if person.account else ""
        lines.append(Line(kinds.shown(found.circle, found.kind).name, value, url, "private"))
    return lines


def take(person: Person) -> Taken:
    """Every need, offer and promise with what she sealed; of the other side only a giver's name, which all may see."""
    intents = [_intent(person, one) for one in _intents(person)]
    promises = [_commitment(person, one) for one in _commitments(person)]
    repeating = [_repeating(person, one) for one in _series(person)]
    return Taken({"intents": intents, "commitments": promises, "series": repeating})


def _repeating(person: Person, one: Series) -> dict[str, object]:
    """What repeats, for its file; of somebody else's need only that she does it."""
    mine = one.agent_id == person.agent_id
    stands_in = StandIn.objects.filter(series=one, agent=person.agent).order_by("since")
    facts = {
        "id": one.id,
        "community": one.circle.name,
        "as": "receiver" if mine else "giver",
        "every_time": one.giver_id == person.agent_id,
        "stands_in": [{"since": row.since, "until": row.until} for row in stands_in],
        "kind": one.kind,
        "kind_name": kinds.shown(one.circle, one.kind).name,
        "quantity": format_amount_bare(one.quantity, one.unit, "en", "latn"),
        "unit": one.unit,
        "repeat": one.repeat,
        "every": one.every,
        "weekdays": one.weekdays,
        "month_day": one.month_day,
        "nth": one.nth,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "count": one.count,
        "from_minute": one.from_minute,
        "to_minute": one.to_minute,
        "state": one.state,
        "posted_at": one.posted_at,
        "ended_at": one.ended_at,
        "sealed": dict(person.opened.get(one.id, {})),
    }
    if mine:
        facts |= {"summary": one.summary, "area": one.area.name if one.area else None, "visibility": one.visibility}
    return facts


def _intent(person: Person, one: Intent) -> dict[str, object]:
    return {
        "id": one.id,
        "community": one.circle.name,
        "direction": one.direction,
        "kind": one.kind,
        "kind_name": kinds.shown(one.circle, one.kind).name,
        "quantity": format_amount_bare(one.quantity, one.unit, "en", "latn"),
        "unit": one.unit,
        "amount": format_amount(one.quantity, one.unit),
        "summary": one.summary,
        "area": one.area.name if one.area else None,
        "urgency": one.urgency,
        "visibility": one.visibility,
        "state": one.state,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "weekdays": one.weekdays,
        "from_minute": one.from_minute,
        "to_minute": one.to_minute,
        "posted_at": one.posted_at,
        "expires_at": one.expires_at,
        "closed_at": one.closed_at,
        "entered_by_somebody_else": one.entered_by_id is not None,
        "sealed": dict(person.opened.get(one.id, {})),
    }


def _commitment(person: Person, one: Commitment) -> dict[str, object]:
    intent = one.request or one.offer
    assert intent is not None
    gives = one.giver_id == person.agent_id
    return {
        "id": one.id,
        "community": one.circle.name,
        "as": "giver" if gives else "receiver",
        "other": None if gives else one.giver.shown,
        "request": one.request_id,
        "offer": one.offer_id,
        "kind": intent.kind,
        "quantity": format_amount_bare(one.quantity, intent.unit, "en", "latn"),
        "unit": intent.unit,
        "delivered": format_amount_bare(one.delivered, intent.unit, "en", "latn") if one.delivered else None,
        "state": one.state,
        "reason": one.reason,
        "made_at": one.made_at,
        "agreed_at": one.agreed_at,
        "due_at": one.due_at,
        "ended_at": one.ended_at,
        "thanked_at": one.thanked_at,
        "sealed": dict(person.opened.get(one.id, {})),
    }


def foretell(person: Person) -> Iterable[Text]:
    standing = sum(one.state in STANDS for one in _intents(person))
    if standing:
        text = ngettext(
            "%(count)s need or offer is taken off the board.", "%(count)s needs and offers are taken off the board.",
            standing,
        )  # fmt: skip
        yield text % {"count": format_number(standing)}
    living = sum(one.state in rules.LIVING for one in _commitments(person))
    if living:
        text = ngettext(
            "%(count)s promise ends, and the other side is told.", "%(count)s promises end, and the other sides are told.",
            living,
        )  # fmt: skip
        yield text % {"count": format_number(living)}
    if any(one.agent_id == person.agent_id and one.state != "ended" for one in _series(person)):
        yield _("What comes again ends.")
    yield _("Phones, doors and details that were sealed for help are destroyed.")
    yield _("How much was given and received of what, and when, stays, under “somebody who left”.")


def prepare(person: Person) -> None:
    """Lock all that erasing will change: what repeats, then intents, then promises, as everybody does."""
    repeating = Series.objects.filter(pk__in=[one.pk for one in _series(person)]).exclude(state="ended")
    ids = list(repeating.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    sides = Q(giver=person.agent) | Q(receiver=person.agent)
    own = Intent.objects.filter(circle_id__in=person.circle_ids, agent=person.agent, state__in=STANDS).values("pk")
    on_own = Q(request__in=own) | Q(offer__in=own)
    dates = Q(request__series__in=ids, request__state__in=["open", "taken"])
    living = Commitment.objects.filter(sides | on_own | dates, circle_id__in=person.circle_ids, state__in=rules.LIVING)
    wanted = {one for pair in living.values_list("request_id", "offer_id") for one in pair if one}
    wanted |= set(own.values_list("pk", flat=True))
    wanted |= set(Intent.objects.filter(series__in=ids, state__in=["open", "taken"]).values_list("pk", flat=True))
    list(Intent.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    list(living.select_for_update(of=("self",)).order_by("pk"))


def erase(person: Person) -> None:
    """Let go of what she promised, take what she asked and offered off the board, and leave quantities without words."""
    agent_id, now = person.agent_id, person.now
    _end_series(person)
    for intent in _intents(person):
        if intent.state in STANDS:
            close(intent, "left", actor_id=None, now=now)
    for one in _commitments(person):
        if one.state in rules.LIVING:
            ids = [found for found in (one.request_id, one.offer_id) if found]
            intents = {row.id: row for row in Intent.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
            release(one, intents, "left", actor_id=None, now=now)
    mine = Intent.objects.filter(circle_id__in=person.circle_ids, agent_id=agent_id)
    Receipt.objects.filter(intent_id__in=mine.values("pk")).delete()
    mine.update(summary="")
    Series.objects.filter(circle_id__in=person.circle_ids, agent_id=agent_id).update(summary="")


def _end_series(person: Person) -> None:
    """End what repeats of hers, and let others do what she did every time."""
    for one in _series(person):
        if one.state == "ended":
            continue
        if one.agent_id == person.agent_id:
            givers = series.withdraw(one, None, None, reason="left", now=person.now)
            series.finish(one, None, givers=givers, now=person.now)
        else:
            series_givers.let_go_of(one, person.agent_id, "left", now=person.now)
    StandIn.objects.filter(circle_id__in=person.circle_ids, agent=person.agent).delete()
    Series.objects.filter(circle_id__in=person.circle_ids, giver=person.agent).update(giver=None, giver_agreed=False)


BELONGING = Belonging("aid", known=known, take=take, foretell=foretell, prepare=prepare, erase=erase)

belongings.name_fields(
    {
        f"{side}{name}": word
        for name, word in FIELDS.items()
        for side in ("", "giver_", "receiver_")
        if side or name != "name"
    }
)
belongings.name_reasons(
    {
        "commitment": _lazy("to bring or take help"),
        "coordination": _lazy("as coordinator"),
        "post on behalf": _lazy("to ask on your behalf"),
        "twice": _lazy("to see whether somebody asked twice"),
    }
)

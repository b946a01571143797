"""This room's part of what is somebody's own: where she belongs, whom she acts for, who looked, and how she goes."""

import json
import uuid
from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from taawun.community.circles import likeness, sentences
from taawun.community.circles.access import circle_ids_of
from taawun.community.circles.models import (
    Circle,
    Invitation,
    Likeness,
    Membership,
    Recovery,
    Representative,
    Role,
    Twin,
)
from taawun.community.people import belongings
from taawun.community.people.belongings import Belonging, Known, Line, Look, Person, Taken, Text
from taawun.community.people.models import Agent
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience, Entry
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import agent_scope, circle_scope, set_scope
from taawun.ground.vault import store

LOOKS_SHOWN = 50


def where(agent: Agent) -> tuple[uuid.UUID, ...]:
    """Open the scope of every circle somebody belongs to or ever belonged to, and return their ids."""
    with agent_scope(agent.id):
        ids = sorted(Membership.objects.filter(agent=agent).values_list("circle_id", flat=True))
    set_scope(ids)
    return tuple(ids)


def same_person_as(agent_ids: frozenset[uuid.UUID]) -> set[uuid.UUID]:
    """Return whom coordinators said to be the same person as these agents, in any circle they belong to."""
    circle_ids = {one for agent_id in agent_ids for one in circle_ids_of(agent_id)}
    if not circle_ids:
        return set()
    with circle_scope(*circle_ids):
        said = Twin.objects.filter(state="same").filter(Q(one_id__in=agent_ids) | Q(other_id__in=agent_ids))
        return {one for pair in said.values_list("one_id", "other_id") for one in pair}


def _memberships(person: Person) -> list[Membership]:
    found = Membership.objects.filter(agent=person.agent, circle_id__in=person.circle_ids)
    return list(found.select_related("circle", "area", "looked_after_by").order_by("joined_at"))


def _acted_for(person: Person) -> list[Agent]:
    """Return the organisations and the neighbours this person acts for."""
    organisations = Representative.objects.filter(
        circle_id__in=person.circle_ids, person=person.agent, until__isnull=True
    ).values("organisation_id")
    kept = Membership.objects.filter(
        circle_id__in=person.circle_ids, looked_after_by=person.agent, left_at__isnull=True
    ).values("agent_id")
    return list(Agent.objects.filter(Q(pk__in=organisations) | Q(pk__in=kept)).order_by("name"))


def known(person: Person) -> Iterable[Known]:
    """My communities and roles, whom I act for, and who looked at what is sealed."""
    lines = []
    for one in _memberships(person):
        if one.left_at is not None:
            continue
        roles = [str(sentences.ROLE_NAMES[role]) for role in one.roles if role != Role.MEMBER]
        said = [*roles, *([one.area.name] if one.area else [])]
        url = reverse("circles:member", args=[one.circle.slug, person.agent_id])
        lines.append(Line(one.circle.name, _(", ").join(said) or _("member"), url, "circle"))
        if one.looked_after_by is not None:
            lines.append(Line(_("Looked after by"), one.looked_after_by.shown, icon="heart"))
        full = {kept.field for kept in person.sealed if kept.row_id == one.id}
        if full and not person.is_own:
            # Read to her, or printed for her: that it is opened is on record.
            opened = person.opened.get(one.id, {})
            lines += [
                Line(belongings.field_name(field), opened.get(field, ""), icon="private") for field in sorted(full)
            ]
        elif full:
            names = _(", ").join(belongings.field_name(field) for field in sorted(full))
            lines.append(Line(_("Sealed"), names, url, "private"))
    if lines:
        yield Known(_("Communities and roles"), "circle", lines, _("Members see the name, the area and the roles."))
    acted_for = [
        Line(one.shown, icon="organisation" if one.kind == "organisation" else "user") for one in _acted_for(person)
    ]
    if acted_for:
        yield Known(_("Whom I act for"), "organisation", acted_for)
    looks = looks_at(person.circle_ids, [person.agent_id])
    text = "" if looks else _("Nobody has looked at the name, phone or door.")
    yield Known(_("Who looked, when and why"), "looked", text=text, looks=looks)


def looks_at(
    circle_ids: Iterable[uuid.UUID], agent_ids: Iterable[uuid.UUID], limit: int = LOOKS_SHOWN
) -> Sequence[Look]:
    """Return who opened the sealed data of these agents in circles whose scope is open, newest first: three statements."""
    entries = list(
        Entry.objects.filter(
            circle_id__in=list(circle_ids), subject_id__in=list(agent_ids), name="vault.revealed"
        ).order_by("-recorded_at", "-seq")[:limit]
    )
    names = {one.pk: one.shown for one in Agent.objects.filter(pk__in={entry.actor_id for entry in entries})}
    circles = dict(Circle.objects.filter(pk__in={entry.circle_id for entry in entries}).values_list("pk", "name"))
    looks = []
    for entry in entries:
        data = json.loads(entry.body)["data"]
        who = names.get(entry.actor_id, "") if entry.actor_id else ""
        why = str(data["why"]).partition(":")[0]
        looks.append(Look(who, circles.get(entry.circle_id, ""), list(data["fields"]), why, entry.recorded_at))
    return looks


def take(person: Person) -> Taken:
    """Memberships with what is sealed about her as a member, those she acts for, and every look."""
    memberships = [
        {
            "community": one.circle.name,
            "roles": one.roles,
            "area": one.area.name if one.area else None,
            "joined_at": one.joined_at,
            "left_at": one.left_at,
            "looked_after_by": one.looked_after_by.shown if one.looked_after_by else None,
            "sealed": dict(person.opened.get(one.id, {})),
        }
        for one in _memberships(person)
    ]
    looks = [
        {"who": one.who, "community": one.where, "fields": list(one.fields), "why": one.why, "at": one.at}
        for one in looks_at(person.circle_ids, [person.agent_id], limit=10_000)
    ]
    acts_for = [{"name": one.shown, "kind": one.kind} for one in _acted_for(person)]
    return Taken({"memberships": memberships, "acts_for": acts_for, "looks": looks})


def foretell(person: Person) -> Iterable[Text]:
    names = [one.circle.name for one in _memberships(person) if one.left_at is None]
    if names and person.is_own:
        yield _("You leave these communities: %(names)s.") % {"names": _(", ").join(names)}
    acted_for = [one.shown for one in _acted_for(person)]
    if acted_for:
        yield _("Others have to act for %(names)s: the coordinators are asked to.") % {"names": _(", ").join(acted_for)}


def prepare(person: Person) -> None:
    """Lock the circles, and refuse where nobody else could coordinate those who stay."""
    circles = list(Circle.objects.select_for_update().filter(pk__in=person.circle_ids).order_by("pk"))
    coordinates = {
        one.circle_id for one in _memberships(person) if one.left_at is None and Role.COORDINATOR in one.roles
    }
    for circle in circles:
        if circle.id not in coordinates:
            continue
        others = Membership.objects.filter(circle=circle, left_at__isnull=True).exclude(agent=person.agent)
        able = others.filter(roles__contains=[Role.COORDINATOR.value], agent__account__is_active=True)
        if not able.exists() and others.exclude(agent__name="").exists():
            raise Refusal.conflict("erase.last_coordinator", circle=circle.name)


def erase(person: Person) -> None:
    """End what she is in each circle. What her entries in the record say stays, with her id and without her name."""
    agent_id, now = person.agent_id, person.now
    for circle_id in sorted(person.circle_ids):
        living = Membership.objects.filter(circle_id=circle_id, agent_id=agent_id, left_at__isnull=True).exists()
        ended = {"left_at": now} if living else {}
        Membership.objects.filter(circle_id=circle_id, agent_id=agent_id).update(
            roles=[Role.MEMBER.value], area=None, looked_after_by=None, second_factor_asked_at=None, **ended
        )
        Membership.objects.filter(circle_id=circle_id, looked_after_by_id=agent_id).update(looked_after_by=None)
        acting = Representative.objects.filter(circle_id=circle_id, until__isnull=True)
        acting.filter(Q(person_id=agent_id) | Q(organisation_id=agent_id)).update(until=now)
        links = Invitation.objects.filter(circle_id=circle_id)
        links.filter(agent_id=agent_id).delete()
        links.filter(made_by_id=agent_id).update(uses_left=0)
        _erase_recoveries(circle_id, agent_id)
        likeness.forget(
            Likeness.objects.filter(circle_id=circle_id, agent_id=agent_id).values_list("row_id", flat=True)
        )
        Twin.objects.filter(Q(one_id=agent_id) | Q(other_id=agent_id), circle_id=circle_id).delete()
        if living:
            _tell(person, circle_id, "member.left" if person.is_own else "member.removed")
        _tell(person, circle_id, "member.erased")


def _erase_recoveries(circle_id: uuid.UUID, agent_id: uuid.UUID) -> None:
    """What somebody wrote to be let in again as her goes with her."""
    found = Recovery.objects.filter(circle_id=circle_id, agent_id=agent_id)
    store.erase_many(found.values_list("pk", flat=True))
    found.delete()


def _tell(person: Person, circle_id: uuid.UUID, name: str) -> None:
    was_member = Membership.objects.filter(circle_id=circle_id, agent_id=person.agent_id).exists()
    record.append(
        circle_id,
        name,
        actor_id=person.viewer.agent_id,
        subject_id=person.agent_id,
        data={},
        now=person.now,
        audience=Audience.MEMBERS if was_member else Audience.PARTIES,
        topics=["members"],
    )


BELONGING = Belonging("communities", known=known, take=take, foretell=foretell, prepare=prepare, erase=erase)

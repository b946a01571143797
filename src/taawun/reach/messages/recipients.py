"""Who hears of something that concerns an agent: the agent, those who act for it, or else the coordinators."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from taawun.community.circles.models import Circle, Membership, Representative, Role
from taawun.community.circles.rights import Right
from taawun.community.people.models import Account


@dataclass(frozen=True, slots=True)
class Directory:
    """The people of one circle who can be told something, as of one moment."""

    reachable: frozenset[uuid.UUID]
    acting_for: dict[uuid.UUID, frozenset[uuid.UUID]]
    coordinators: frozenset[uuid.UUID]

    def told_for(self, agent_id: uuid.UUID) -> frozenset[uuid.UUID]:
        """Return who is told what concerns this agent. It is never nobody while the circle has a coordinator.

        A member with an account hears for herself; an organisation through its people; a member without an account
        through whoever looks after them. For all others, somebody has to pick up a telephone: the coordinators.
        """
        if agent_id in self.reachable:
            return frozenset({agent_id})
        return self.acting_for.get(agent_id, frozenset()) & self.reachable or self.coordinators


def directory(circle: Circle, concerned: Iterable[uuid.UUID]) -> Directory:
    """Load what is needed to tell those who are concerned: two statements, or three. The circle's scope is open."""
    agents = set(concerned)
    acting_for: dict[uuid.UUID, set[uuid.UUID]] = {}
    # Of an organisation's staff, those are told who answer for it; they need not be members.
    for organisation_id, person_id in Representative.objects.filter(
        circle=circle, organisation_id__in=agents, until__isnull=True, rights__contains=[Right.ANSWER]
    ).values_list("organisation_id", "person_id"):
        acting_for.setdefault(organisation_id, set()).add(person_id)
    people = {person for persons in acting_for.values() for person in persons}
    has_account = Exists(Account.objects.filter(agent_id=OuterRef("agent_id"), is_active=True))
    keeper_of = Membership.objects.filter(circle=circle, agent_id__in=agents, left_at__isnull=True)
    living = Membership.objects.filter(circle=circle, left_at__isnull=True).filter(
        Q(agent_id__in=agents | people)
        | Q(agent_id__in=keeper_of.values("looked_after_by"))
        | Q(roles__contains=[Role.COORDINATOR.value])
    )
    staff = {person for persons in acting_for.values() for person in persons}
    reachable = set(
        Account.objects.filter(agent_id__in=staff, is_active=True).values_list("agent_id", flat=True) if staff else ()
    )
    coordinators = set()
    for agent_id, keeper_id, roles, reached in living.annotate(has_account=has_account).values_list(
        "agent_id", "looked_after_by_id", "roles", "has_account"
    ):
        if reached:
            reachable.add(agent_id)
            if Role.COORDINATOR in roles:
                coordinators.add(agent_id)
        elif keeper_id is not None:
            acting_for.setdefault(agent_id, set()).add(keeper_id)
    return Directory(
        reachable=frozenset(reachable),
        acting_for={agent_id: frozenset(persons) for agent_id, persons in acting_for.items()},
        coordinators=frozenset(coordinators),
    )

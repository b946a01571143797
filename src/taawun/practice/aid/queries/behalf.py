"""For whom somebody may act: organisations she represents, neighbours in her care, and, as guardian, all paper members."""

from django.db import connection
from django.db.models import Q

from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Membership
from taawun.community.circles.rights import Right
from taawun.community.people.models import AgentKind

SHOWN = 200


def may_act_for(actor: Actor, right: str = Right.POST) -> list[tuple[str, str]]:
    """Return (agent id, name) of those the actor may do this for, organisations first: one statement."""
    if not actor.acts_for and not actor.is_guardian:
        return []
    acts_for = {one for one in actor.acts_for if actor.may(right, one)}
    members = Membership.objects.filter(circle=actor.circle, left_at__isnull=True).exclude(agent_id=actor.agent_id)
    if not actor.is_guardian:
        members = members.filter(agent_id__in=acts_for)
    else:
        members = members.filter(agent__account__isnull=True) | members.filter(agent_id__in=acts_for)
        if not actor.is_coordinator:
            members = members.exclude(Q(agent__kind=AgentKind.ORGANISATION) & ~Q(agent_id__in=acts_for))
    rows = members.select_related("agent").order_by("-agent__kind", "agent__name")[:SHOWN]
    return [(str(row.agent_id), row.agent.name) for row in rows if row.agent.name]


def members_to_hand_to(actor: Actor, but: set[str]) -> list[tuple[str, str]]:
    """Return (agent id, name) of members who could take something over: those who helped last first.

    ``but`` are the two sides; nobody who is hidden from one of them, or from the reader, is among the answers.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT agent.id, agent.name
              FROM circles_membership member JOIN people_agent agent ON agent.id = member.agent_id
              LEFT JOIN LATERAL (SELECT max(made_at) AS last FROM aid_commitment
                                  WHERE giver_id = agent.id AND circle_id = member.circle_id) helped ON true
             WHERE member.circle_id = %s AND member.left_at IS NULL AND agent.name <> ''
               AND NOT EXISTS (SELECT FROM people_hiddenpair
                                WHERE one_id = ANY(%s::uuid[]) AND other_id = agent.id)
             ORDER BY helped.last DESC NULLS LAST, agent.name LIMIT %s
            """,
            [actor.circle.id, [*but, str(actor.agent_id)], SHOWN],
        )
        return [(str(agent_id), name) for agent_id, name in cursor.fetchall() if str(agent_id) not in but]

"""Opening a circle: the only way a page, an API call or a job gets into one. It sets the transaction's scope."""

import uuid
from datetime import datetime

from django.db import connection

from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle, Membership, Representative
from taawun.community.people.models import Account, Agent, Contact
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import find_and_open, set_agents, set_scope
from taawun.ground.vault import store


def open_circle(slug: str, account: Account | None) -> tuple[Circle, Actor | None]:
    """Return the circle and the actor in it (None for an outsider who is not signed in).

    A circle that is not public exists only for its members. From here on, to the end of the transaction,
    rows of this circle and of no other can be read and written.
    """
    circle = named(slug, open_scope=True)
    actor = actor_in(circle, account) if account else None
    if not circle.is_public and (actor is None or not actor.is_member):
        raise Refusal.not_found()
    return circle, actor


def named(slug: str, *, open_scope: bool = False) -> Circle:
    """Return the circle of an address, whoever asks; what may be shown of it is the caller's to decide.

    ``open_scope`` also sets the transaction's scope to it, in the same statement.
    """
    # PostgreSQL holds no NUL, and asking for one is an error there.
    if "\0" in slug:
        raise Refusal.not_found()
    if open_scope:
        circle = find_and_open(Circle, "slug", slug)
    else:
        circle = Circle.objects.filter(slug=slug).first()
    if circle is None:
        raise Refusal.not_found()
    return circle


def open_for_member(slug: str, account: Account | None) -> tuple[Circle, Actor]:
    """As ``open_circle``, for members only. A visitor to a public circle is asked to sign in."""
    circle, actor = open_circle(slug, account)
    if actor is None:
        raise Refusal("sign_in_first", status=401)
    if not actor.is_member:
        raise Refusal.forbidden("forbidden")
    return circle, actor


def open_for_coordinator(slug: str, account: Account | None) -> tuple[Circle, Actor]:
    circle, actor = open_for_member(slug, account)
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    return circle, actor


def open_for_guardian(slug: str, account: Account | None) -> tuple[Circle, Actor]:
    """As ``open_for_member``, for guardians and coordinators: those who act for people who cannot click."""
    circle, actor = open_for_member(slug, account)
    if not actor.is_guardian:
        raise Refusal.forbidden()
    return circle, actor


def actor_in(circle: Circle, account: Account) -> Actor:
    """Return the account's actor in a circle whose scope is open: one statement."""
    agent_id = account.agent_id
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT roles FROM circles_membership
                     WHERE circle_id = %(circle)s AND agent_id = %(agent)s AND left_at IS NULL),
                   ARRAY(SELECT organisation_id FROM circles_representative
                          WHERE circle_id = %(circle)s AND person_id = %(agent)s AND until IS NULL
                          UNION
                         SELECT agent_id FROM circles_membership
                          WHERE circle_id = %(circle)s AND looked_after_by_id = %(agent)s AND left_at IS NULL)
            """,
            {"circle": circle.id, "agent": agent_id},
        )
        roles, acts_for = cursor.fetchone()
    return Actor(
        agent_id=agent_id,
        circle=circle,
        roles=frozenset(roles or ()),
        is_member=roles is not None,
        acts_for=frozenset(acts_for) if roles is not None else frozenset(),
        name=account.agent.name,
    )


def circles_of(account: Account) -> list[Membership]:
    """Return the account's living memberships with their circles, and open the scope of all of them."""
    set_agents([account.agent_id])
    memberships = list(
        Membership.objects.filter(agent_id=account.agent_id, left_at__isnull=True)
        .select_related("circle")
        .order_by("joined_at")
    )
    set_scope(one.circle_id for one in memberships)
    return memberships


def member(actor: Actor, agent_id: uuid.UUID) -> Membership:
    """Return a living membership of the actor's circle, as members may see it: the name and the roles."""
    if not actor.is_member:
        raise Refusal.not_found()
    found = (
        Membership.objects.filter(circle=actor.circle, agent_id=agent_id, left_at__isnull=True)
        .select_related("agent", "area", "looked_after_by")
        .first()
    )
    if found is None:
        raise Refusal.not_found()
    return found


def agent_to_act_for(actor: Actor, agent_id: uuid.UUID | None, field: str = "on_behalf_of") -> Agent:
    """Return the agent an action is for: the actor, an organisation she represents, somebody she may act for."""
    if agent_id is None or agent_id == actor.agent_id:
        return Agent.objects.get(pk=actor.agent_id)
    if agent_id not in actor.acts_for and not actor.is_guardian:
        raise Refusal("member.unknown", field, status=403)
    found = (
        Membership.objects.filter(circle=actor.circle, agent_id=agent_id, left_at__isnull=True)
        .select_related("agent")
        .first()
    )
    if found is None:
        raise Refusal("member.unknown", field)
    # A coordinator acts for people without an account and for organisations, never as a member who can act herself.
    if agent_id not in actor.acts_for and Account.objects.filter(agent_id=agent_id, is_active=True).exists():
        raise Refusal("member.unknown", field, status=403)
    return found.agent


def representatives_of(organisation_id: uuid.UUID, actor: Actor) -> list[Representative]:
    return list(
        Representative.objects.filter(circle=actor.circle, organisation_id=organisation_id, until__isnull=True)
        .select_related("person")
        .order_by("since")
    )


def private_of(actor: Actor, agent_id: uuid.UUID, *, now: datetime) -> dict[str, str]:
    """Open what is sealed of somebody without an account, for whoever acts for them. The look goes on the record."""
    membership = member(actor, agent_id)
    if not (actor.is_guardian or agent_id in actor.acts_for):
        raise Refusal.forbidden()
    if Account.objects.filter(agent_id=agent_id).exists():
        # Who has an account shows her phone and door herself, when something is agreed.
        raise Refusal.forbidden()
    contacts = [one.pk for one in Contact.objects.filter(agent_id=agent_id)]
    opened = store.reveal(actor.viewer, [membership.id, *contacts], "care", circle_id=actor.circle.id, now=now)
    found = dict(opened.get(membership.id, {}))
    reached = [opened[one]["value"] for one in contacts if "value" in opened.get(one, {})]
    return found | {"address": reached[0]} if reached else found

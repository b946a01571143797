"""Opening a circle: the only way a page, an API call or a job gets into one. It sets the transaction's scope."""

import json
import uuid
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef

from taawun.community.circles import rules
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle, Membership, Representative, Role
from taawun.community.circles.rights import SEEING, Right
from taawun.community.people import belongings
from taawun.community.people.belongings import Person
from taawun.community.people.factors import strength
from taawun.community.people.models import Account, Agent, AgentKind, Contact
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import agent_scope, find_and_open, set_agents, set_scope
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


def open_for_acting(slug: str, account: Account | None) -> tuple[Circle, Actor]:
    """As ``open_for_member``, and for the staff of an organisation too: pages whose rows access opens one by one."""
    circle = named(slug, open_scope=True)
    actor = actor_in(circle, account) if account else None
    if not circle.is_public and (actor is None or not (actor.is_member or actor.is_staff)):
        raise Refusal.not_found()
    if actor is None:
        raise Refusal("sign_in_first", status=401)
    if not (actor.is_member or actor.is_staff):
        raise Refusal.forbidden("forbidden")
    return circle, actor


def open_to_see(slug: str, account: Account | None) -> tuple[Circle, Actor | None]:
    """As ``open_circle``; staff of an organisation come in also where the circle is not public, for single rows."""
    circle = named(slug, open_scope=True)
    actor = actor_in(circle, account) if account else None
    if not circle.is_public and (actor is None or not (actor.is_member or actor.is_staff)):
        raise Refusal.not_found()
    return circle, actor


def open_for_coordinator(slug: str, account: Account | None) -> tuple[Circle, Actor]:
    circle, actor = open_for_member(slug, account)
    if not actor.is_coordinator:
        raise Refusal.forbidden(strength.NEEDED if actor.rests else "forbidden")
    return circle, actor


def open_for_guardian(slug: str, account: Account | None) -> tuple[Circle, Actor]:
    """As ``open_for_member``, for guardians and coordinators: those who act for people who cannot click."""
    circle, actor = open_for_member(slug, account)
    if not actor.is_guardian:
        raise Refusal.forbidden(strength.NEEDED if actor.rests else "forbidden")
    return circle, actor


def actor_in(circle: Circle, account: Account) -> Actor:
    """Return the account's actor in a circle whose scope is open: one statement."""
    agent_id = account.agent_id
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT own.roles, own.second_factor_due, own.second_factor_due <= now(),
                   (SELECT json_object_agg(organisation_id, rights)::text FROM circles_representative
                     WHERE circle_id = %(circle)s AND person_id = %(agent)s AND until IS NULL),
                   ARRAY(SELECT agent_id FROM circles_membership
                          WHERE circle_id = %(circle)s AND looked_after_by_id = %(agent)s AND left_at IS NULL),
                   ARRAY(SELECT other_id FROM people_hiddenpair WHERE one_id = %(agent)s)
              FROM (SELECT 1) AS one LEFT JOIN (
                    SELECT roles, second_factor_asked_at + make_interval(days => %(grace)s) AS second_factor_due
                      FROM circles_membership
                     WHERE circle_id = %(circle)s AND agent_id = %(agent)s AND left_at IS NULL) AS own ON true
            """,
            {"circle": circle.id, "agent": agent_id, "grace": settings.SECOND_FACTOR_GRACE_DAYS},
        )
        roles, due, grace_over, staffed, looks_after, hidden_ids = cursor.fetchone()
    # Staff of an organisation need not be members; who looks after a neighbour is one.
    represents = {uuid.UUID(one): frozenset(given) for one, given in json.loads(staffed or "{}").items()}
    if roles is None:
        looks_after = []
    seen = {one for one, given in represents.items() if given & SEEING}
    # The clock of the grace is the database's on both ends, so that a history read in with old dates costs nobody hers.
    rests = rules.rests(
        demanded=due is not None,
        grace_over=bool(grace_over),
        has_factor=account.second_factor_since is not None,
        is_strong=account.is_strong,
    )
    return Actor(
        agent_id=agent_id,
        circle=circle,
        roles=frozenset(roles or ()) - (rules.DEMANDING if rests else frozenset()),
        is_member=roles is not None,
        acts_for=frozenset(seen) | frozenset(looks_after),
        name=account.agent.name,
        represents=frozenset(represents),
        hidden_ids=frozenset(hidden_ids),
        rests=rests,
        second_factor_due=due if account.second_factor_since is None else None,
        rights=represents,
    )


def circles_shared_by(one_id: uuid.UUID, other_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the circles both agents belong to, or belonged to. The caller's scope stays as it was."""
    return circle_ids_of(one_id) & circle_ids_of(other_id)


def circle_ids_of(agent_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the circles an agent belongs to or ever belonged to. The caller's scope stays as it was."""
    with agent_scope(agent_id):
        return set(Membership.objects.filter(agent_id=agent_id).values_list("circle_id", flat=True))


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
    """Return a living membership of the actor's circle, as members may see it: the name and the roles.

    Somebody hidden from her is not there, whatever her role."""
    if not actor.is_member or actor.hides(agent_id):
        raise Refusal.not_found()
    found = (
        Membership.objects.filter(circle=actor.circle, agent_id=agent_id, left_at__isnull=True)
        .select_related("agent", "area", "looked_after_by")
        .first()
    )
    if found is None:
        raise Refusal.not_found()
    return found


def agent_to_act_for(
    actor: Actor, agent_id: uuid.UUID | None, field: str = "on_behalf_of", *, right: str = Right.POST
) -> Agent:
    """Return the agent an action is for: the actor, an organisation she represents, somebody she may act for."""
    if agent_id is None or agent_id == actor.agent_id:
        return Agent.objects.get(pk=actor.agent_id)
    if not (actor.is_guardian or actor.may(right, agent_id)):
        raise Refusal("member.unknown" if agent_id not in actor.represents else "staff.no_such_right", field, status=403)
    found = (
        Membership.objects.filter(circle=actor.circle, agent_id=agent_id, left_at__isnull=True)
        .select_related("agent")
        .first()
    )
    if found is None:
        raise Refusal("member.unknown", field)
    # A guardian is there for people who cannot click, and an organisation's staff act by the rights they were given.
    if found.agent.kind == AgentKind.ORGANISATION and not (actor.is_coordinator or actor.may(right, agent_id)):
        raise Refusal("staff.no_such_right", field, status=403)
    # A coordinator acts for people without an account and for organisations, never as a member who can act herself.
    if agent_id not in actor.acts_for and Account.objects.filter(agent_id=agent_id, is_active=True).exists():
        raise Refusal("member.unknown", field, status=403)
    return found.agent


def organisation(actor: Actor, organisation_id: uuid.UUID, *rights: str) -> Agent:
    """Return an organisation of the circle for its staff who hold one of these rights (any, if none is named).

    Coordinators may see to any organisation of their circle; what is sealed is not opened by that.
    """
    held = actor.rights.get(organisation_id)
    if held is None and not actor.is_coordinator:
        if not actor.is_member:
            raise Refusal.not_found()
        # Members know which organisations there are.
        organisation_in(actor.circle, organisation_id)
        raise Refusal.forbidden()
    if held is not None and rights and not held & set(rights) and not actor.is_coordinator:
        raise Refusal.forbidden("staff.no_such_right")
    return organisation_in(actor.circle, organisation_id)


def organisation_in(circle: Circle, organisation_id: uuid.UUID) -> Agent:
    found = (
        Membership.objects.filter(
            circle=circle, agent_id=organisation_id, left_at__isnull=True, agent__kind=AgentKind.ORGANISATION
        )
        .select_related("agent")
        .first()
    )
    if found is None:
        raise Refusal.not_found()
    return found.agent


def staffed_by(account: Account) -> list[Representative]:
    """Return the organisations, in all circles, for which somebody acts without belonging to the circle herself.

    Opens the scope of those circles, and the caller has none of its own that must hold.
    """
    set_agents([account.agent_id])
    own = Representative.objects.filter(person_id=account.agent_id, until__isnull=True)
    found = list(own.select_related("circle", "organisation").order_by("since"))
    member_of = set(
        Membership.objects.filter(agent_id=account.agent_id, left_at__isnull=True).values_list("circle_id", flat=True)
    )
    return [one for one in found if one.circle_id not in member_of]


def representatives_of(organisation_id: uuid.UUID, actor: Actor) -> list[Representative]:
    return list(
        Representative.objects.filter(circle=actor.circle, organisation_id=organisation_id, until__isnull=True)
        .exclude(person_id__in=actor.hidden_ids)
        .annotate(
            belongs=Exists(
                Membership.objects.filter(circle=actor.circle, agent_id=OuterRef("person_id"), left_at__isnull=True)
            )
        )
        .select_related("person")
        .order_by("since")
    )


def belongings_of(actor: Actor, agent_id: uuid.UUID, *, now: datetime) -> Person:
    """Return what is known about a member without an account, for a coordinator whom she asked.

    Opening it is one look on record. Who has an account does it herself, and an organisation is no person.
    """
    if not actor.is_coordinator:
        raise Refusal.forbidden(strength.NEEDED if actor.rests else "forbidden")
    agent = member(actor, agent_id).agent
    if agent.kind == AgentKind.ORGANISATION:
        raise Refusal.not_found()
    if Account.objects.filter(agent=agent).exists():
        raise Refusal.forbidden("erase.has_account")
    return belongings.about(agent, actor.viewer, actor.circle.id, now=now)


def other_coordinators(actor: Actor, agent_id: uuid.UUID) -> bool | None:
    """Return whether somebody else coordinates besides this agent; None where she coordinates nothing."""
    able = Membership.objects.filter(
        circle=actor.circle, left_at__isnull=True, roles__contains=[Role.COORDINATOR.value],
        agent__account__is_active=True,
    )  # fmt: skip
    ids = set(able.values_list("agent_id", flat=True))
    return bool(ids - {agent_id, actor.agent_id}) if agent_id in ids else None


def private_of(actor: Actor, agent_id: uuid.UUID, *, now: datetime) -> dict[str, str]:
    """Open what is sealed of somebody without an account, for whoever acts for them. The look goes on the record."""
    membership = member(actor, agent_id)
    if not (actor.is_guardian or actor.may(Right.DOORS, agent_id)):
        raise Refusal.forbidden()
    if Account.objects.filter(agent_id=agent_id).exists():
        # Who has an account shows her phone and door herself, when something is agreed.
        raise Refusal.forbidden()
    contacts = [one.pk for one in Contact.objects.filter(agent_id=agent_id)]
    opened = store.reveal(actor.viewer, [membership.id, *contacts], "care", circle_id=actor.circle.id, now=now)
    found = dict(opened.get(membership.id, {}))
    reached = [opened[one]["value"] for one in contacts if "value" in opened.get(one, {})]
    return found | {"address": reached[0]} if reached else found

"""Who may open which intent and commitment for what: the only way to fetch one. Fails closed, as "not found"."""

import uuid
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from taawun.community.circles import access as circle_access
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle, Membership
from taawun.community.circles.rights import Right
from taawun.community.people import belongings, secrets
from taawun.community.people.belongings import Person
from taawun.community.people.models import Agent, AgentKind
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import set_scope
from taawun.ground.vault import store
from taawun.practice.aid import receipts, rules
from taawun.practice.aid.models import (
    Commitment,
    FiguresLink,
    Intent,
    Placement,
    Programme,
    Proposal,
    ProposedMatch,
    Receipt,
    Series,
    StandIn,
)

# The two sides with what tells whether somebody else has to act for them.
SIDES = ("giver__account", "receiver__account")


def visible_intents(circle: Circle, actor: Actor | None) -> QuerySet[Intent]:
    """Return the intents of a circle that this person may see, for lists: outsiders see what is public and checked.

    Nobody sees what belongs to somebody hidden from her, coordinators neither: others look after it.
    """
    intents = Intent.objects.filter(circle=circle)
    if actor is not None and actor.hidden_ids:
        intents = intents.exclude(agent_id__in=actor.hidden_ids)
    if actor is not None and actor.is_coordinator:
        return intents
    if actor is not None and actor.is_member:
        return intents.filter(Q(visibility__in=["public", "members"]) | Q(agent_id__in=actor.own_ids))
    public = Q(visibility="public", checked_at__isnull=False)
    if actor is not None and not circle.is_public:
        # Staff of an organisation who are no members: what is "public" here is so among members.
        return intents.filter(agent_id__in=actor.own_ids)
    if actor is not None:
        return intents.filter(public | Q(agent_id__in=actor.own_ids))
    return intents.filter(public)


def intent(circle: Circle, actor: Actor | None, intent_id: uuid.UUID) -> Intent:
    """Return one intent that this person may see. A party of a commitment on it sees it too."""
    found = visible_intents(circle, actor).select_related("agent", "area", "entered_by").filter(pk=intent_id).first()
    if found is None and actor is not None:
        party = Commitment.objects.filter(
            Q(request_id=intent_id) | Q(offer_id=intent_id),
            Q(giver_id__in=party_ids(actor)) | Q(receiver_id__in=party_ids(actor)),
            circle=circle,
            # What an organisation was asked and did not take on is nothing of its own any more.
        ).exclude(state="released", giver_id__in=actor.represents)
        # Who was on something before a block sees her own promise, and not what goes on with the rest of it.
        theirs = Intent.objects.filter(pk=intent_id, agent_id__in=actor.hidden_ids)
        if party.exists() and not (actor.hidden_ids and theirs.exists()):
            found = Intent.objects.select_related("agent", "area", "entered_by").get(pk=intent_id)
    if found is None:
        raise Refusal.not_found()
    return found


def is_public(intent_: Intent) -> bool:
    """Whether anyone with the link may see it: written for everyone, and looked at."""
    return intent_.visibility == "public" and intent_.checked_at is not None


def may_manage(intent_: Intent, actor: Actor | None) -> bool:
    """Whose it is, who acts for them, and coordinators may change, renew and withdraw it and answer claims on it."""
    return actor is not None and (actor.may(Right.POST, intent_.agent_id) or actor.is_coordinator)


def intent_to_manage(actor: Actor, intent_id: uuid.UUID) -> Intent:
    """Return the intent, locked, for one who may change it."""
    found = intent(actor.circle, actor, intent_id)
    if not may_manage(found, actor):
        raise Refusal.forbidden()
    return lock_intents(actor.circle, found.id)[found.id]


def lock_intents(circle: Circle, *intent_ids: uuid.UUID | None) -> dict[uuid.UUID, Intent]:
    """Lock intents of this circle in the order of their ids, so that two actions never wait for each other in a ring."""
    wanted = sorted(one for one in intent_ids if one is not None)
    rows = Intent.objects.select_for_update().filter(circle=circle, pk__in=wanted).order_by("pk")
    return {row.id: row for row in rows}


def is_party(commitment_: Commitment, actor: Actor | None) -> bool:
    sides = (commitment_.giver_id, commitment_.receiver_id)
    return actor is not None and any(actor.may(Right.ANSWER, side) for side in sides)


def party_ids(actor: Actor) -> frozenset[uuid.UUID]:
    """Return the agents whose promises are open to her: her own, and those of organisations she answers for."""
    return actor.own_ids - (actor.represents - actor.ids_with(Right.ANSWER))


def commitment(actor: Actor, commitment_id: uuid.UUID) -> Commitment:
    """Return a commitment for its two sides, those who act for them, and coordinators."""
    found = (
        Commitment.objects.filter(circle=actor.circle, pk=commitment_id)
        .select_related("request__agent", "request__area", "offer__agent", "offer__area", "made_by", *SIDES)
        .first()
    )
    if found is None or not (is_party(found, actor) or actor.is_coordinator):
        raise Refusal.not_found()
    if actor.hides(found.giver_id, found.receiver_id) and not is_party(found, actor):
        raise Refusal.not_found()
    return found


def commitment_to_move(actor: Actor, commitment_id: uuid.UUID) -> tuple[Commitment, dict[uuid.UUID, Intent]]:
    """Return a commitment and its intents, all locked: intents first, then the commitment."""
    found = commitment(actor, commitment_id)
    intents = lock_intents(actor.circle, found.request_id, found.offer_id)
    locked = Commitment.objects.select_for_update().get(pk=found.id)
    return locked, intents


def may_act_as(commitment_: Commitment, actor: Actor, side: rules.Side) -> bool:
    """A side acts for itself; a coordinator acts for a side without an account (a filed need, a paper member)."""
    agent_id = commitment_.giver_id if side is rules.Side.GIVER else commitment_.receiver_id
    if actor.may(Right.ANSWER, agent_id):
        return True
    return actor.is_coordinator and not Agent.objects.filter(pk=agent_id, account__is_active=True).exists()


def by_receipt(code: str) -> tuple[Intent, Actor]:
    """Return the intent a receipt code follows, and the actor its holder is: nobody else, and no member."""
    found = Receipt.objects.filter(index=receipts.index_of(code)).first()
    if found is None:
        raise Refusal("receipt.unknown", "code", status=404)
    return by_holder(found.circle_id, found.intent_id)


def by_holder(circle_id: uuid.UUID, intent_id: uuid.UUID) -> tuple[Intent, Actor]:
    """Return the need of somebody who has shown its receipt in this session, and open the circle's scope."""
    set_scope([circle_id])
    row = Intent.objects.filter(pk=intent_id).select_related("circle", "agent", "area").first()
    if row is None:
        raise Refusal("receipt.unknown", "code", status=404)
    actor = Actor(
        agent_id=row.agent_id, circle=row.circle, roles=frozenset(), is_member=False, acts_for=frozenset(), name=""
    )
    return row, actor


def own_by_receipt(intent_: Intent, actor: Actor, *, now: datetime) -> Person:
    """Return the belongings of who filed a need without an account, for the holder of its receipt.

    What is a member's is not hers by a code: she has an account for it, or a coordinator does it with her.
    """
    agent = intent_.agent
    if _signs_in(agent) or agent.memberships.exists():
        raise Refusal.forbidden("erase.member")
    return belongings.about(agent, actor.viewer, intent_.circle_id, now=now)


def may_name(commitment_: Commitment, actor: Actor) -> bool:
    """Names of hidden people are left out where somebody acts for others; who was on it herself knows them anyway."""
    own = actor.agent_id in {commitment_.giver_id, commitment_.receiver_id}
    return own or not actor.hides(commitment_.giver_id, commitment_.receiver_id)


def stands_in(commitment_: Commitment, actor: Actor) -> frozenset[rules.Side]:
    """Return for which sides a coordinator has to be the eyes: people without an account, a lost receipt's holder too.

    An organisation has people of its own for that.
    """
    if not actor.is_coordinator:
        return frozenset()
    sides = {rules.Side.GIVER: commitment_.giver, rules.Side.RECEIVER: commitment_.receiver}
    return frozenset(
        side
        for side, agent in sides.items()
        if agent.kind != AgentKind.ORGANISATION and not actor.is_one_of(agent.id) and not _signs_in(agent)
    )


def _signs_in(agent: Agent) -> bool:
    account = getattr(agent, "account", None)
    return account is not None and account.is_active


def may_reveal(commitment_: Commitment, actor: Actor, *, now: datetime) -> bool:
    """After acceptance and not before; until 48 hours after the end; to the two sides and who acts for them.

    It closes at once between two who are hidden from each other, also where one of them acts for somebody else. A
    coordinator sees it for a side without an account: somebody has to take the call.
    """
    if commitment_.agreed_at is None or actor.hides(commitment_.giver_id, commitment_.receiver_id):
        return False
    if not opens_doors(commitment_, actor) and not stands_in(commitment_, actor):
        return False
    until = rules.reveal_ends_at(commitment_.ended_at)
    return until is None or now < until


def opens_doors(commitment_: Commitment, actor: Actor) -> bool:
    """A side opens the other's door; of an organisation's staff, those who were given that right."""
    return any(actor.may(Right.DOORS, side) for side in (commitment_.giver_id, commitment_.receiver_id))


def contact_details(commitment_: Commitment, actor: Actor, *, now: datetime) -> dict[str, dict[str, str]]:
    """Return what each side needs of the other: ``giver`` and ``receiver`` to name, phone, door, details, point.

    Each look leaves an entry in the journal before anything is shown.
    """
    if not may_reveal(commitment_, actor, now=now):
        return {}
    rows = [one for one in (commitment_.id, commitment_.request_id, commitment_.offer_id) if one is not None]
    opened = store.reveal(actor.viewer, rows, f"commitment:{commitment_.id}", circle_id=actor.circle.id, now=now)
    sides: dict[str, dict[str, str]] = {"giver": {}, "receiver": {}}
    if commitment_.request_id:
        sides["receiver"].update(opened.get(commitment_.request_id, {}))
    if commitment_.offer_id:
        sides["giver"].update(opened.get(commitment_.offer_id, {}))
    for field, text in opened.get(commitment_.id, {}).items():
        side, _, name = field.partition("_")
        sides[side][name] = text
    return sides


def details_for_coordinator(actor: Actor, intent_id: uuid.UUID, why: str, *, now: datetime) -> dict[str, str]:
    """Open a need's sealed fields for a coordinator who gives a reason, as when she calls the person back."""
    found = intent(actor.circle, actor, intent_id)
    own = actor.may(Right.DOORS, found.agent_id)
    if not actor.is_coordinator and not own:
        raise Refusal.forbidden()
    if not own and len(why.strip()) < 5:
        raise Refusal("reveal.why", "why")
    reason = "own" if own else "coordination"
    opened = store.reveal(actor.viewer, [found.id], reason, circle_id=actor.circle.id, now=now)
    return opened.get(found.id, {})


def programmes(circle: Circle, actor: Actor | None = None) -> QuerySet[Programme]:
    """Return the programmes of organisations that belong to the circle, for whoever may look in: they are public.

    Organisations hidden from the reader are left out.
    """
    belongs = Membership.objects.filter(circle=circle, agent_id=OuterRef("organisation_id"), left_at__isnull=True)
    found = Programme.objects.filter(Exists(belongs), circle=circle, ended_at__isnull=True)
    if actor is not None and actor.hidden_ids:
        found = found.exclude(organisation_id__in=actor.hidden_ids)
    return found.select_related("organisation")


def programme(circle: Circle, actor: Actor | None, programme_id: uuid.UUID) -> Programme:
    found = programmes(circle, actor).filter(pk=programme_id).first()
    if found is None:
        raise Refusal.not_found()
    return found


def programme_to_manage(actor: Actor, programme_id: uuid.UUID) -> Programme:
    """Return a programme, locked, for staff who manage the programmes of its organisation, and coordinators."""
    found = programme(actor.circle, actor, programme_id)
    circle_access.organisation(actor, found.organisation_id, Right.PROGRAMMES)
    return _locked(found)


def programme_to_fill(actor: Actor, programme_id: uuid.UUID) -> Programme:
    """Return a programme, locked, so that of two who take its last place one comes second. Intents are locked before it."""
    return _locked(programme(actor.circle, actor, programme_id))


def _locked(found: Programme) -> Programme:
    return Programme.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=found.pk)


def on_waiting_list(actor: Actor, placement_id: uuid.UUID) -> Placement:
    """Return what waits on a programme's list: for its staff who answer, who handed it there, and whose need it is."""
    found = (
        Placement.objects.filter(circle=actor.circle, pk=placement_id, commitment=None)
        .select_related("programme__organisation", "intent__agent", "intent__area")
        .first()
    )
    if found is None or not (may_answer_for(found, actor) or may_manage(found.intent, actor)):
        raise Refusal.not_found()
    if actor.hides(found.intent.agent_id, found.programme.organisation_id):
        raise Refusal.not_found()
    return found


def may_answer_for(placement: Placement, actor: Actor) -> bool:
    organisation_id = placement.programme.organisation_id
    return organisation_id in actor.ids_with(Right.ANSWER)


def link_to_figures(circle_slug: str, secret: str) -> FiguresLink:
    """Return the living link behind a secret and open the circle's scope. A dead one does not tell whether there is a circle."""
    try:
        circle = circle_access.named(circle_slug, open_scope=True)
    except Refusal:
        raise Refusal("figures.link", status=410) from None
    digest = secrets.digest(secret[:200])
    found = FiguresLink.objects.filter(circle=circle, digest=digest, ended_at__isnull=True)
    link = found.select_related("organisation").first()
    if link is None:
        raise Refusal("figures.link", status=410)
    link.circle = circle
    return link


def visible_series(circle: Circle, actor: Actor | None) -> QuerySet[Series]:
    """Return what repeats and this person may see: as for single needs, by who it was written for; who does it sees it."""
    found = Series.objects.filter(circle=circle)
    if actor is None:
        return found.filter(visibility="public")
    if actor.hidden_ids:
        found = found.exclude(agent_id__in=actor.hidden_ids)
    if actor.is_coordinator:
        return found
    stands_in = StandIn.objects.filter(series=OuterRef("pk"), agent_id__in=actor.own_ids)
    mine = Q(agent_id__in=actor.own_ids) | Q(giver_id__in=party_ids(actor)) | Exists(stands_in)
    if actor.is_member:
        return found.filter(Q(visibility__in=["public", "members"]) | mine)
    # Staff of an organisation who are no members see only what is hers where the circle is not public.
    return found.filter(Q(visibility="public") | mine) if circle.is_public else found.filter(mine)


def series(circle: Circle, actor: Actor | None, series_id: uuid.UUID) -> Series:
    found = visible_series(circle, actor).select_related("circle", "agent", "area", "giver").filter(pk=series_id).first()
    if found is None:
        raise Refusal.not_found()
    return found


def series_to_move(actor: Actor, series_id: uuid.UUID) -> Series:
    """Return what repeats, locked, for one who may see it; what she may do with it the action asks."""
    series(actor.circle, actor, series_id)
    return Series.objects.select_for_update(of=("self",)).select_related("circle", "giver").get(pk=series_id)


def may_manage_series(series_: Series, actor: Actor | None) -> bool:
    return actor is not None and (actor.may(Right.POST, series_.agent_id) or actor.is_coordinator)


def may_give(actor: Actor, agent_id: uuid.UUID | None) -> bool:
    """Whether she speaks for who gives: herself, whom she acts for; a coordinator for a member without an account."""
    if agent_id is None or actor.may(Right.ANSWER, agent_id):
        return agent_id is not None
    return actor.is_coordinator and not Agent.objects.filter(pk=agent_id, account__is_active=True).exists()


def proposals(actor: Actor) -> QuerySet[Proposal]:
    """Return the circle's proposals for the whole board, the newest first: coordinators look through them."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    return Proposal.objects.filter(circle=actor.circle).order_by("-made_at", "-id")


def proposal_to_decide(actor: Actor, proposal_id: uuid.UUID) -> Proposal:
    """Return a proposal, locked: of two coordinators who decide at once one comes second, and reads what the first did."""
    found = proposals(actor).select_for_update(of=("self",)).filter(pk=proposal_id).first()
    if found is None:
        raise Refusal.not_found()
    return found


def visible_matches(actor: Actor, proposal: Proposal) -> QuerySet[ProposedMatch]:
    """Return the pairs of a proposal without those of people hidden from this coordinator: others look after them."""
    found = ProposedMatch.objects.filter(proposal=proposal)
    if actor.hidden_ids:
        found = found.exclude(request__agent_id__in=actor.hidden_ids).exclude(offer__agent_id__in=actor.hidden_ids)
    return found


def may_read_record(actor: Actor, agent_id: uuid.UUID) -> bool:
    """How somebody's promises ended stays between her, who acts for her, and coordinators."""
    return actor.is_one_of(agent_id) or (actor.is_coordinator and not actor.hides(agent_id))


def agent_named(circle: Circle, agent_id: uuid.UUID) -> Agent:
    """Return somebody who belongs to the circle, or belonged to it."""
    found = Agent.objects.filter(pk=agent_id, memberships__circle=circle).first()
    if found is None:
        raise Refusal.not_found()
    return found

"""One promise between two sides: the yes, how to find each other, delivered, received, thanked, or let go."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from taawun.community.circles.access import open_for_acting
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, refuse_form, run_once, show_form
from taawun.community.circles.models import Circle
from taawun.community.people.models import AgentKind
from taawun.ground.values.ids import parse_id
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, actions, conversing, rules, showing, wording
from taawun.practice.aid.actions.agreeing import Reach
from taawun.practice.aid.forms import AmountForm
from taawun.practice.aid.models import Commitment, Placement
from taawun.practice.aid.queries import story as stories
from taawun.practice.aid.queries.behalf import members_to_hand_to
from taawun.practice.aid.queries.mine import promise


@circle_page(access=open_for_acting)
def commitment(request: CircleRequest, circle: Circle, actor: Actor, commitment_id: uuid.UUID) -> HttpResponseBase:
    """Show a commitment to its two sides. Opening it after the yes is a look at the other's data, and is recorded."""
    found = access.commitment(actor, commitment_id)
    return show(request, found, actor, AmountForm())


def show(request: CircleRequest, found: Commitment, actor: Actor, form: AmountForm) -> HttpResponseBase:
    """Render the page of a commitment for one side or the other."""
    circle = actor.circle
    shown = promise(found, actor, now=request.now)
    details = access.contact_details(found, actor, now=request.now)
    gives = access.may_act_as(found, actor, rules.Side.GIVER)
    receives = access.may_act_as(found, actor, rules.Side.RECEIVER)
    told = stories.story(
        circle.id, [found.id], actor, party=True,
        hidden=set() if details or actor.is_coordinator else {found.receiver_id},
    )
    context = {
        "commitment": found,
        "intent": shown.intent,
        "kind": shown.kind,
        "state": wording.COMMITMENT_STATES[found.state],
        "look": {"waiting": "open", "agreed": "taken", "released": "closed", "failed": "closed"}.get(found.state, "done"),
        "late": shown.late,
        "gives": gives,
        "receives": receives,
        "answers": found.state == "waiting"
        and bool(found.waiting_for)
        and access.may_act_as(found, actor, rules.Side(found.waiting_for)),
        "contacts": _contacts(found, actor, shown.gives, details),
        "other_name": _other_name(found, shown.gives, details) if access.may_name(found, actor) else "",
        "knows_intent": not actor.hides(shown.intent.agent_id)
        and not (found.state == "released" and found.giver_id in actor.represents and not actor.is_coordinator),
        "block_url": _block_url(found, actor, shown.gives, details),
        "sees": bool(details),
        "reveal_ends_at": rules.reveal_ends_at(found.ended_at),
        "summary": shown.intent.summary,
        "when": wording.when(shown.intent, request.now),
        "warned": found.warned_at is not None and found.state in rules.LIVING,
        "successors": members_to_hand_to(actor, {str(found.giver_id), str(found.receiver_id)})
        if gives and actor.is_member and found.request_id and found.state in rules.LIVING
        else [],
        "fail_reasons": wording.FAIL_REASONS.items(),
        "placement": (handed := _placement(found)),
        "decline_reasons": wording.DECLINE_REASONS.items() if handed and handed.referred_by_id else [],
        "said_no": wording.DECLINE_REASONS.get(handed.reason, "") if handed and handed.reason else "",
        "reason": wording.FAIL_REASONS.get(found.reason) or wording.RELEASE_REASONS.get(found.reason, ""),
        "steps": showing.steps(told.entries, told.names),
        "ways": conversing.ways_from_commitment(found, actor),
        "now": request.now,
    }
    return show_form(request, "aid/commitment.html", form, **context)


def _placement(found: Commitment) -> Placement | None:
    """Return how it was handed to a programme, or None where it was not."""
    return Placement.objects.filter(commitment=found).select_related("programme__organisation").first()


def _other_name(found: Commitment, gives: bool, details: dict[str, dict[str, str]]) -> str:
    """The receiver's name is shown once both agree; the giver's is known to the members of the circle."""
    if gives:
        return details.get("receiver", {}).get("name", "")
    return found.giver.shown


def _contacts(
    found: Commitment, actor: Actor, gives: bool, details: dict[str, dict[str, str]]
) -> list[tuple[str, dict[str, str]]]:
    """Return whom to reach, under which heading: the other side, or what a side needs whose eyes a coordinator is."""
    if not details:
        return []
    shown = {rules.Side.RECEIVER if gives else rules.Side.GIVER}
    if not access.is_party(found, actor):
        wanted = {rules.Side.GIVER: rules.Side.RECEIVER, rules.Side.RECEIVER: rules.Side.GIVER}
        shown = {wanted[side] for side in access.stands_in(found, actor)}
    headings = {rules.Side.RECEIVER: _("Where it goes"), rules.Side.GIVER: _("Who brings it")}
    return [(heading, details[side.value]) for side, heading in headings.items() if side in shown]


def _block_url(found: Commitment, actor: Actor, gives: bool, details: dict[str, dict[str, str]]) -> str:
    """Return where the other side can be blocked: only somebody whose name is known, or it would tell who is in need."""
    if actor.agent_id not in {found.giver_id, found.receiver_id}:
        return ""
    other = found.receiver if gives else found.giver
    known = other.name and other.kind != AgentKind.ORGANISATION and (not gives or details)
    hidden = actor.hides(other.id)
    return reverse("circles:member_block", args=[actor.circle.slug, other.id]) if known and not hidden else ""


@require_POST
@circle_page(access=open_for_acting)
def move(
    request: CircleRequest, circle: Circle, actor: Actor, commitment_id: uuid.UUID, verb: str
) -> HttpResponseBase:
    """Do one thing with a commitment, and come back to its page."""
    found = access.commitment(actor, commitment_id)
    if verb not in SAID:
        raise Refusal.not_found()
    form = AmountForm(request.POST)
    quantity = None
    if verb in {"deliver", "receive"}:
        intent = found.request or found.offer
        assert intent is not None
        if form.is_valid():
            quantity = form.amount("quantity", intent.unit)
        if form.errors:
            return show(request, found, actor, form)
    try:
        address = run_once(
            request, actor, f"aid.{verb}", lambda: _act(request, actor, found.id, verb, quantity)
        )
    except Refusal as refusal:
        refuse_form(form, refusal)
        return show(request, found, actor, form)
    messages.success(request, str(SAID[verb]()))
    return HttpResponseRedirect(address)


SAID = {
    "accept": lambda: _("Agreed. Here is how you find each other."),
    "decline": lambda: _("Declined. It is open for somebody else."),
    "drop": lambda: _("That is fine. It is open for somebody else now."),
    "keep": lambda: _("Thank you for staying on it."),
    "hand-over": lambda: _("Handed on. The next one is asked to say yes."),
    "deliver": lambda: _("Well done. The other side is told."),
    "receive": lambda: _("Good. It is on the record."),
    "fail": lambda: _("Thank you for saying so. It is open for somebody else."),
    "thank": lambda: _("Your thanks were passed on."),
}


def _act(request: CircleRequest, actor: Actor, commitment_id: uuid.UUID, verb: str, quantity: int | None) -> str:
    now, posted = request.now, request.POST
    match verb:
        case "accept":
            reach = Reach(posted.get("phone", "")[:400], posted.get("door", "")[:2000])
            actions.accept(actor, commitment_id, reach=reach, now=now)
        case "decline":
            actions.decline(actor, commitment_id, posted.get("reason", "")[:20], now=now)
        case "drop":
            actions.drop_out(actor, commitment_id, now=now)
        case "keep":
            actions.still_on_it(actor, commitment_id, now=now)
        case "hand-over":
            to = parse_id(posted.get("to", ""))
            if to is None:
                raise Refusal("hand_over.member", "to")
            actions.hand_over(actor, commitment_id, to, now=now)
        case "deliver":
            actions.deliver(actor, commitment_id, quantity=quantity, now=now)
        case "receive":
            actions.receive(actor, commitment_id, quantity=quantity, now=now)
        case "fail":
            actions.fail(actor, commitment_id, posted.get("reason", ""), now=now)
        case "thank":
            actions.thank(actor, commitment_id, now=now)
    return showing.url("commitment", actor.circle, commitment_id)

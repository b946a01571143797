"""Commitments over the API: the yes, how both sides find each other, delivered, received, thanked, or let go."""

from ninja import Router

from taawun.community.circles.actor import Actor
from taawun.community.circles.api import as_acting
from taawun.community.people.api.shapes import Answer, Id, Slug, read_amount
from taawun.community.people.api.tokens import OPENS, READS, WRITES, ApiRequest
from taawun.practice.aid import access, actions
from taawun.practice.aid.actions.agreeing import Reach
from taawun.practice.aid.api.asked import AcceptIn, FailIn, HandOverIn, HappenedIn
from taawun.practice.aid.api.told import CommitmentFacts, commitment_told

router = Router(tags=["commitments"])
COMMITMENT = "/circles/{slug}/commitments/{commitment_id}"


class SideDetails(Answer):
    """What one side was given to be found by; what was never given is absent."""

    name: str | None = None
    phone: str | None = None
    door: str | None = None
    details: str | None = None
    point: str | None = None


class Revealed(Answer):
    """Both sides' details, open from the yes until 48 hours after the end; both null before and after."""

    giver: SideDetails | None
    receiver: SideDetails | None


@router.get(COMMITMENT, auth=READS, response=CommitmentFacts, operation_id="commitment", summary="One commitment")
def one_commitment(request: ApiRequest, slug: Slug, commitment_id: Id) -> CommitmentFacts:
    """Return a commitment to its two sides, those who act for them, and coordinators."""
    with as_acting(request, slug) as (_circle, actor, now):
        return commitment_told(access.commitment(actor, commitment_id), actor, now=now)


@router.post(
    COMMITMENT + "/reveal", auth=OPENS, response=Revealed, operation_id="reveal_commitment",
    summary="How both sides find each other",
)
def reveal_commitment(request: ApiRequest, slug: Slug, commitment_id: Id) -> Revealed:
    """Open names, phones and doors. Each call is a look, is on record, and the person looked at can see it."""
    with as_acting(request, slug) as (_circle, actor, now):
        sides = access.contact_details(access.commitment(actor, commitment_id), actor, now=now)
        if not sides:
            return Revealed(giver=None, receiver=None)
        return Revealed(
            giver=SideDetails.model_validate(sides["giver"]), receiver=SideDetails.model_validate(sides["receiver"])
        )


@router.post(COMMITMENT + "/accept", auth=WRITES, response=CommitmentFacts, operation_id="accept", summary="Say yes")
def accept(request: ApiRequest, slug: Slug, commitment_id: Id, yes: AcceptIn) -> CommitmentFacts:
    """Say yes to a claim or a proposal."""
    with as_acting(request, slug) as (_circle, actor, now):
        done = actions.accept(actor, commitment_id, reach=Reach(yes.phone, yes.door), now=now)
        return commitment_told(done, actor, now=now)


@router.post(COMMITMENT + "/decline", auth=WRITES, response=CommitmentFacts, operation_id="decline", summary="Say no")
def decline(request: ApiRequest, slug: Slug, commitment_id: Id) -> CommitmentFacts:
    """Say no; the part is open again."""
    with as_acting(request, slug) as (_circle, actor, now):
        return commitment_told(actions.decline(actor, commitment_id, now=now), actor, now=now)


@router.post(
    COMMITMENT + "/still-on-it", auth=WRITES, response=CommitmentFacts, operation_id="still_on_it", summary="Still on it"
)
def still_on_it(request: ApiRequest, slug: Slug, commitment_id: Id) -> CommitmentFacts:
    """Answer the warning: the claim's clock starts again."""
    with as_acting(request, slug) as (_circle, actor, now):
        return commitment_told(actions.still_on_it(actor, commitment_id, now=now), actor, now=now)


@router.post(COMMITMENT + "/drop-out", auth=WRITES, response=CommitmentFacts, operation_id="drop_out", summary="Let go")
def drop_out(request: ApiRequest, slug: Slug, commitment_id: Id) -> CommitmentFacts:
    """Let go, without a reason being asked."""
    with as_acting(request, slug) as (_circle, actor, now):
        return commitment_told(actions.drop_out(actor, commitment_id, now=now), actor, now=now)


@router.post(
    COMMITMENT + "/hand-over", auth=WRITES, response=CommitmentFacts, operation_id="hand_over",
    summary="Hand it to another member",
)
def hand_over(request: ApiRequest, slug: Slug, commitment_id: Id, successor: HandOverIn) -> CommitmentFacts:
    """Hand a promise to another member, who says yes first. Returns the caller's own, ended; the new one is the member's."""
    with as_acting(request, slug) as (_circle, actor, now):
        actions.hand_over(actor, commitment_id, successor.to, now=now)
        return commitment_told(access.commitment(actor, commitment_id), actor, now=now)


def _amount(actor: Actor, commitment_id: Id, happened: HappenedIn) -> int | None:
    found = access.commitment(actor, commitment_id)
    intent = found.request or found.offer
    assert intent is not None
    return read_amount(happened.quantity, intent.unit)


@router.post(COMMITMENT + "/deliver", auth=WRITES, response=CommitmentFacts, operation_id="deliver", summary="Delivered")
def deliver(request: ApiRequest, slug: Slug, commitment_id: Id, happened: HappenedIn) -> CommitmentFacts:
    """Say, as the giver, that it arrived, whole or in part. What did not arrive is open again."""
    with as_acting(request, slug) as (_circle, actor, now):
        quantity = _amount(actor, commitment_id, happened)
        done = actions.deliver(actor, commitment_id, quantity=quantity, event_at=happened.event_at, now=now)
        return commitment_told(done, actor, now=now)


@router.post(COMMITMENT + "/receive", auth=WRITES, response=CommitmentFacts, operation_id="receive", summary="Received")
def receive(request: ApiRequest, slug: Slug, commitment_id: Id, happened: HappenedIn) -> CommitmentFacts:
    """Say, as the receiver, that it arrived and how much. The receiver's word stands."""
    with as_acting(request, slug) as (_circle, actor, now):
        quantity = _amount(actor, commitment_id, happened)
        done = actions.receive(actor, commitment_id, quantity=quantity, event_at=happened.event_at, now=now)
        return commitment_told(done, actor, now=now)


@router.post(COMMITMENT + "/fail", auth=WRITES, response=CommitmentFacts, operation_id="fail", summary="It did not work")
def fail(request: ApiRequest, slug: Slug, commitment_id: Id, failed: FailIn) -> CommitmentFacts:
    """Say that it did not work, and why. The part is open again, and nobody is blamed by name."""
    with as_acting(request, slug) as (_circle, actor, now):
        done = actions.fail(actor, commitment_id, failed.reason, event_at=failed.event_at, now=now)
        return commitment_told(done, actor, now=now)


@router.post(COMMITMENT + "/thank", auth=WRITES, response=CommitmentFacts, operation_id="thank", summary="Thank")
def thank(request: ApiRequest, slug: Slug, commitment_id: Id) -> CommitmentFacts:
    """Thank, as the receiver; once."""
    with as_acting(request, slug) as (_circle, actor, now):
        return commitment_told(actions.thank(actor, commitment_id, now=now), actor, now=now)

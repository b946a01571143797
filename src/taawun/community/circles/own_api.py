"""Blocking a member, and what is known about a member without an account who asks: over the API."""

from django.http import HttpResponse
from ninja import Router, Status

from taawun.community.circles import access
from taawun.community.circles.api import as_coordinator, as_member
from taawun.community.people import belongings, blocks, erasing
from taawun.community.people.api.own import ZIP, Done, SectionFacts, archive, require_confirmed, section_facts
from taawun.community.people.api.shapes import Body, Flag, Id, Page, Slug, Word
from taawun.community.people.api.tokens import OPENS, WRITES, ApiRequest
from taawun.ground.values.refusal import Refusal

router = Router(tags=["what is mine"])
MEMBER = "/circles/{slug}/members/{agent_id}"


class EraseMemberIn(Body):
    """That the person asked for it, and the word ``erase``."""

    asked: Flag
    confirm: Word


@router.post(
    MEMBER + "/block", auth=WRITES, response={201: Done}, operation_id="block_member", summary="Block a member"
)
def block_member(request: ApiRequest, slug: Slug, agent_id: Id) -> Status[Done]:
    """Block somebody whose name the caller sees. Neither sees the other from now on, in every community."""
    with as_member(request, slug) as (_circle, actor, now):
        agent = access.member(actor, agent_id).agent
        assert request.auth.account is not None
        blocks.block_agent(request.auth.account, agent, called=agent.name, now=now)
        return Status(201, Done(done=True))


@router.post(
    MEMBER + "/known",
    auth=OPENS,
    response=Page[SectionFacts],
    operation_id="open_known",
    summary="What is known about a member without an account",
)
def open_known(request: ApiRequest, slug: Slug, agent_id: Id) -> Page[SectionFacts]:
    """Open, as a coordinator, what is known about a member without an account who asked. It is a look, on record."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        person = access.belongings_of(actor, agent_id, now=now)
        return Page[SectionFacts](items=section_facts(belongings.known(person)))


@router.post(
    MEMBER + "/take-away",
    auth=OPENS,
    operation_id="take_away_for",
    openapi_extra=ZIP,
    summary="Everything of a member without an account, as an archive",
)
def take_away_for(request: ApiRequest, slug: Slug, agent_id: Id) -> HttpResponse:
    """Return the archive of a member without an account who asked. It is a look, on record."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        return archive(access.belongings_of(actor, agent_id, now=now))


@router.post(
    MEMBER + "/erase",
    auth=WRITES,
    response=Done,
    operation_id="erase_member",
    summary="Erase a member without an account",
)
def erase_member(request: ApiRequest, slug: Slug, agent_id: Id, wanted: EraseMemberIn) -> Done:
    """Erase a member without an account who asked for it. That it was done stays on record, without a name."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        person = access.belongings_of(actor, agent_id, now=now)
        if not wanted.asked:
            raise Refusal("erase.not_asked", "asked")
        require_confirmed(wanted.confirm)
        erasing.erase(person)
        return Done(done=True)

"""What is one's own over the API: what is known, the archive, erasing, and whom one blocked."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, cast

from django.http import HttpResponse
from ninja import Router, Status
from pydantic import Field

from taawun.community.people import actions, belongings, blocks, erasing, taking
from taawun.community.people.api.shapes import Answer, Body, Id, Line, Page, Word
from taawun.community.people.api.tokens import OPENS, READS, WRITES, ApiRequest
from taawun.community.people.belongings import Known, Person
from taawun.community.people.models import Account, Erasure
from taawun.ground.values.refusal import Refusal, sentence

router = Router(tags=["what is mine"])
ZIP: dict[str, Any] = {
    "responses": {200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}}
}
ERASE = "erase"


class LineFacts(Answer):
    """One thing that is known, in words."""

    label: str
    value: str


class LookFacts(Answer):
    """Somebody opened what is sealed: who, in which community, which fields, why and when."""

    who: str
    community: str
    fields: list[str]
    why: str
    at: datetime


class SectionFacts(Answer):
    """A section of what is known about somebody."""

    title: str
    text: str
    lines: list[LineFacts]
    looks: list[LookFacts]


class ErasureFacts(Answer):
    """Whether erasing was asked for, what it will do, and what stands in its way."""

    asked_at: datetime | None
    due_at: datetime | None
    foretold: list[str] = Field(description="What erasing does, in whole sentences")
    obstacle: str | None = Field(description="Why it cannot happen yet, in a sentence")


class EraseIn(Body):
    """When, and for "now" the word ``erase``."""

    when: Literal["in_seven_days", "now"]
    confirm: Word = Field(default="", description="“erase”, when it is to happen now")


class ErasedFacts(Answer):
    """Erased now, or on that day."""

    erased: bool
    due_at: datetime | None


class BlockedFacts(Answer):
    """Somebody who is blocked, as the caller called them."""

    id: uuid.UUID
    called: str
    made_at: datetime


class BlockIn(Body):
    """An e-mail address or a phone. The answer is the same whether or not anybody has it."""

    address: Line
    region: Word = Field(default="GB", description="The country a phone number without a country code is read in")


class ProfileIn(Body):
    """What the others see, and how texts are written."""

    name: Line
    languages: list[Word] = Field(max_length=40, description="Languages spoken, by code")
    language: Word = Field(description="Language of the pages, by code")
    digits: Word = Field(default="", description="latn, arab, arabext or beng; empty for the language's own")


class Done(Answer):
    """It is done."""

    done: bool


def section_facts(known: Iterable[Known]) -> list[SectionFacts]:
    return [
        SectionFacts(
            title=str(one.title),
            text=str(one.text),
            lines=[LineFacts(label=str(line.label), value=str(line.value)) for line in (*one.lines, *one.more)],
            looks=[
                LookFacts(who=look.who, community=look.where, fields=list(look.fields), why=look.why, at=look.at)
                for look in one.looks
            ],
        )
        for one in known
    ]


def archive(person: Person) -> HttpResponse:
    """Return the archive as one answer: whoever calls keeps the line open for as long as it takes."""
    response = HttpResponse(b"".join(taking.archive(person)), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{taking.file_name(person)}"'
    return response


def require_confirmed(confirm: str) -> None:
    if confirm.strip().casefold() != ERASE:
        raise Refusal("erase.word", "confirm", word=ERASE)


def _account(request: ApiRequest) -> Account:
    return cast(Account, request.auth.account)


def _person(request: ApiRequest) -> Person:
    return belongings.person(_account(request), now=request.auth.now)


@router.get(
    "/me/known", auth=READS, response=Page[SectionFacts], operation_id="list_known", summary="What is known about me"
)
def list_known(request: ApiRequest) -> Page[SectionFacts]:
    """Return what is known about the caller in every community, and who looked at what is sealed, when and why."""
    return Page[SectionFacts](items=section_facts(belongings.known(_person(request))))


@router.post(
    "/me/profile", auth=WRITES, response=Done, operation_id="change_profile", summary="Correct name and languages"
)
def change_profile(request: ApiRequest, profile: ProfileIn) -> Done:
    """Change the name the others see, the languages spoken, and the language and digits of texts."""
    actions.change_profile(
        _account(request),
        name=profile.name,
        language=profile.language,
        languages=profile.languages,
        digits=profile.digits,
    )
    return Done(done=True)


@router.post(
    "/me/take-away",
    auth=OPENS,
    operation_id="take_away",
    summary="Everything that is mine, as an archive",
    openapi_extra=ZIP,
)
def take_away(request: ApiRequest) -> HttpResponse:
    """Return a ZIP with a JSON file for each part of the program, and pictures and voice notes. It is on record."""
    return archive(_person(request))


@router.get(
    "/me/erasure", auth=READS, response=ErasureFacts, operation_id="erasure", summary="What erasing me would do"
)
def erasure(request: ApiRequest) -> ErasureFacts:
    """Return what erasing does, what stands in its way, and whether it was asked for."""
    person = _person(request)
    refused, asked = erasing.obstacle(person), erasing.asked_by(_account(request))
    return ErasureFacts(
        asked_at=asked.asked_at if asked else None,
        due_at=asked.due_at if asked else None,
        foretold=[str(text) for text in erasing.foretell(person)],
        obstacle=sentence(refused) if refused else None,
    )


@router.post("/me/erase", auth=WRITES, response=ErasedFacts, operation_id="erase_me", summary="Erase me")
def erase_me(request: ApiRequest, wanted: EraseIn) -> ErasedFacts:
    """Erase the caller in seven days, or now. What was given and received stays, under nobody's name."""
    if wanted.when == "now":
        require_confirmed(wanted.confirm)
        erasing.erase_at_once(_account(request), now=request.auth.now)
        return ErasedFacts(erased=True, due_at=None)
    asked: Erasure = erasing.ask(_account(request), now=request.auth.now)
    return ErasedFacts(erased=False, due_at=asked.due_at)


@router.post(
    "/me/erase/call-off", auth=WRITES, response=Done, operation_id="call_off_erasing", summary="Do not erase me"
)
def call_off_erasing(request: ApiRequest) -> Done:
    """Call erasing off, as long as it has not happened."""
    erasing.call_off(_account(request))
    return Done(done=True)


@router.get("/me/blocks", auth=READS, response=Page[BlockedFacts], operation_id="list_blocks", summary="Whom I blocked")
def list_blocks(request: ApiRequest) -> Page[BlockedFacts]:
    """Return whom the caller blocked. Nobody else sees it."""
    rows = blocks.blocks_of(_account(request), now=request.auth.now)
    return Page[BlockedFacts](items=[BlockedFacts(id=one.id, called=one.called, made_at=one.made_at) for one in rows])


@router.post(
    "/me/blocks", auth=WRITES, response={201: Done}, operation_id="block_address", summary="Block by e-mail or phone"
)
def block_address(request: ApiRequest, wanted: BlockIn) -> Status[Done]:
    """Block whoever has this address, now or later. Neither sees the other from now on."""
    blocks.block_address(_account(request), wanted.address, wanted.region.upper(), now=request.auth.now)
    return Status(201, Done(done=True))


@router.post(
    "/me/blocks/{block_id}/remove", auth=WRITES, response=Done, operation_id="unblock", summary="Take a block back"
)
def unblock(request: ApiRequest, block_id: Id) -> Done:
    """Take a block back. Whom another block hides stays hidden."""
    blocks.unblock(_account(request), block_id, now=request.auth.now)
    return Done(done=True)

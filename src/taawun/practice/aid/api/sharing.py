"""Sharing over the API: the short link of a page, and one line in each of the circle's languages."""

from ninja import Router

from taawun.community.circles.api import as_reader, as_visitor
from taawun.community.people.api.shapes import Answer, Id, Slug
from taawun.community.people.api.tokens import READS_PUBLIC, ApiRequest
from taawun.practice.aid import access, sharing
from taawun.practice.aid.models import ShortLink

router = Router(tags=["sharing"])


class LineFacts(Answer):
    """One line for a chat group. It holds only what anyone with the link sees."""

    language: str
    text: str


class ShareFacts(Answer):
    """How to share a page. ``code`` is read aloud or typed at ``/s/``; ``picture`` is a QR code as SVG."""

    url: str
    code: str
    picture: str
    is_public: bool
    lines: list[LineFacts]


def _told(link: ShortLink, lines: list[sharing.Line], *, is_public: bool) -> ShareFacts:
    url = sharing.address(link)
    told = [LineFacts(language=one.language, text=one.text) for one in lines]
    return ShareFacts(url=url, code=link.code, picture=f"{url}picture.svg", is_public=is_public, lines=told)


@router.get(
    "/circles/{slug}/share", auth=READS_PUBLIC, response=ShareFacts, operation_id="share_board", summary="Share the board"
)
def share_board(request: ApiRequest, slug: Slug) -> ShareFacts:
    """Return a short link to the board, one line for a chat group in each of the circle's languages, and a QR code."""
    with as_visitor(request, slug) as (circle, _actor, now):
        link = sharing.short_link(circle, "board", None, now=now)
        return _told(link, sharing.lines(circle, None, sharing.address(link)), is_public=circle.is_public)


@router.get(
    "/circles/{slug}/intents/{intent_id}/share", auth=READS_PUBLIC, response=ShareFacts, operation_id="share_intent",
    summary="Share a need or an offer",
)  # fmt: skip
def share_intent(request: ApiRequest, slug: Slug, intent_id: Id) -> ShareFacts:
    """Return a short link to a need or an offer, and one line in each of the circle's languages with what is public of it."""
    with as_reader(request, slug) as (circle, actor, now):
        found = access.intent(circle, actor, intent_id)
        link = sharing.short_link(circle, "intent", found, now=now)
        return _told(
            link, sharing.lines(circle, found, sharing.address(link)), is_public=access.is_public(found)
        )

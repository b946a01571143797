"""For gateways of SMS and chat: what somebody answered to "it is brought to you" becomes what her link would do.

No gateway is part of the house yet. Whatever program receives messages calls this with a coordinator's or guardian's token.
"""

from typing import Literal

from ninja import Router

from taawun.community.circles import access
from taawun.community.people.api.shapes import Answer, Body, Line, Slug
from taawun.community.people.api.tokens import WRITES, ApiRequest
from taawun.reach.messages.answering import answer

router = Router(tags=["messages"])


class AnswerIn(Body):
    """A message as it came in, and the number it came from."""

    phone: Line
    text: Line


class AnswerFacts(Answer):
    """How the message was understood, and how the delivery stands now."""

    said: Literal["not_now", "after_all"]
    state: str


@router.post(
    "/circles/{slug}/answers",
    auth=WRITES,
    response=AnswerFacts,
    operation_id="answer_by_word",
    summary="Take in an answer by SMS",
)
def answer_by_word(request: ApiRequest, slug: Slug, sent: AnswerIn) -> AnswerFacts:
    """Put the one delivery of today that goes to this number off, or take that back; or refuse what is not clear."""
    circle, _actor = access.open_for_guardian(slug, request.auth.account)
    said, stop = answer(circle, sent.phone, sent.text, now=request.auth.now)
    return AnswerFacts(said=said, state=stop.state)

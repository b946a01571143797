"""Whose token this is and what it may."""

import uuid
from datetime import datetime
from typing import cast

from ninja import Router

from taawun.community.people.api.shapes import Answer
from taawun.community.people.api.tokens import READS, ApiRequest
from taawun.community.people.models import Account, ApiToken

router = Router(tags=["account"])


class TokenFacts(Answer):
    """The token in use."""

    name: str
    may_write: bool
    created_at: datetime
    expires_at: datetime | None


class Me(Answer):
    """The account behind the token: the agent it acts as, and the token itself."""

    agent_id: uuid.UUID
    name: str
    languages: list[str]
    language: str
    token: TokenFacts


@router.get("/me", auth=READS, response=Me, operation_id="me", summary="Whose token this is")
def me(request: ApiRequest) -> Me:
    """Return the account behind the token and what the token may do."""
    account, token = cast(Account, request.auth.account), cast(ApiToken, request.auth.token)
    return Me(
        agent_id=account.agent_id,
        name=account.agent.name,
        languages=account.agent.languages,
        language=account.language,
        token=TokenFacts(
            name=token.name, may_write=token.may_write, created_at=token.created_at, expires_at=token.expires_at
        ),
    )

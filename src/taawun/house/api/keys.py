"""Once a key: a write sent twice with the same Idempotency-Key happens once, and is answered the same to the letter.

What was answered is kept for repetition, and an answer may hold a receipt code; so it is kept encrypted, under a key
that needs both the server's secret and the caller's key. The same goes for the fingerprint of what was asked.
"""

import base64
import hmac
import json
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Status
from pydantic import BaseModel

from taawun.community.people.api.tokens import Caller
from taawun.ground.journal.once import once
from taawun.ground.values import refusal
from taawun.ground.values.ids import parse_id
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import cipher

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
HEADER_LENGTH_MAX = 60

refusal.register(
    {
        "key.missing": _(
            "Send a header Idempotency-Key with a new UUID for each thing you do, and the same one when you try it again."
        ),
        "key.other_content": _("This Idempotency-Key was already used for something else. Take a new one."),
    }
)


def key_of(request: HttpRequest) -> uuid.UUID:
    """Return the key of a write, or refuse one that has none."""
    text = request.headers.get(HEADER, "").strip()
    if not text:
        raise Refusal("key.missing", HEADER, status=400)
    key = parse_id(text) if len(text) <= HEADER_LENGTH_MAX else None
    if key is None:
        raise Refusal("key.not_a_key", HEADER, status=400)
    return key


def response_of(result: object) -> HttpResponse:
    """Return what an operation answered as a response: an answer, an answer with its status, or a response as it is."""
    status = 200
    if isinstance(result, Status):
        status, result = result.status_code, result.value
    if isinstance(result, HttpResponse):
        return result
    assert isinstance(result, BaseModel), f"an operation answers with a model, not with {type(result)}"
    return HttpResponse(result.model_dump_json().encode(), status=status, content_type="application/json")


def _secret(purpose: str, text: bytes) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), purpose.encode() + b"|" + text, "sha256")


def _sealed(key: uuid.UUID, response: HttpResponse) -> dict[str, object]:
    content = json.dumps({"status": response.status_code, "body": response.content.decode()})
    sealed = cipher.encrypt(_secret("api answer", key.bytes), content.encode(), key.bytes)
    return {"sealed": base64.b64encode(sealed).decode()}


def _opened(key: uuid.UUID, kept: dict[str, object]) -> HttpResponse:
    try:
        sealed = base64.b64decode(str(kept["sealed"]))
        content = json.loads(cipher.decrypt(_secret("api answer", key.bytes), sealed, key.bytes))
    except (cipher.VaultError, KeyError, ValueError):
        # Kept for a form of the pages, or under another secret: not this caller's answer in any case.
        raise Refusal.conflict("key.other_content", HEADER) from None
    response = HttpResponse(content["body"].encode(), status=content["status"], content_type="application/json")
    response.headers[REPLAYED] = "true"
    return response


def once_a_key(operation: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Wrap an operation: what its gate calls keyed is done once a key; everything is turned into a response."""

    @wraps(operation)
    def answered(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        caller: Caller = request.auth  # type: ignore[attr-defined]
        if not caller.keyed:
            return response_of(operation(request, *args, **values))
        key = key_of(request)
        fresh: list[HttpResponse] = []

        def act() -> dict[str, object]:
            fresh.append(response_of(operation(request, *args, **values)))
            return _sealed(key, fresh[0])

        asked = _secret("api request", f"{request.method} {request.get_full_path()}\n".encode() + request.body)
        try:
            kept = once(
                key,
                actor_id=caller.agent_id,
                verb="api",
                content={"asked": asked.hex()},
                now=caller.now,
                act=act,
            )
        except Refusal as refused:
            if refused.code == "key.reused":
                raise Refusal.conflict("key.other_content", HEADER) from None
            raise
        return fresh[0] if fresh else _opened(key, kept)

    return answered

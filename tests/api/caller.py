"""A program that calls the API: a token, a language, a fresh key for each write."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from taawun.community.people import actions as people
from taawun.community.people.models import Account

ROOT = "/api/v1"


@dataclass
class Caller:
    """Calls with a token, or, with an empty one, as a visitor."""

    token: str = ""
    language: str = "en"
    client: Client = field(default_factory=lambda: Client(raise_request_exception=True))

    def _headers(self, **more: str) -> dict[str, str]:
        headers = {"Accept-Language": self.language} | {name.replace("_", "-"): text for name, text in more.items()}
        return headers | ({"Authorization": f"Bearer {self.token}"} if self.token else {})

    def get(self, path: str, **query: object) -> HttpResponse:
        return self.client.get(ROOT + path, query, headers=self._headers())

    def post(self, path: str, body: object = None, *, key: str | None = "", **headers: str) -> HttpResponse:
        """Post JSON (or bytes as they are). ``key`` is a fresh one where it is empty, and none where it is None."""
        if key is not None:
            headers["Idempotency_Key"] = key or str(uuid.uuid4())
        data = body if isinstance(body, bytes) else json.dumps({} if body is None else body)
        kind = headers.pop("Content_Type", "application/json")
        return self.client.generic("POST", ROOT + path, data, kind, headers=self._headers(**headers))


def caller_of(account: Account, *, may_write: bool = True, language: str = "en") -> Caller:
    """Return a caller with a new token of this account."""
    _token, text = people.make_token(account, "a test", may_write=may_write, now=timezone.now())
    return Caller(text, language)


def told(response: HttpResponse, status: int = 200) -> Any:
    """Return what was answered, which must have this status."""
    assert response.status_code == status, response.content.decode()
    return json.loads(response.content)


def refused(response: HttpResponse, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    """Return the problem that was answered, which must be whole and be this one."""
    assert response.status_code == status, response.content.decode()
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(response.content)
    assert set(problem) == {"type", "title", "status", "detail", "code", "field", "errors"}
    assert (problem["code"], problem["status"], problem["type"]) == (code, status, f"/problems/{code}")
    assert problem["title"] and problem["detail"]
    assert problem["field"] == field, problem
    return problem

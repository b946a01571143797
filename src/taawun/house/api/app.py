"""The API's one object: the rooms' operations, and around each of them the same errors, keys and strictness."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Router
from ninja.operation import Operation
from ninja.parser import Parser

from taawun.community.circles.api import router as circles
from taawun.community.circles.own_api import router as members_own
from taawun.community.circles.staff_api import router as staff
from taawun.community.conversations.api import router as conversations
from taawun.community.people.api.operations import router as people
from taawun.community.people.api.own import router as own
from taawun.ground.values import refusal
from taawun.ground.values.refusal import Refusal
from taawun.house.api import problems
from taawun.house.api.document import DESCRIPTION, Document
from taawun.house.api.feed import router as feed
from taawun.house.api.keys import once_a_key
from taawun.practice.aid.api import routers as aid
from taawun.practice.delivery.api import routers as rounds
from taawun.practice.delivery.api.carrying import router as carrying
from taawun.reach.messages.answers_api import router as answers
from taawun.reach.messages.api import router as drafts
from taawun.reach.sheets.api import router as sheets
from taawun.reach.sheets.loads_api import router as loads

VERSION = "1.0.0"
ROUTERS: tuple[Router, ...] = (people, own, circles, members_own, staff, conversations, *aid, feed, sheets, loads, drafts, *rounds, carrying, answers)

refusal.register(
    {
        "query.unknown": _("There is no parameter “%(name)s” here. Possible are: %(known)s."),
        "query.none": _("There is no parameter “%(name)s” here; this address takes none."),
        "body.content_type": _("Send the body as %(expected)s, and say so in the header Content-Type."),
    }
)


class StrictParser(Parser):
    """Reads JSON as JSON is defined: no NaN, and nothing that only looks like it by its name."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise Refusal("body.content_type", "Content-Type", status=415, expected="application/json")
        return json.loads(request.body, parse_constant=_no_constant)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


class Api(NinjaAPI):
    """The API. Its document is made once: it depends on nothing but the code and where it is mounted."""

    def __init__(self) -> None:
        super().__init__(
            title="Taawun",
            version=VERSION,
            description=DESCRIPTION,
            docs_url=None,
            parser=StrictParser(),
            urls_namespace="api",
        )
        self._documents: dict[str, Document] = {}

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> Document:
        prefix = path_prefix if path_prefix is not None else self.get_root_path(path_params or {})
        if prefix not in self._documents:
            self._documents[prefix] = Document(self, prefix)
        return self._documents[prefix]


def known_parameters_only(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse query parameters an operation does not know: a misspelt filter would silently show everything."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    known = {
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    }

    @wraps(run)
    def checked(request: HttpRequest, **values: Any) -> HttpResponse:
        unknown = [name for name in request.GET if name not in known]
        if not unknown:
            return run(request, **values)
        name = unknown[0][:60]
        code = "query.unknown" if known else "query.none"
        return operation.api.on_exception(request, Refusal(code, name, name=name, known=", ".join(sorted(known))))

    return checked


def make_api() -> Api:
    made = Api()
    problems.install(made)
    made.add_decorator(known_parameters_only, mode="view")
    made.add_decorator(once_a_key, mode="operation")
    for router in ROUTERS:
        made.add_router("", router)
    return made


api = make_api()

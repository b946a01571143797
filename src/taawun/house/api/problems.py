"""Every error of the API as problem+json (RFC 9457): what is wrong, with which field, and what would be right."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, Field

from taawun.community.people.api.shapes import Refusals, Wrong
from taawun.ground.values.refusal import Refusal, registered, sentence

CONTENT_TYPE = "application/problem+json"
DAY_SECONDS = 86_400

logger = logging.getLogger("taawun.api")


class FieldProblem(BaseModel):
    """What is wrong with one field. ``field`` is its path in the body, such as ``private.door``, or a parameter's name."""

    field: str
    code: str
    detail: str
    line: int | None = Field(None, description="In a sheet: the line of the file; the field is then the column")


class Problem(BaseModel):
    """An error. ``code`` is for programs and never changes; ``detail`` is a sentence in the language of Accept-Language."""

    type: str = Field(json_schema_extra={"format": "uri-reference"})
    title: str
    status: int
    detail: str
    code: str
    field: str | None
    errors: list[FieldProblem]


def titles() -> Mapping[int, str]:
    return {
        400: _("The request cannot be read"),
        401: _("A token is needed"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Not possible here"),
        409: _("Something has changed, or was done already"),
        413: _("Too large"),
        415: _("Not this kind of content"),
        422: _("Something in the request is wrong"),
        429: _("Too often"),
        500: _("Something went wrong here"),
        503: _("Busy"),
    }


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    field: str | None = None,
    errors: Iterable[Wrong] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return the response of an error. An error of one field lists that field among ``errors`` too."""
    wrong = list(errors) or ([Wrong(field, code, detail)] if field else [])
    content = {
        "type": f"/problems/{code}",
        "title": titles().get(status, ""),
        "status": status,
        "detail": detail,
        "code": code,
        "field": field,
        "errors": [asdict(one) for one in wrong],
    }
    body = json.dumps(content, ensure_ascii=False)
    return HttpResponse(body.encode(errors="replace"), status=status, content_type=CONTENT_TYPE, headers=headers or {})


def of_refusal(refusal: Refusal) -> HttpResponse:
    headers: dict[str, str] = {}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="taawun"'
    if refusal.status == 429:
        minutes = refusal.facts.get("minutes")
        headers["Retry-After"] = str(minutes * 60 if isinstance(minutes, int) else DAY_SECONDS)
    said = sentence(refusal)
    if refusal.status == 404 and refusal.code == "not_found":
        said = not_found_detail()
    wrong = refusal.wrong if isinstance(refusal, Refusals) else ()
    return problem(refusal.status, refusal.code, said, field=refusal.field, errors=wrong, headers=headers)


def not_found_detail() -> str:
    return _("There is nothing at this address, or it is not open to you.")


def not_allowed(method: str, allowed: str) -> HttpResponse:
    said = _("%(method)s is not possible here. Possible are: %(allowed)s.") % {"method": method[:20], "allowed": allowed}
    return problem(405, "method.not_allowed", said, headers={"Allow": allowed})


def too_large(limit_bytes: int) -> HttpResponse:
    said = _("The request is too large. At most %(limit)s bytes are possible.") % {"limit": limit_bytes}
    return problem(413, "body.too_large", said)


def _field_of(location: tuple[Any, ...]) -> str:
    """Return a field as its caller knows it: without the source, and for a body without the argument's name."""
    source, *path = location
    if source == "body":
        path = path[1:]
    return ".".join(str(one) for one in path) or str(source)


def _sentence_of(kind: str, context: Mapping[str, Any]) -> str:
    """Return what is wrong by the kind of error the library found, in our words."""
    if kind in registered():
        return sentence(Refusal(kind, **context))
    match kind:
        case "missing":
            return _("This field is missing.")
        case "extra_forbidden":
            return _("There is no such field. Check how it is written.")
        case "literal_error":
            return _("Choose one of: %(expected)s.") % {"expected": context.get("expected", "")}
        case "string_type" | "string_unicode" | "string_sub_type":
            return _("This must be a text.")
        case "string_too_long":
            return _("This text is too long. At most %(limit)s characters are possible.") % {
                "limit": context.get("max_length", "")
            }
        case "int_type" | "int_parsing" | "int_from_float" | "int_parsing_size":
            return _("This must be a whole number.")
        case "float_type" | "float_parsing" | "finite_number":
            return _("This must be a number.")
        case "bool_type" | "bool_parsing":
            return _("This must be true or false.")
        case "list_type":
            return _("This must be a list.")
        case "too_long":
            return _("This list is too long. At most %(limit)s are possible.") % {"limit": context.get("max_length", "")}
        case "model_type" | "model_attributes_type" | "dict_type":
            return _("This must be an object with named fields.")
        case "greater_than_equal":
            return _("This is too small. The least is %(limit)s.") % {"limit": context.get("ge", "")}
        case "less_than_equal":
            return _("This is too large. The most is %(limit)s.") % {"limit": context.get("le", "")}
        case "id.format":
            return _("This is not an id. It looks like 018f3c1e-7b5a-7c3d-9f00-2b1a6c0d4e5f.")
        case "moment.format":
            return _("This is not a moment. Write it with its zone, such as 2026-05-17T14:30:00Z.")
        case "moment.year":
            return _("This year cannot be right. Check the date.")
        case "clock.format":
            return _("This is not an hour and minute. It looks like 17:30.")
    return _("This cannot be read. The API's document says what belongs here.")


def of_validation(error: ValidationError) -> HttpResponse:
    wrong = []
    for one in error.errors:
        code = str(one["type"])
        field = _field_of(tuple(one["loc"]))
        wrong.append(Wrong(field, code if "." in code else f"field.{code}", _sentence_of(code, one.get("ctx") or {})))
    first = wrong[0]
    return problem(422, first.code, first.detail, field=first.field, errors=wrong)


def _of_http_error(error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, Refusal):
        return of_refusal(error.__cause__)
    if error.status_code == 400:
        return problem(400, "body.not_json", _("The body is not JSON. Send one JSON object in UTF-8."))
    return problem(error.status_code, f"http.{error.status_code}", titles().get(error.status_code, ""))


def of_accident(error: Exception) -> HttpResponse:
    """Something nobody foresaw: logged here, undone, and answered without details."""
    if isinstance(error, OperationalError | InterfaceError):
        answer = problem(503, "server.database", _("The database does not answer at the moment. Try again in a few seconds."))
        answer["Retry-After"] = "5"
        return answer
    logger.error("an operation of the API failed", exc_info=error)
    if connection.in_atomic_block:
        transaction.set_rollback(True)
    said = _("Something went wrong here, and nothing was changed. It is written down in the server's log.")
    return problem(500, "server.error", said)


def _answered_by(make: Callable[[Any], HttpResponse]) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda _request, error: make(error)


def install(api: NinjaAPI) -> None:
    """Make every error of the API's operations a problem."""
    api.add_exception_handler(Refusal, _answered_by(of_refusal))
    api.add_exception_handler(ValidationError, _answered_by(of_validation))
    api.add_exception_handler(HttpError, _answered_by(_of_http_error))
    api.add_exception_handler(
        AuthenticationError, _answered_by(lambda _error: of_refusal(Refusal("token.needed", status=401)))
    )
    api.add_exception_handler(Http404, _answered_by(lambda _error: of_refusal(Refusal.not_found())))
    api.add_exception_handler(SuspiciousOperation, _answered_by(_of_suspicious))
    api.add_exception_handler(Exception, _answered_by(of_accident))


def _of_suspicious(_error: SuspiciousOperation) -> HttpResponse:
    return problem(400, "request.unreadable", _("The request cannot be read."))

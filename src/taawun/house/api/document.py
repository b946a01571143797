"""The OpenAPI document: what the operations say of themselves, and what holds for all of them, added in one place."""

from typing import Any

from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from ninja.operation import Operation

from taawun.community.people.api.tokens import Gate
from taawun.house.api.keys import HEADER, REPLAYED
from taawun.house.api.problems import CONTENT_TYPE, Problem

TOKEN = "token"
DESCRIPTION = """\
Mutual aid over HTTP: everything a person can do on the pages, a program can do here, with the same rules.

Tokens are made on one's account page and sent as `Authorization: Bearer …`. What is public needs none. Every write
carries an `Idempotency-Key` (a new UUID for each thing done): sent twice, it happens once and is answered the same.
Lists come in pages: send `next` back as `cursor`. Errors are problem+json (RFC 9457). Texts are in the language of
`Accept-Language`. Times carry their zone. Amounts are decimal texts in the unit of the kind.
"""
_DESCRIPTIONS = {
    400: "The request cannot be read, or has no proper Idempotency-Key",
    401: "A token is needed, or this one is not valid",
    403: "Not allowed for this caller, or the token may only read",
    404: "There is no such thing, or it is not open to this caller",
    409: "Something has changed meanwhile, or the Idempotency-Key was used for something else",
    413: "The body is too large",
    415: "The body is not of the kind this operation reads",
    422: "A field is wrong; each one is named",
    429: "Too often",
    500: "Something went wrong on the server",
}
_READING = (400, 401, 403, 404, 422, 429, 500)
_WRITING = (400, 401, 403, 404, 409, 413, 415, 422, 429, 500)


class Document(OpenAPISchema):
    """django-ninja's document, with the token, the key, and every error declared on every operation."""

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        details: dict[str, Any] = super().operation_details(operation)
        gate = operation.auth_callbacks[0]
        assert isinstance(gate, Gate), f"{operation.operation_id} has no gate"
        details["security"] = [{TOKEN: []}, {}] if gate.public else [{TOKEN: []}]
        responses = details["responses"]
        if gate.keyed:
            details["parameters"].append(
                {
                    "in": "header",
                    "name": HEADER,
                    "required": True,
                    "description": "A new UUID for each thing done, and the same one when it is tried again",
                    "schema": {"type": "string", "format": "uuid"},
                }
            )
            for response in responses.values():
                response["headers"] = {
                    REPLAYED: {
                        "description": "true when this was done before and is only answered again",
                        "schema": {"type": "string", "enum": ["true"]},
                    }
                }
        for status in _WRITING if operation.methods != ["GET"] else _READING:
            responses[status] = _problem(status)
        return details

    def operation_security(self, operation: Operation) -> None:
        return None

    def get_components(self) -> dict[str, Any]:
        schema = Problem.model_json_schema(ref_template=REF_TEMPLATE)
        self.schemas |= schema.pop("$defs") | {"Problem": schema}
        return {
            "schemas": dict(sorted(self.schemas.items())),
            "securitySchemes": {
                TOKEN: {"type": "http", "scheme": "bearer", "description": "A token from the account's page"}
            },
        }


def _problem(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": _DESCRIPTIONS[status],
        "content": {CONTENT_TYPE: {"schema": {"$ref": REF_TEMPLATE.format(model="Problem")}}},
    }
    if status == 429:
        response["headers"] = {
            "Retry-After": {"description": "Seconds to wait", "schema": {"type": "string", "pattern": "^[0-9]+$"}}
        }
    if status == 401:
        response["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return response

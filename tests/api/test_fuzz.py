"""A machine reads the document and tries everything it allows and much that it forbids: never a 5xx, never an answer that
was not declared. Once with a coordinator's token, once as nobody."""

import json
from collections.abc import Iterator

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings

from taawun.community.people.models import RateWindow
from taawun.ground.values.ids import new_id, parse_id
from taawun.house.api.app import api
from taawun.practice.aid import actions
from taawun.practice.aid.actions import series
from taawun.practice.aid.series_rules import WEEK, Repetition
from tests.api.caller import caller_of
from tests.api.emptying import empty_database
from tests.world import make_world

EXAMPLES = 12
CONFIG = schemathesis.Config.from_dict(
    {
        "generation": {"mode": "all", "deterministic": True, "database": "none"},
        "phases": {"coverage": {"enabled": True}, "stateful": {"enabled": False}},
        "checks": {
            # Words that are texts by the document may still be refused: a kind nobody knows, an amount that is none.
            "positive_data_acceptance": {"expected-statuses": ["2xx", "400", "401", "403", "404", "409", "413", "422"]},
            "negative_data_rejection": {"expected-statuses": ["400", "401", "403", "404", "405", "409", "413", "415", "422"]},
        },
    }
)
document = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
schema = schemathesis.openapi.from_dict(document, config=CONFIG)
schema.app = get_wsgi_application()
schema.config.update(base_url="http://localhost")
# What stands in the town: half of all generated addresses lead to it, the others nowhere.
THERE: dict[str, str] = {}
TOKEN: dict[str, str] = {}
UNGUESSED = {"area", "on_behalf_of", "unit", "starts_at", "ends_at", "from_time", "to_time", "summary"}


@schema.hook
def map_path_parameters(context: object, path_parameters: dict[str, object] | None) -> dict[str, object] | None:
    """Lead calls to what is there, but for every fourth and for those that are meant to be wrong."""
    return path_parameters and {name: _there(name, value) for name, value in path_parameters.items()}


def _there(name: str, value: object) -> object:
    text = str(value)
    meant = len(text) <= 60 if name == "slug" else parse_id(text) is not None
    return THERE.get(name, value) if meant and _coin(text) else value


@schema.hook
def map_body(context: object, body: object) -> object:
    """Let most drafts be about something the circle knows: a machine does not guess its words, its places and its dates."""
    if not isinstance(body, dict) or "kind" not in body or not _coin(body):
        return body
    changed = {name: value for name, value in body.items() if name not in UNGUESSED or not isinstance(value, str)}
    for name, word in (("kind", "food.cooked_meal"), ("quantity", "2")):
        if isinstance(body.get(name), str) and len(body[name]) <= 40:
            changed[name] = word
    private = body.get("private")
    if isinstance(private, dict):
        changed["private"] = {name: value for name, value in private.items() if name != "plus_code"}
    return changed


@schema.hook
def map_headers(context: object, headers: dict[str, str] | None) -> dict[str, str] | None:
    """Let most keys be new ones; a machine likes to use the same again."""
    key = (headers or {}).get("Idempotency-Key")
    if headers is None or not isinstance(key, str) or parse_id(key) is None or not _coin(headers):
        return headers
    return {**headers, "Idempotency-Key": str(new_id())}


def _coin(value: object) -> bool:
    """Three times of four, and always the same for the same value."""
    return sum(repr(value).encode(errors="replace")) % 4 > 0


@pytest.fixture(scope="module", autouse=True)
def town(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """A circle with a need, an offer and a promise, really committed: the machine's calls are whole requests."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            made = make_world()
            made.now = timezone.now()
            made.join("Yusuf")
            need, _offer = made.need("Yusuf"), made.offer("Amina")
            promise = actions.claim(made.actor("Amina"), need.id, quantity=1, now=made.now)
            weekly = series.start(
                made.actor("Yusuf"), actions.IntentDraft(direction="request", kind="food.bread", quantity=1, urgency=0),
                actions.Again(Repetition(WEEK, made.now.date(), weekdays=(3,))), now=made.now,
            )  # fmt: skip
            TOKEN["coordinator"] = caller_of(made.accounts["Amina"]).token
        THERE.update(slug=made.circle.slug, intent_id=str(need.id), commitment_id=str(promise.id), series_id=str(weekly.id))
        yield
        empty_database()


def tried(case: schemathesis.Case, headers: dict[str, str]) -> None:
    # A machine calls more often than anyone may; how that is refused is tested elsewhere.
    RateWindow.objects.all().delete()
    case.call_and_validate(headers={"Accept-Encoding": "identity"} | headers)


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_as_a_coordinator(case: schemathesis.Case) -> None:
    tried(case, {"Authorization": f"Bearer {TOKEN['coordinator']}"})


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_as_nobody(case: schemathesis.Case) -> None:
    tried(case, {})

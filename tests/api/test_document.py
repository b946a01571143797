"""The OpenAPI document: the one in the docs is the one that is served, and every operation says all that can happen."""

import json
from pathlib import Path

from taawun.house.api.app import api
from tests.api.caller import Caller

SNAPSHOT = Path(__file__).parents[2] / "docs" / "openapi.json"
HOW = "the API changed: run `python -m taawun.house.api` to write docs/openapi.json anew, and read what changed"


def test_the_document_in_the_docs_is_the_one_that_is_served(db):
    served = json.loads(Caller().get("/openapi.json").content)
    assert served["openapi"].startswith("3.1")
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == served, HOW


def test_every_operation_is_explained_and_declares_its_errors():
    document = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    ids = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            ids.append(operation["operationId"])
            assert operation["summary"] and operation["description"], where
            wanted = {"400", "401", "403", "404", "422", "429", "500"}
            assert wanted | ({"409", "413", "415"} if method == "post" else set()) <= set(operation["responses"]), where
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"], where
    assert len(ids) == len(set(ids))


def test_what_is_private_goes_in_and_never_out():
    document = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    schemas = document["components"]["schemas"]
    for name in ("IntentFacts", "IntentDetail", "CommitmentFacts", "NearFacts", "SuggestionFacts"):
        assert not {"private", "reach", "door", "phone", "details", "name"} & set(schemas[name]["properties"]), name


def test_every_write_is_done_once_a_key_but_those_that_only_look():
    document = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    without = {
        operation["operationId"]
        for methods in document["paths"].values()
        for method, operation in methods.items()
        if method != "get" and "Idempotency-Key" not in {one["name"] for one in operation["parameters"]}
    }
    assert without == {
        "open_intent", "reveal_commitment", "follow_need", "follow_givers", "follow_messages", "follow_medium",
        # Looks at two sides, each on record; and a search, which stores nothing.
        "open_person_pair", "open_need_link", "find_likely",
        # Doors of a round, each a look on record; and a delivery by its link.
        "carry_doors", "carry_along", "coming",
        # Reads a message and stores nothing; and a file made for the one who asks.
        "read_drafts", "take_everything",
        # What is mine: each time is a look, or a file made for it.
        "take_away", "take_away_for", "open_known", "follow_known", "follow_take_away",
    }  # fmt: skip


def test_every_operation_stands_in_the_docs():
    told = (SNAPSHOT.parent / "api.md").read_text(encoding="utf-8")
    document = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    missing = [path for path in document["paths"] if path.removeprefix("/api/v1") not in told]
    assert not missing

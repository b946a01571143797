"""Browsers for the people of a world, and what the pages are looked at with."""

import gzip
import re
import uuid
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from taawun.community.people.models import Account
from taawun.ground.values.scope import set_agents, set_scope
from tests.world import World, make_world

# Begin, commit and savepoints are no questions to the database.
NOT_QUERIES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
BACKEND = "taawun.community.people.backend.AccountBackend"


class Browser(Client):
    """A browser at its own address. Before each request the scope that an earlier one opened is closed.

    On a server each request has a transaction of its own; a test has one for all, and a page that forgot to open its
    circle must not find it open.
    """

    def __init__(self, account: Account | None = None, **named: str) -> None:
        super().__init__(SERVER_NAME="localhost", **named)
        if account is not None:
            self.force_login(account, backend=BACKEND)

    def request(self, **request):
        set_scope([])
        set_agents([])
        return super().request(**request)

    def send(self, address: str, fields: dict | None = None, **named):
        """Send a form with a key of its own, as a page does."""
        return self.post(address, {"key": str(uuid.uuid4())} | (fields or {}), **named)

    @property
    def is_signed_in(self) -> bool:
        return "_auth_user_id" in self.session


@dataclass
class Measured:
    queries: int
    bytes_compressed: int


def measured(browser: Browser, address: str) -> Measured:
    """How many questions a page asks the database, and how large it is on the wire."""
    with CaptureQueriesContext(connection) as caught:
        answer = browser.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    asked = [one for one in caught.captured_queries if not one["sql"].startswith(NOT_QUERIES)]
    # Closing the scope before the request asks twice, which no server does.
    return Measured(len(asked) - 2, len(gzip.compress(answer.content, 6)))


def text_of(answer) -> str:
    """What stands on a page, without its tags."""
    main = re.search(r"<main.*</main>|<div class=\"frame\">.*", answer.content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", main[0] if main else "").split())


@pytest.fixture
def town(db: None) -> World:
    """A circle of today, with Amina (coordinator), Yusuf (member) and Ghada (guardian)."""
    made = make_world()
    made.now = timezone.now()
    made.join("Yusuf")
    made.join("Ghada", "guardian")
    return made


@pytest.fixture
def hill(db: None) -> World:
    """A neighbouring circle with a coordinator, Omar, and a member, Huda."""
    made = make_world("Hillside", founder="Omar")
    made.now = timezone.now()
    made.join("Huda")
    return made

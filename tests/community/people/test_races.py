"""Two at the same moment with one link or one code: the account is entered once."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from taawun.community.people import actions as people
from taawun.community.people import secrets
from taawun.community.people.models import SignInAttempt
from taawun.ground.values.refusal import Refusal
from tests.world import NOW

HANDS = 6


@pytest.fixture
def db(committed_db: None) -> Iterator[None]:
    """Transactions that really commit: only then can two of them meet."""
    yield


@pytest.mark.parametrize("way", ["link", "code"])
def test_of_several_at_the_same_moment_one_signs_in(db: None, way: str) -> None:
    account = people.open_account(name="Yusuf", language="en", now=NOW)
    people.add_contact(account, "yusuf@example.org", "GB", now=NOW, verified=True)
    attempt = people.ask_to_sign_in("yusuf@example.org", "GB", visitor="::1", now=NOW)
    SignInAttempt.objects.update(tries_left=HANDS)
    gate = threading.Barrier(HANDS)

    def sign_in(number: int) -> str:
        gate.wait(30)
        try:
            if way == "link":
                people.sign_in_by_link(secrets.token_of("sign-in", attempt.id), now=NOW)
            else:
                people.sign_in_by_code(attempt.id, secrets.code_of(attempt.id), visitor=f"::{number}", now=NOW)
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "signed in"

    with ThreadPoolExecutor(HANDS) as pool:
        said = sorted(pool.map(sign_in, range(HANDS)))
    assert said == ["code.expired"] * (HANDS - 1) + ["signed in"]

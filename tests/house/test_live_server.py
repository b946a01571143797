"""The web server itself: what it takes, what it refuses, and that busy pages hold up neither streams nor the health check."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection, transaction

from taawun.community.people.models import SignInAttempt
from taawun.house.server import BODY_BYTES_MAX, WAITING_A_THREAD_MAX
from tests.house.live_tools import PATIENCE_SECONDS, Server, cookie_of, database_url, serving, write
from tests.world import World, make_world

THREADS = 2
TOO_LARGE = (413, "This is too large: at most 1 MB can be sent at once.\n")


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Server]:
    with serving(database_url(), threads=THREADS) as running:
        yield running


@pytest.fixture
def db(committed_db: None) -> None:
    """Rows that are really committed: the server is another process. By this name pytest knows to make a test database."""


@pytest.fixture
def town(db: None) -> World:
    with transaction.atomic():
        return make_world()


@pytest.fixture
def form(server: Server) -> tuple[dict[str, str], bytes]:
    """The headers and the beginning of a form that Django takes only if it can read the body: the token is in there."""
    token = "a" * 32
    headers = {
        "Cookie": f"{settings.CSRF_COOKIE_NAME}={token}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"http://127.0.0.1:{server.port}",
    }
    return headers, f"csrfmiddlewaretoken={token}&address=".encode()


def test_a_form_is_read_whole_with_and_without_a_length(
    server: Server, db: None, form: tuple[dict[str, str], bytes]
) -> None:
    headers, start = form
    for body in (start, iter([start[:7], start[7:]])):
        assert server.ask("/sign-in/", "POST", headers=headers, body=body)[0] == 422
    assert server.ask("/sign-in/", "POST", headers=headers, body=iter([b"address=x"]))[0] == 403


def test_a_megabyte_is_taken_and_one_byte_more_is_not(
    server: Server, db: None, form: tuple[dict[str, str], bytes]
) -> None:
    headers, start = form
    full = start.ljust(BODY_BYTES_MAX, b"x")
    assert server.ask("/sign-in/", "POST", headers=headers, body=full)[0] == 422
    assert server.ask("/sign-in/", "POST", headers=headers, body=full + b"x") == TOO_LARGE
    assert server.ask("/sign-in/", "POST", headers=headers, body=iter([full, b"x"])) == TOO_LARGE


def test_ten_megabytes_are_refused_and_not_held(server: Server) -> None:
    before_kilobytes = server.peak_kilobytes()
    for body in (b"x" * 10_000_000, (b"x" * 100_000 for _ in range(100))):
        assert server.ask("/sign-in/", "POST", body=body) == TOO_LARGE
    assert server.peak_kilobytes() - before_kilobytes < 4_000


def test_who_asks_before_sending_is_refused_before_sending(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS) as raw:
        raw.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 10000000\r\n\r\n")
        assert raw.recv(12) == b"HTTP/1.1 413"


def test_a_request_that_breaks_off_is_not_acted_on(
    server: Server, db: None, form: tuple[dict[str, str], bytes]
) -> None:
    # Django would take the cut form for a whole one, and count an attempt to sign in.
    headers, start = form
    body = start + b"amina%40example.org"
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS) as raw:
        lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
        raw.sendall(
            f"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{''.join(lines)}Content-Length: 500\r\n\r\n".encode()
        )
        raw.sendall(body)
        raw.shutdown(socket.SHUT_WR)
        while raw.recv(1000):
            pass
    assert SignInAttempt.objects.count() == 0
    assert server.ask("/sign-in/", "POST", headers=headers, body=body)[0] == 302
    assert SignInAttempt.objects.count() == 1


def test_a_connection_serves_many_requests(server: Server, db: None) -> None:
    kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    kept.connect()
    first = kept.sock
    for path, method in (("/health/", "GET"), ("/nowhere/", "GET"), ("/nowhere/", "HEAD"), ("/health/", "HEAD")):
        kept.request(method, path)
        answered = kept.getresponse()
        assert (len(answered.read()) > 0) is (method == "GET")
        assert kept.sock is first
    kept.close()


@pytest.mark.parametrize("target", [b"/?q=\xc3\xa9", b"/\xff", b"/%ff%fe?%ff", b"/%00", b"/?" + b"a&" * 1000])
def test_no_address_is_too_strange_for_an_answer(server: Server, db: None, target: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS) as raw:
        raw.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert raw.recv(10)[9:10] in b"234"


def test_a_header_with_underscores_is_not_taken_for_another(server: Server, db: None) -> None:
    # To WSGI both are one name, and a proxy in front guards only the one with hyphens.
    assert '<html lang="ar"' in server.ask("/sign-in/", headers={"Accept-Language": "ar"})[1]
    assert '<html lang="en"' in server.ask("/sign-in/", headers={"Accept_Language": "ar"})[1]


def test_busy_pages_hold_up_neither_streams_nor_the_health_check(server: Server, town: World) -> None:
    cookie = cookie_of(town.accounts["Amina"])
    answers: list[int] = []

    def ask() -> None:
        answers.append(server.ask("/nowhere/", headers=cookie)[0])

    takers = [threading.Thread(target=ask) for _ in range(THREADS * (1 + WAITING_A_THREAD_MAX) + 3)]
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Whoever is signed in now waits for this table; visitors do not need it.
            cursor.execute("LOCK TABLE people_account IN ACCESS EXCLUSIVE MODE")
        for taker in takers:
            taker.start()
        while answers.count(503) < 3:
            takers[0].join(0.01)
        assert server.ask("/health/") == (200, "ok\n")
        with server.listen(town) as stream:
            assert stream.greeting["id"]
    for taker in takers:
        taker.join(PATIENCE_SECONDS)
    assert sorted(answers) == [404] * (len(takers) - 3) + [503] * 3
    with server.listen(town) as stream:
        write(town, "afterwards")
        assert stream.next()["name"] == "afterwards"

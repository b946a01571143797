"""The live stream over real sockets: who hears what, in which order, and what happens to those who were away."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from django.db import transaction

from taawun.community.circles import actions as circles
from taawun.community.circles.models import Circle
from taawun.community.people import actions as people
from taawun.community.people.models import Account
from taawun.ground.journal.models import Audience
from taawun.house.live.stream import STREAMS_A_PERSON_MAX
from tests.house.live_tools import Server, cookie_of, database_url, newest, path_of, serving, write
from tests.world import NOW, World, make_world

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Server]:
    with serving(database_url()) as running:
        yield running


@pytest.fixture
def db(committed_db: None) -> None:
    """Rows that are really committed: the server is another process. By this name pytest knows to make a test database."""


@pytest.fixture
def town(db: None) -> World:
    """A public circle with Amina (coordinator) and Yusuf (member)."""
    with transaction.atomic():
        made = make_world()
        made.join("Yusuf")
    return made


def _stranger() -> Account:
    return people.open_account(name="Sara", language="en", now=NOW)


def test_entries_arrive_in_order_as_topics_and_ids(server: Server, town: World) -> None:
    with server.listen(town) as stream:
        assert stream.type == "text/event-stream"
        assert int(stream.greeting["retry"]) >= 1000
        first, *_, last = write(town, *[f"intent.posted_{number}" for number in range(50)], topics=["board", "intent:7"])
        heard = [stream.next() for _ in range(50)]
    assert [one["seq"] for one in heard] == list(range(first, last + 1))
    assert heard[0] == {
        "event": "entry", "id": first, "seq": first, "name": "intent.posted_0", "subject": str(town.circle.id),
        "topics": ["board", "intent:7"],
    }  # fmt: skip


def test_each_hears_what_their_place_in_the_circle_lets_them_hear(server: Server, town: World) -> None:
    expected = {
        None: ["public", "end"],
        "Sara": ["public", "end"],
        "Yusuf": ["public", "members", "end"],
        "Amina": ["public", "members", "coordinators", "end"],
    }
    town.accounts["Sara"] = _stranger()
    streams = {name: server.listen(town, name) for name in expected}
    for audience in (Audience.PUBLIC, Audience.MEMBERS, Audience.COORDINATORS, Audience.PARTIES):
        write(town, audience.name.lower(), audience=audience)
    write(town, "end")
    assert {name: stream.names("end") for name, stream in streams.items()} == expected


def test_an_entry_about_somebody_reaches_them_and_names_them_to_nobody_else(server: Server, town: World) -> None:
    yusuf, amina = (f"agent:{town.accounts[name].agent_id}" for name in ("Yusuf", "Amina"))
    with server.listen(town, "Yusuf") as his, server.listen(town) as anyone:
        write(town, "claim.made", audience=Audience.PARTIES, topics=["intent:7", yusuf, amina])
        write(town, "intent.closed", topics=["board", yusuf, amina])
        assert [his.next()["topics"], his.next()["topics"]] == [["intent:7", yusuf], ["board", yusuf]]
        assert anyone.next()["topics"] == ["board"]


def test_a_private_circle_does_not_exist_for_others(server: Server, town: World) -> None:
    Circle.objects.filter(pk=town.circle.pk).update(is_public=False)
    for account in (None, _stranger()):
        status, text = server.ask(path_of(town), headers=cookie_of(account))
        assert (status, text) == server.ask("/live/there-is-no-such-circle/")
        assert status == 404
    with server.listen(town, "Yusuf") as stream:
        write(town, "members.only", audience=Audience.MEMBERS)
        assert stream.next()["name"] == "members.only"


def test_who_was_away_is_told_what_they_missed_and_nothing_twice(server: Server, town: World) -> None:
    start = newest(town)
    write(town, "one", "two")
    write(town, "hidden", audience=Audience.MEMBERS)
    write(town, "three")
    with server.listen(town, Last_Event_ID=str(start + 1)) as stream:
        write(town, "four")
        assert stream.names("four") == ["two", "three", "four"]
    rendered_at = server.stream(path_of(town, since=start + 2))
    write(town, "five")
    assert rendered_at.names("five") == ["three", "four", "five"]
    # The browser's own place is newer than the one the page was rendered at, which stays in the address.
    both = server.stream(path_of(town, since=start), {"Last-Event-ID": str(start + 5)})
    write(town, "six")
    assert both.names("six") == ["five", "six"]


@pytest.mark.parametrize("place", ["-1", "x", "", "9" * 30, "1.5", "٣", "0x10", "1; DROP TABLE journal_entry", "\xff"])
def test_a_place_that_is_none_means_now(server: Server, town: World, place: str) -> None:
    write(town, "before")
    with server.listen(town, Last_Event_ID=place.encode().decode("latin-1")) as stream:
        assert int(stream.greeting["id"]) == newest(town)
        write(town, "after")
        assert stream.next()["name"] == "after"


def test_too_much_missed_or_a_place_from_another_journal_is_one_reset(server: Server, town: World) -> None:
    start = newest(town)
    write(town, *["intent.posted"] * 201)
    for place in (start, newest(town) + 1000):
        with server.listen(town, Last_Event_ID=str(place)) as stream:
            assert stream.next() == {"event": "reset", "id": newest(town), "seq": newest(town)}
            write(town, "after")
            assert stream.next()["name"] == "after"
    with server.listen(town, Last_Event_ID=str(newest(town) - 200)) as stream:
        assert stream.next()["event"] == "entry"


def test_who_leaves_a_private_circle_stops_hearing_at_once(server: Server, town: World) -> None:
    Circle.objects.filter(pk=town.circle.pk).update(is_public=False)
    with server.listen(town, "Yusuf") as stream, server.listen(town, "Amina") as other:
        with transaction.atomic():
            circles.leave(town.actor("Yusuf"), now=NOW)
        assert stream.ended()
        assert other.next()["name"] == "member.left"
        write(town, "still.here", audience=Audience.COORDINATORS)
        assert other.next()["name"] == "still.here"


def test_a_new_coordinator_hears_what_coordinators_hear_without_coming_back(server: Server, town: World) -> None:
    with server.listen(town, "Yusuf") as stream:
        with transaction.atomic():
            circles.set_roles(town.actor("Amina"), town.accounts["Yusuf"].agent_id, ["coordinator"], now=NOW)
        assert stream.next()["name"] == "member.roles_set"
        heard = ""
        for number in range(40):
            write(town, f"for.coordinators_{number}", audience=Audience.COORDINATORS)
            write(town, f"for.all_{number}")
            heard = stream.next()["name"]
            if heard.startswith("for.coordinators"):
                break
            time.sleep(0.05)
        assert heard.startswith("for.coordinators")


def test_one_person_cannot_hold_every_stream(server: Server, town: World) -> None:
    streams = [server.listen(town, "Yusuf") for _ in range(STREAMS_A_PERSON_MAX)]
    assert server.ask(path_of(town), headers=cookie_of(town.accounts["Yusuf"]))[0] == 429
    with server.listen(town, "Amina"):
        streams[0].close()
        deadline = time.monotonic() + 5
        while server.ask(path_of(town), "HEAD", headers=cookie_of(town.accounts["Yusuf"]))[0] == 429:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    for stream in streams:
        stream.close()


def test_the_door_answers_plainly_to_what_is_no_stream(server: Server, town: World) -> None:
    assert server.ask(path_of(town), "HEAD") == (200, "")
    assert server.ask(path_of(town), "POST", body=b"x")[0] == 405
    assert server.ask(path_of(town), headers={"Host": "elsewhere.example"})[0] == 400
    without_slash = path_of(town).rstrip("/")
    for path in ("/live/", "/live/%00/", "/live/a/b/", f"/live/{'x' * 61}/", without_slash, "/live/%FF%FE/"):
        assert server.ask(path)[0] == 404, path
    for query in ("?since=%00", "?since=1&since=2", "?" + "a=1&" * 100, "?%ff"):
        assert server.ask(path_of(town) + query, "HEAD")[0] == 200, query
    for key in ("x" * 32, "' OR 1=1", "a" * 5000):
        assert server.ask(path_of(town), "HEAD", headers={"Cookie": f"session={key}"})[0] == 200, key

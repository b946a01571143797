"""The loop of aid under load: the board of a big circle, suggestions among many offers, and fifty hands for one portion."""

import os
import random
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path
from django.utils import timezone

from bench import Figure
from taawun.community.circles import access as circle_access
from taawun.community.circles import actions as circles
from taawun.community.circles import catalogue
from taawun.community.circles.models import Circle
from taawun.community.people import actions as people
from taawun.community.people.models import Account, Agent
from taawun.ground.values.ids import new_id
from taawun.ground.values.place import Point, cell_of
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import circle_scope
from taawun.house import urls as house_urls
from taawun.practice.aid import actions, queries
from taawun.practice.aid.actions import IntentDraft
from taawun.practice.aid.models import Intent
from taawun.practice.aid.pages import boards

SEED = 11
BOARD_INTENTS = 10_000
OFFERS = int(os.environ.get("BENCH_OFFERS", "100000"))
SCHEDULES = int(os.environ.get("BENCH_SCHEDULES", "1000"))
HANDS = 50


def run() -> Iterable[Figure]:
    yield from board()
    yield from suggestions()
    yield from fifty_hands()


def _circle(name: str) -> tuple[Circle, Account]:
    now = timezone.now()
    account = people.open_account(name=name, language="en", now=now)
    with transaction.atomic():
        circle = circles.set_up(
            account, name=name, place_name=name, languages=["en"], region="GB", time_zone="Europe/London",
            point=Point(33.9, 35.5), now=now,
        )
    return circle, account


def _fill(
    circle: Circle, count: int, direction: Callable[[random.Random], str], spread: float, kinds: list[str]
) -> None:
    """Put intents straight into the table: what is measured is reading them."""
    dice, now = random.Random(SEED), timezone.now()
    agents = [Agent(name=f"Neighbour {number}", languages=["en"], created_at=now) for number in range(500)]
    Agent.objects.bulk_create(agents)
    with circle_scope(circle.id):
        for start in range(0, count, 5000):
            Intent.objects.bulk_create(
                _row(circle, dice, agents, direction(dice), spread, dice.choice(kinds), now)
                for _ in range(min(5000, count - start))
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE aid_intent")


def _row(
    circle: Circle, dice: random.Random, agents: list[Agent], direction: str, spread: float, kind: str, now: datetime
) -> Intent:
    point = Point(33.9 + dice.gauss(0, spread), 35.5 + dice.gauss(0, spread))
    posted = now - timedelta(minutes=dice.randrange(60 * 24 * 20))
    return Intent(
        id=new_id(), circle=circle, direction=direction, kind=kind, unit="portion", quantity=dice.randrange(1, 20),
        agent=dice.choice(agents), summary="for two children, no nuts", cell=cell_of(point),
        urgency=dice.choice([0, 1, 1, 2, 2, 3]), visibility="public", checked_at=posted, posted_at=posted,
        fresh_at=posted, ask_at=now + timedelta(days=5), expires_at=now + timedelta(days=9),
    )  # fmt: skip


def _rate(act: Callable[[], object], seconds: float = 3.0) -> float:
    """Return how often ``act`` can be done in a second, after a warm-up."""
    for _ in range(5):
        act()
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        act()
        done += 1
    return done / (time.perf_counter() - start)


def board() -> Iterator[Figure]:
    """The board page through the whole of Django, against the same template with everything already in memory."""
    circle, account = _circle("Board bench")
    kinds = [kind.code for kind in catalogue.ALL if not kind.sensitive]
    _fill(circle, BOARD_INTENTS, lambda dice: "request" if dice.random() < 0.6 else "offer", 0.05, kinds)
    client = Client(SERVER_NAME="localhost")
    client.force_login(account)
    address = f"/c/{circle.slug}/"
    with CaptureQueriesContext(connection) as captured:
        page = client.get(address)
    assert page.status_code == 200, page.status_code
    queries_made = [one for one in captured.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    yield Figure("board of 10,000 open: queries", len(queries_made), "<= 8", len(queries_made) <= 8)
    with _memory_page(client, address) as memory:
        pairs = [(_rate(lambda: client.get(address), 1.0), _rate(memory, 1.0)) for _ in range(5)]
    ratio = statistics.median(real / ideal for real, ideal in pairs)
    yield Figure("board: requests/s against the same page from memory", ratio, ">= 0.5", ratio >= 0.5)
    client.cookies["language"] = "en"
    compressed = client.get(address, headers={"accept-encoding": "gzip"})
    size = len(compressed.content) / 1024
    yield Figure("board: HTML on the wire, KB", size, "<= 14", size <= 14)


@contextmanager
def _memory_page(client: Client, address: str) -> Iterator[Callable[[], object]]:
    """The peer: a page of the same Django that renders the board's template from rows already in memory, for nobody
    in particular: no session, no account, no database."""
    kept: dict[str, object] = {}
    real = boards.render

    def keep(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
        kept.update(template=template, context=context, circle=request.circle, actor=request.actor)  # type: ignore[attr-defined]
        return real(request, template, context)

    boards.render = keep  # type: ignore[assignment]
    try:
        client.get(address)
    finally:
        boards.render = real  # type: ignore[assignment]

    @transaction.non_atomic_requests
    def page(request: HttpRequest) -> HttpResponse:
        request.circle, request.actor = kept["circle"], kept["actor"]  # type: ignore[attr-defined]
        return real(request, str(kept["template"]), kept["context"])  # type: ignore[arg-type]

    urls = type("Urls", (), {"urlpatterns": [path("memory/", page), *house_urls.urlpatterns]})
    with override_settings(ROOT_URLCONF=urls):
        visitor = Client(SERVER_NAME="localhost")
        assert visitor.get("/memory/").status_code == 200
        yield lambda: visitor.get("/memory/")


def suggestions() -> Iterator[Figure]:
    """One new request against many open offers; and the same against a tenth of them, to see what the cost follows."""
    circle, account = _circle("Suggestion bench")
    kinds = [kind.code for kind in catalogue.ALL if not kind.sensitive][:40]
    _fill(circle, OFFERS // 10, lambda _: "offer", 0.4, kinds)
    small = _times(circle, account, kinds)
    _fill(circle, OFFERS - OFFERS // 10, lambda _: "offer", 0.4, kinds)
    times = _times(circle, account, kinds)
    p99 = sorted(times)[int(len(times) * 0.99)] * 1000
    yield Figure(f"suggestions among {OFFERS:,} offers: p99 ms", p99, "<= 50", p99 <= 50)
    growth = statistics.median(times) / statistics.median(small)
    yield Figure("suggestions: time for 10 times the offers, ratio", growth, "<= 3", growth <= 3)
    with circle_scope(circle.id), CaptureQueriesContext(connection) as captured:
        _suggest(circle, account, kinds[0], random.Random(1))
    made = [one for one in captured.captured_queries if one["sql"].lstrip().upper().startswith(("SELECT", "(SELECT"))]
    yield Figure("suggestions: queries", len(made), "<= 10", len(made) <= 10)


def _times(circle: Circle, account: Account, kinds: list[str]) -> list[float]:
    dice = random.Random(SEED)
    times = []
    with circle_scope(circle.id):
        for number in range(330):
            start = time.perf_counter()
            _suggest(circle, account, dice.choice(kinds), dice)
            if number >= 30:
                times.append(time.perf_counter() - start)
    return times


def _suggest(circle: Circle, account: Account, kind: str, dice: random.Random) -> None:
    actor = circle_access.actor_in(circle, account)
    now = timezone.now()
    need = _row(circle, dice, [account.agent], "request", 0.4, kind, now)
    queries.suggest(need, actor, now=now)


def fifty_hands() -> Iterator[Figure]:
    """Fifty threads take the same last portion, each schedule with its own seeded order and pauses."""
    circle, founder = _circle("Fifty hands")
    now = timezone.now()
    with circle_scope(circle.id):
        actor = circle_access.actor_in(circle, founder)
        _invitation, secret = circles.invite(actor, now=now)
    accounts = []
    for number in range(HANDS):
        account = people.open_account(name=f"Hand {number}", language="en", now=now)
        with circle_scope(circle.id):
            circles.join_by_link(circle, secret, account, now=now)
        accounts.append(account)
    exactly_one, start = 0, time.perf_counter()
    with ThreadPoolExecutor(HANDS) as pool:
        for seed in range(SCHEDULES):
            with circle_scope(circle.id):
                draft = IntentDraft(direction="request", kind="food.cooked_meal", quantity=1, urgency=3)
                need = actions.post(circle_access.actor_in(circle, founder), draft, now=timezone.now())
            exactly_one += _schedule(pool, circle, accounts, need.id, seed) == 1
        list(pool.map(lambda _: connections.close_all(), range(HANDS * 2)))
    name = f"{HANDS} threads, one portion: schedules with exactly one winner"
    yield Figure(name, f"{exactly_one}/{SCHEDULES}", f"= {SCHEDULES}", exactly_one == SCHEDULES)
    spent = (time.perf_counter() - start) / SCHEDULES
    yield Figure("… seconds a schedule (for information)", spent, "any", True)


def _schedule(
    pool: ThreadPoolExecutor, circle: Circle, accounts: list[Account], need_id: uuid.UUID, seed: int
) -> int:
    dice = random.Random(seed)
    order = accounts[:]
    dice.shuffle(order)
    pauses = [dice.random() * dice.choice([0, 0, 0.002]) for _ in order]
    gate = threading.Barrier(len(order))

    def take(account: Account, pause: float) -> bool:
        gate.wait(30)
        time.sleep(pause)
        try:
            with circle_scope(circle.id):
                actions.claim(circle_access.actor_in(circle, account), need_id, now=timezone.now())
        except Refusal as refusal:
            assert refusal.code in {"claim.gone", "claim.too_much"}, refusal.code
            return False
        return True

    return sum(pool.map(take, order, pauses))

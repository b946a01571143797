"""The scripts in a real browser: pages stay true by themselves, forms are sent once, and nothing depends on either."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from uuid import RFC_4122, UUID
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from tests.browser.serving import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
URLS = "tests.ground.site.browser_pages"


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: the test's own output is what counts."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    middleware = ["csp.middleware.CSPMiddleware"]
    static_root = tmp_path_factory.mktemp("static")
    with override_settings(ROOT_URLCONF=URLS, MIDDLEWARE=middleware, STATIC_ROOT=static_root, ALLOWED_HOSTS=["*"]):
        server = Server(("127.0.0.1", 0), Quiet)
        server.set_app(WSGIHandler())
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        server.server_close()


@pytest.fixture
def browser(chromium: Any) -> Any:
    return chromium


@contextmanager
def page_of(browser: Any, **options: Any) -> Iterator[Any]:
    """A page that fails the test for whatever the browser complains about, refusals by the content policy included."""
    context = browser.new_context(**{"viewport": {"width": 360, "height": 740}, **options})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    with page_of(browser) as opened:
        yield opened


def tell(*topics: str, seq: int = 1) -> None:
    from tests.ground.site import browser_pages

    for told in browser_pages.LISTENERS:
        told.put({"seq": seq, "name": "intent.claimed", "subject": "1", "topics": list(topics)})


def test_what_changed_is_shown_and_said(page: Any, site: str) -> None:
    page.goto(f"{site}/live/")
    page.wait_for_selector("[data-live-state].on")
    page.focus("article a")
    tell("board", "intent:1")
    page.wait_for_selector(".state:has-text('Taken')")
    assert page.text_content("[data-announcer]") == "Meals: Taken"
    # The reader's place is kept, and a change that was shown is not announced as news as well.
    assert page.evaluate("document.activeElement.textContent") == "Meals"
    assert page.is_hidden("#board-news")


def test_what_is_new_waits_until_it_is_asked_for(page: Any, site: str) -> None:
    page.goto(f"{site}/live/")
    page.wait_for_selector("[data-live-state].on")
    tell("board", "intent:9")
    page.wait_for_selector("#board-news:visible")
    assert page.text_content("#list") != "fresh"
    page.click("#board-news")
    page.wait_for_selector("#list:has-text('fresh')")
    assert page.is_hidden("#board-news")


def test_what_may_no_longer_be_seen_goes(page: Any, site: str) -> None:
    page.goto(f"{site}/live/")
    page.wait_for_selector("[data-live-state].on")
    tell("intent:2")
    page.wait_for_selector("article:has-text('Bread')", state="detached")


def test_many_entries_about_one_thing_ask_once(page: Any, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/card/") else None)
    page.goto(f"{site}/live/")
    page.wait_for_selector("[data-live-state].on")
    for seq in range(20):
        tell("intent:1", seq=seq)
    page.wait_for_selector(".state:has-text('Taken')")
    page.wait_for_timeout(300)
    assert len(asked) <= 2


def test_a_form_is_sent_once_with_one_key(page: Any, site: str) -> None:
    from tests.ground.site import browser_pages

    browser_pages.SENT.clear()
    page.goto(f"{site}/look/board/")
    page.evaluate("""() => {
        const button = document.querySelector('.card form button');
        button.click(); button.click(); button.click();
    }""")
    page.wait_for_timeout(400)
    assert len(browser_pages.SENT) == 1
    assert UUID(browser_pages.SENT[0]["key"]).variant == RFC_4122
    keys = page.eval_on_selector_all("input[name=key]", "inputs => inputs.map(input => input.value)")
    assert len(set(keys)) == len(keys) > 1


@pytest.mark.parametrize(("typed", "language", "found"), [("LUNCH", "en", "Hot meals"), ("سَاخِنَه", "ar", "وجبات ساخنة")])
def test_a_kind_is_found_as_people_write_it(page: Any, site: str, typed: str, language: str, found: str) -> None:
    page.goto(f"{site}/look/parts/?language={language}")
    page.fill("form:not([novalidate]) [data-filter]", typed)
    assert page.locator("form:not([novalidate]) .picker .choice:visible").all_inner_texts() == [found]
    page.fill("form:not([novalidate]) [data-filter]", "zzz")
    assert page.is_visible("form:not([novalidate]) [data-none]")


def test_counting_keeps_the_digits_that_are_there(page: Any, site: str) -> None:
    page.goto(f"{site}/look/parts/?language=ar")
    box = page.locator("#id_amount")
    assert box.input_value() == "٤"
    page.locator("form:not([novalidate]) [data-step='1']").click(click_count=6)
    assert box.input_value() == "١٠"
    page.locator("form:not([novalidate]) [data-step='-1']").click()
    assert box.input_value() == "٩"


def test_a_form_that_came_back_wrong_starts_at_what_is_wrong(page: Any, site: str) -> None:
    page.goto(f"{site}/look/parts/")
    assert "summary" in page.evaluate("document.activeElement.className")
    page.click(".summary a")
    assert page.evaluate("document.activeElement.id") == "wrong_title"


def test_without_scripts_nothing_is_promised_that_needs_them(browser: Any, site: str) -> None:
    with page_of(browser, java_script_enabled=False) as page:
        page.goto(f"{site}/look/parts/")
        assert page.locator("[data-enhanced]:visible").count() == 0
        assert page.locator(".picker input[type=radio]:visible").count() > 0
        assert page.locator("nav.nav a:visible").count() == 4


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("part", ["parts", "board", "request"])
def test_no_page_is_wider_than_its_window(browser: Any, site: str, part: str, width: int, language: str) -> None:
    with page_of(browser, viewport={"width": width, "height": 700}) as page:
        page.goto(f"{site}/look/{part}/?language={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_tapped_is_big_enough(page: Any, site: str) -> None:
    page.goto(f"{site}/look/board/")
    small = page.evaluate("""() => [...document.querySelectorAll('a, button, summary')]
        .filter(part => part.offsetParent && !part.closest('.card h2, .skip'))
        .filter(part => { const box = part.getBoundingClientRect(); return box.height < 44 || box.width < 44; })
        .map(part => part.outerHTML)""")
    assert small == []


def test_a_first_visit_is_five_requests(browser: Any, site: str) -> None:
    from tests.ground.site import browser_pages

    with page_of(browser) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        browser_pages.SERVED.clear()
        page.goto(f"{site}/look/board/", wait_until="networkidle")
        assert all(url.startswith(site) for url in asked)
        # The page itself makes five; the picture in the browser's tab is the sprite again, out of its cache.
        assert len(browser_pages.SERVED) == 4, browser_pages.SERVED

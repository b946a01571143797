"""What a page costs somebody on a bad line with a cheap phone: bytes, requests, and seconds until it can be used.

Six core pages in English and Arabic, from a server run as it is for people; the browser itself does the counting. Where
Chromium is not installed there is nothing to measure with, and one figure says so.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bench import Figure
from tests.browser.measuring import Visit, fragment_bytes, seconds_until_usable, visit
from tests.browser.pages import CORE
from tests.browser.serving import CHROMIUM, FLAGS, House, serving, sign_in

KILOBYTE = 1024
LANGUAGES = ("en", "ar")
RUNS = 3


def run() -> Iterable[Figure]:
    if CHROMIUM is None:
        yield Figure("pages: a browser to measure with", "none", "Chromium", ok=False)
        return
    from playwright.sync_api import sync_playwright

    with serving() as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield from _figures(house, browser)
        browser.close()


def _figures(house: House, browser: Any) -> Iterator[Figure]:
    states = {
        f"{language} {who}": sign_in(browser, house, f"{language} {who}")
        for language in LANGUAGES
        for who in sorted({shown.who for shown in CORE})
    }

    def opened(language: str, who: str) -> Any:
        context = browser.new_context(
            base_url=house.url, locale=language, storage_state=states[f"{language} {who}"],
            viewport={"width": 360, "height": 740},
        )  # fmt: skip
        return context.new_page()

    yield from _weights(house, opened)
    yield from _times(house, opened)


def _weights(house: House, opened: Callable[[str, str], Any]) -> Iterator[Figure]:
    """The heaviest of the pages, on a first visit with nothing in the cache and on a second one."""
    first: list[Visit] = []
    again: list[Visit] = []
    pieces: list[int] = []
    for language in LANGUAGES:
        facts = house.facts["galleries"][language]
        for shown in CORE:
            page = opened(language, shown.who)
            first.append(visit(page, shown.address(facts)))
            again.append(visit(page, shown.address(facts)))
            pieces += fragment_bytes(page)
            page.context.close()
    total = max(seen.total_bytes for seen in first) / KILOBYTE
    yield Figure("first visit, heaviest of six pages: KB", total, "<= 40", total <= 40)
    html = max(seen.html_bytes for seen in first) / KILOBYTE
    yield Figure("HTML of the heaviest page: KB", html, "<= 14", html <= 14)
    requests = max(seen.requests for seen in first)
    yield Figure("requests of a first visit, besides the live stream", requests, "<= 5", requests <= 5)
    elsewhere = sum(len(seen.elsewhere) for seen in first)
    yield Figure("requests to anybody else", elsewhere, "= 0", elsewhere == 0)
    repeat = max(seen.total_bytes for seen in again) / KILOBYTE
    yield Figure("repeat visit: KB", repeat, "<= 8", repeat <= 8)
    piece = max(pieces) / KILOBYTE
    yield Figure("a card or page part fetched anew: KB", piece, "<= 3", piece <= 3)


def _times(house: House, opened: Callable[[str, str], Any]) -> Iterator[Figure]:
    """Until what the page is for can be pressed: 400 kbit/s, 400 ms there and back, a processor four times as slow."""
    medians: dict[str, float] = {}
    for language in LANGUAGES:
        facts = house.facts["galleries"][language]
        for shown in CORE:
            runs = []
            for _ in range(RUNS):
                page = opened(language, shown.who)
                runs.append(seconds_until_usable(page, shown.address(facts), shown.primary))
                page.context.close()
            medians[f"{shown.name} ({language})"] = statistics.median(runs)
    slowest = max(medians, key=lambda name: medians[name])
    worst = medians[slowest]
    yield Figure("usable on a slow phone, slowest page: s", worst, "<= 2.5", worst <= 2.5)
    yield Figure("… which was (for information)", slowest, "any", ok=True)

"""What a page costs on the wire, and how long it takes on a slow phone: measured by the browser itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

FRAGMENTS_MAX = 5
SETTLE_MILLISECONDS = 250
USABLE_WITHIN_SECONDS = 20
# A slow line and a slow phone, as the goals name them.
KILOBITS_A_SECOND, ROUND_TRIP_MILLISECONDS, TIMES_SLOWER = 400, 400, 4

# Looks at every frame whether the page is read to its end and the part is on the screen with nothing in front of it.
WATCH = """selector => {
    const look = () => {
        const part = document.readyState !== 'loading' && document.querySelector(selector);
        const box = part && part.getBoundingClientRect();
        if (box && box.width && !window.usableAt) {
            const onTop = document.elementFromPoint(box.left + box.width / 2, Math.min(box.top + box.height / 2, innerHeight - 1));
            if (box.top >= innerHeight || onTop && (part.contains(onTop) || onTop.contains(part) || box.bottom > innerHeight)) {
                window.usableAt = performance.now();
            }
        }
        if (!window.usableAt) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""

FETCH = """async address => {
    performance.clearResourceTimings();
    await (await fetch(address, {headers: {'X-Fragment': '1'}, cache: 'no-store'})).text();
    return performance.getEntriesByType('resource').pop().transferSize;
}"""


@dataclass
class Visit:
    """Bytes as they came, headers included. The live stream never ends, so it is no request that was finished."""

    total_bytes: int = 0
    html_bytes: int = 0
    requests: int = 0
    elsewhere: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def visit(page: Any, address: str) -> Visit:
    """Open an address and count what came: with an empty cache that is a first visit, after it a repeat visit."""
    seen = Visit()
    asked: dict[str, tuple[str, str]] = {}
    cached: set[str] = set()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")

    def finished(event: Any) -> None:
        if event["requestId"] in cached or event["requestId"] not in asked:
            return
        url, kind = asked[event["requestId"]]
        size = int(event["encodedDataLength"])
        if not size:
            # Out of the cache after all: nothing crossed the line.
            return
        seen.requests += 1
        seen.total_bytes += size
        seen.html_bytes += size if kind == "Document" else 0
        seen.names.append(f"{urlsplit(url).path} {size}")

    devtools.on(
        "Network.requestWillBeSent",
        lambda event: asked.update({event["requestId"]: (event["request"]["url"], event.get("type", ""))}),
    )
    devtools.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
    devtools.on("Network.loadingFinished", finished)
    page.goto(address)
    page.wait_for_load_state()
    page.wait_for_timeout(SETTLE_MILLISECONDS)
    devtools.detach()
    home = urlsplit(page.url).netloc
    seen.elsewhere = [url for url, _kind in asked.values() if urlsplit(url).netloc not in {home, ""}]
    return seen


def fragment_bytes(page: Any) -> list[int]:
    """What each part of the open page that keeps itself fresh costs to fetch: its headers and its compressed body."""
    addresses = page.evaluate(
        "Array.from(document.querySelectorAll('[data-topic^=\"intent:\"][data-fragment]')).map(part => part.dataset.fragment)"
    )
    return [int(page.evaluate(FETCH, address)) for address in addresses[:FRAGMENTS_MAX]]


def seconds_until_usable(page: Any, address: str, primary: str) -> float:
    """How long after asking for a page, with nothing in the cache, the one thing it is for can be pressed."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False, "latency": ROUND_TRIP_MILLISECONDS,
            "downloadThroughput": KILOBITS_A_SECOND * 1000 / 8, "uploadThroughput": KILOBITS_A_SECOND * 1000 / 8,
        },
    )  # fmt: skip
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": TIMES_SLOWER})
    page.add_init_script(f"({WATCH})({primary!r})")
    page.goto(address, wait_until="commit")
    for _ in range(USABLE_WITHIN_SECONDS * 20):
        at = page.evaluate("window.usableAt || 0")
        if at:
            return float(at) / 1000
        page.wait_for_timeout(50)
    raise AssertionError(f"{address} was not usable within {USABLE_WITHIN_SECONDS} seconds")

"""What a page costs on the wire, and how long it takes on a slow phone: measured by the browser itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

SETTLE_MILLISECONDS = 250


@dataclass
class Visit:
    """Bytes as they came, headers included. The live stream never ends, so it counts as no request that was finished."""

    total_bytes: int = 0
    html_bytes: int = 0
    requests: int = 0
    elsewhere: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def first_visit(page: Any, address: str) -> Visit:
    """Open an address with an empty cache and count what came. A second call counts a repeat visit."""
    seen, asked, served = Visit(), {}, set()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")

    def begun(event: Any) -> None:
        asked[event["requestId"]] = (event["request"]["url"], event.get("type", ""))

    def finished(event: Any) -> None:
        url, kind = asked[event["requestId"]]
        if event["requestId"] in served or not event["encodedDataLength"]:
            return
        seen.total_bytes += int(event["encodedDataLength"])
        seen.requests += 1
        seen.names.append(f"{urlsplit(url).path} {event['encodedDataLength']}")
        if kind == "Document":
            seen.html_bytes += int(event["encodedDataLength"])

    devtools.on("Network.requestWillBeSent", begun)
    devtools.on("Network.requestServedFromCache", lambda event: served.add(event["requestId"]))
    devtools.on("Network.loadingFinished", finished)
    page.goto(address)
    page.wait_for_load_state()
    page.wait_for_timeout(SETTLE_MILLISECONDS)
    devtools.detach()
    home = urlsplit(urljoin(page.url, "/")).netloc
    seen.elsewhere = [url for url, _kind in asked.values() if urlsplit(url).netloc != home and not url.startswith("data:")]
    return seen

"""How large a request may be: small everywhere, larger where a file is handed in. The server and the API's door ask here."""

import re
from typing import Final

BODY_BYTES_MAX: Final = 1_000_000
# Where a file is handed in: which addresses, and how much. A file of 50 MB has a little form around it.
LARGE: Final[tuple[tuple[re.Pattern[str], int], ...]] = (
    (re.compile(r"/(?:c|api/v1/circles)/[^/]{1,200}/sheets/?"), 51 * 1024 * 1024),
    # A conversation's form with a picture and a voice note as a phone makes them; a program sends them as text in JSON.
    (re.compile(r"/(?:c/[^/]{1,200}|follow/need)/talk/(?:[0-9a-f-]{36}/)?"), 20_000_000),
    # A carrier's photo as proof: from a form as the phone made it, from the phone's queue and from programs as text in JSON.
    (re.compile(r"/c/[^/]{1,200}/carry/[0-9a-f-]{36}/stops/[0-9a-f-]{36}/"), 14_000_000),
    (re.compile(r"/c/[^/]{1,200}/carry/[0-9a-f-]{36}/sync/"), 4_000_000),
    (re.compile(r"/api/v1/circles/[^/]{1,200}/carry/[0-9a-f-]{36}/taps"), 4_000_000),
    (re.compile(r"/api/v1/(?:circles/[^/]{1,200}/threads/[0-9a-f-]{36}/messages|follow/messages/post)"), 4_000_000),
)
LARGEST_BYTES: Final = max(most for _, most in LARGE)


def body_bytes_max(method: str, path: str) -> int:
    """Return how many bytes the body of a request may have."""
    if method == "POST":
        for pattern, most in LARGE:
            if pattern.fullmatch(path):
                return most
    return BODY_BYTES_MAX

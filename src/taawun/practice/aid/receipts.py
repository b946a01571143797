"""Receipt codes: sixteen digits by which somebody without an account follows a need.

They look like a phone number on a scrap of paper, hold 53 bits, and are stored only as a keyed hash.
"""

import secrets

from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.ground.words.digits import to_latin

DIGITS = 16


def new_code() -> str:
    return str(secrets.randbelow(9 * 10 ** (DIGITS - 1)) + 10 ** (DIGITS - 1))


def shown(code: str) -> str:
    """Return the code in groups of four, as it is read aloud."""
    return " ".join(code[place : place + 4] for place in range(0, DIGITS, 4))


def normal(text: str) -> str:
    """Return the sixteen digits of what was typed, in any digit system, with any spaces or dashes."""
    digits = "".join(one for one in to_latin(text) if one.isdigit())
    rest = "".join(one for one in to_latin(text) if not one.isdigit()).strip(" -–—.\u00a0\u200e\u200f\t")
    if rest.replace(" ", "").replace("-", "") or len(digits) != DIGITS or not digits.isascii():
        raise Refusal("receipt.format", "code")
    return digits


def index_of(text: str) -> bytes:
    return store.blind_index("receipt", normal(text))

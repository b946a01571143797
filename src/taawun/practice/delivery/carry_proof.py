"""Photos as proof: made anew, so that they do not tell where they were taken, for somebody who is not sending hundreds."""

import base64
import binascii
from datetime import datetime

from taawun.community.circles.actor import Actor
from taawun.community.people import limits
from taawun.ground.media import making
from taawun.ground.values.refusal import Refusal

PICTURES_AN_HOUR_MAX = 200


def make_picture(actor: Actor, data: bytes, now: datetime) -> making.Made:
    limits.require("proof", str(actor.agent_id), at_most=PICTURES_AN_HOUR_MAX, window=limits.HOUR, now=now)
    return making.make_picture(data)


def read_picture(actor: Actor, text: str, now: datetime) -> tuple[making.Made | None, Refusal | None]:
    """Return a photo that came as base64, made anew; or what is wrong with it."""
    try:
        return make_picture(actor, base64.b64decode(text, validate=True), now), None
    except binascii.Error:
        return None, Refusal("picture.broken", "picture")
    except Refusal as refusal:
        return None, refusal

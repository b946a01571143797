"""What is allowed in a conversation and what follows: how long it lasts, and who is named in a text. Pure."""

import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from taawun.ground.words.clean import search_key

TEXT_LENGTH_MAX = 2000
NOTE_LENGTH_MAX = 4000
# The page's recorder stops by itself; see ``ground/media``, which refuses what is longer.
VOICE_SECONDS_MAX = 60
MESSAGES_AN_HOUR_MAX = 120
FILES_AN_HOUR_MAX = 40
# After help has come there is a pot to give back and a thank-you to say.
WRITES_AFTER_END = timedelta(hours=48)
READS_AFTER_END = timedelta(days=30)
# A note that nobody has written again within a year has lost its purpose.
NOTE_KEPT_FOR = timedelta(days=365)


class Standing(StrEnum):
    """Whether a conversation is written in, only read, or gone."""

    OPEN = "open"
    READ = "read"
    OVER = "over"


def standing(ended_at: datetime | None, now: datetime) -> Standing:
    """Return how a conversation stands whose subject ended at a moment, or has not ended."""
    if ended_at is None or now < ended_at + WRITES_AFTER_END:
        return Standing.OPEN
    return Standing.READ if now < ended_at + READS_AFTER_END else Standing.OVER


def mentioned(text: str, names: Mapping[uuid.UUID, str]) -> list[uuid.UUID]:
    """Return who is named with an @ in a text, in the order of the text.

    Names are compared as they are searched for, so that spelling, vowel signs and capitals do not matter; a whole name
    may have spaces. The first word of a name is enough where nobody else's begins so.
    """
    keys = {search_key(name): agent_id for agent_id, name in names.items()}
    firsts = Counter(key.partition(" ")[0] for key in keys)
    short = {key.partition(" ")[0]: agent_id for key, agent_id in keys.items() if firsts[key.partition(" ")[0]] == 1}
    known = {key: agent_id for key, agent_id in (short | keys).items() if key}
    words_max = max((key.count(" ") + 1 for key in known), default=0)
    found: list[uuid.UUID] = []
    for piece in text.replace("\uff20", "@").split("@")[1:]:
        words = piece.split()[: words_max + 1]
        if not words or piece[:1].isspace():
            continue
        # The longest name first: "@Amina Haddad" is not "@Amina".
        for count in range(min(words_max, len(words)), 0, -1):
            agent_id = known.get(search_key(" ".join(words[:count])))
            if agent_id is not None:
                if agent_id not in found:
                    found.append(agent_id)
                break
    return found

"""Who may be somebody the circle knows already. See README.md.

note(...), note_many(...)     after sealing a row with a name, a phone or a door
forget(row_ids)               when it goes (the database also does it when the sealed texts go)
find(...), find_many(...)     who is like this
suggest(...)                  put pairs before the coordinators
"""

from taawun.community.circles.likeness.finding import Likely, Met, find, find_many, same_as
from taawun.community.circles.likeness.index import Noted, forget, note, note_many
from taawun.community.circles.likeness.pairs import decide, pair, suggest
from taawun.community.circles.likeness.sources import Source, catch_up, register_source

__all__ = [
    "Likely",
    "Met",
    "Noted",
    "Source",
    "catch_up",
    "decide",
    "find",
    "find_many",
    "forget",
    "note",
    "note_many",
    "pair",
    "register_source",
    "same_as",
    "suggest",
]

"""A paste of a circle's coordinator, read with the circle's own kinds, areas, country and day. Nothing of it is stored."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from taawun.community.circles import catalogue, kinds
from taawun.community.circles.catalogue import vocabulary
from taawun.community.circles.models import Circle
from taawun.community.circles.queries import areas_of
from taawun.ground.words.languages import LANGUAGES
from taawun.ground.words.phrases import PhraseBook, Sense
from taawun.reach.messages.reading import Draft, Kinds, read_messages
from taawun.reach.messages.reading.lexicon import lexicon_of

_LANGUAGES: Final = tuple(language.code for language in LANGUAGES)
# What a community adds in its data folder: see docs/lexicons.md.
READING, KINDS = Path("lexicons", "reading"), Path("lexicons", "kinds")


def added(folder: Path) -> Path | None:
    """Return a folder of the community's own words, or None where there is none."""
    found = Path(settings.DATA_FOLDER) / folder
    return found if found.is_dir() else None


@lru_cache(maxsize=1)
def default_kinds() -> Kinds:
    """Return the whole default catalogue as the reading knows it."""
    return Kinds(
        {kind.code: kind.unit for kind in catalogue.ALL}, [vocabulary.book_of(added(KINDS))], vocabulary.together()
    )


def kinds_of(circle: Circle) -> Kinds:
    """Return the kinds that can be chosen in a circle, with its own names for them laid over the default words."""
    default = default_kinds()
    if not circle.kind_changes:
        return default
    offered = {kind.code: kind.unit for kind in kinds.offered(circle)}
    own: PhraseBook[Sense] = vocabulary.own_words(
        {code: change["name"].values() for code, change in circle.kind_changes.items() if change.get("name")},
        _LANGUAGES,
    )
    made = Kinds(offered, [*default.books, own], default.together)
    made.sounds = default.sounds
    return made


def read_for(circle: Circle, text: str, *, now: datetime) -> list[Draft]:
    """Return what a paste says, message by message. The circle's scope is open."""
    return read_messages(
        text,
        region=circle.region,
        languages=circle.languages,
        kinds=kinds_of(circle),
        today=timezone.localtime(now).date(),
        areas=[(str(area.id), area.name) for area in areas_of(circle)],
        lexicon=lexicon_of(added(READING)),
    )

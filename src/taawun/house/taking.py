"""Tables of rooms that sheets does not know, for whoever takes everything away."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils import timezone

from taawun.reach.messages.queries import all_notices
from taawun.reach.sheets import everything
from taawun.reach.sheets.everything import Column, Table, Taking
from taawun.reach.sheets.workbook import Cell


def _notices(taking: Taking) -> Iterator[Sequence[Cell]]:
    for *ids, made_at in all_notices(taking.circle):
        yield *ids, timezone.localtime(made_at) if isinstance(made_at, datetime) else made_at


def register() -> None:
    everything.register(
        Table(
            "notices", "What was told to whom, as numbers",
            (Column("id"), Column("name"), Column("person"), Column("intent"), Column("promise"), Column("made_at", "datetime")),
            _notices,
        )
    )  # fmt: skip

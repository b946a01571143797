"""What the shared parts of a page need to be drawn, as plain values: a room fills these in, the templates draw them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

Text = str | Promise
Direction = Literal["request", "offer"]
Urgency = Literal["now", "soon", "week", "whenever"]
State = Literal["open", "taken", "late", "done", "closed"]

# The word and the icon of everything that has a fixed meaning, so that it looks and reads alike on every page.
DIRECTIONS: Final[Mapping[str, tuple[Text, str]]] = {
    "request": (pgettext_lazy("direction", "Request"), "ask"),
    "offer": (pgettext_lazy("direction", "Offer"), "offer"),
}
URGENCIES: Final[Mapping[str, tuple[Text, str]]] = {
    "now": (pgettext_lazy("urgency", "Now"), "urgent"),
    "soon": (pgettext_lazy("urgency", "Soon"), "soon"),
    "week": (pgettext_lazy("urgency", "This week"), "week"),
    "whenever": (pgettext_lazy("urgency", "Whenever"), "whenever"),
}
STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "open": (pgettext_lazy("state", "Open"), "state-open"),
    "taken": (pgettext_lazy("state", "Taken"), "state-taken"),
    "late": (pgettext_lazy("state", "Late"), "state-late"),
    "done": (pgettext_lazy("state", "Done"), "state-done"),
    "closed": (pgettext_lazy("state", "Closed"), "withdraw"),
}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do: an icon and a word. A `post` becomes a form of one button, with `fields` hidden in it."""

    label: Text
    url: str
    icon: str
    method: Literal["get", "post"] = "get"
    look: Literal["primary", "quiet", "danger", ""] = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Card:
    """One request or offer on a board. `who` and `area` are a person's words and are isolated from the text around them.

    `mark` is what somebody has to see to before all else, such as that nobody has looked at it yet."""

    title: Text
    url: str
    icon: str
    direction: Direction
    urgency: Urgency
    state: State
    quantity: Text = ""
    area: Text = ""
    when: Text = ""
    distance: Text = ""
    who: Text = ""
    who_icon: str = "user"
    note: Text = ""
    mark: Text = ""
    again: Text = ""
    repeats: Text = ""
    action: Action | None = None
    topic: str = ""
    fragment: str = ""

    @property
    def calls(self) -> bool:
        """Whether the card calls out from a long board: urgent, and not yet in good hands."""
        return self.urgency == "now" and self.state in ("open", "late")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of what happened. `at_iso` is for programs, `at` for people."""

    text: Text
    at: Text
    at_iso: str
    icon: str
    who: Text = ""
    look: Literal["", "good", "bad"] = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A way on: an entry of the navigation, a tab, a filter."""

    label: Text
    url: str
    icon: str = ""
    current: bool = False
    count: int | Text | None = None
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A word and what stands behind it. `isolate` where the value is what somebody typed."""

    label: Text
    value: Text
    icon: str = ""
    url: str = ""
    isolate: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that are a table on a desk and cards on a phone. The first column names the row."""

    caption: Text
    columns: Sequence[Text]
    rows: Sequence[Sequence[Text]]

    @property
    def named_rows(self) -> list[list[tuple[Text, Text]]]:
        """Each value beside its column's name, which a phone shows in place of the heading."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]

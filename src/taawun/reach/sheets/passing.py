"""One pass over a file: what becomes of each of its rows. A rehearsal and the real thing make the same pass."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final, Literal

from taawun.community.circles.actions.bringing import DecidedPerson, EnteringMany
from taawun.community.circles.actor import Actor
from taawun.ground.values.ids import parse_id
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.ground.words.errors import WordsError
from taawun.practice.aid.actions.bringing import Bringing
from taawun.practice.aid.actions.posting import Decided
from taawun.practice.aid.models import Intent
from taawun.reach.sheets.book import Book
from taawun.reach.sheets.drafting import Drafter, content_of, identity_of, setting_of
from taawun.reach.sheets.models import Brought, Import
from taawun.reach.sheets.plan import Plan, Problem, Record, Skipped
from taawun.reach.sheets.reading import read_records

AT_ONCE: Final = 500
KEY_BYTES: Final = 16
ID_LENGTH: Final = 36
PEOPLE: Final = "people"
INTENTS: Final = "intents"

Status = Literal["new", "same", "changed", "wrong", "skipped", "left_out"]


@dataclass(frozen=True, slots=True)
class Part:
    """One need, offer or person of a row, with the hashes by which it is known again."""

    key: bytes
    content: bytes
    made: Decided | DecidedPerson


@dataclass(frozen=True, slots=True)
class Passed:
    """What becomes of one line: its parts that are new, those that changed (with what they were brought as), problems."""

    line: int
    status: Status
    parts: tuple[Part, ...] = ()
    changed: tuple[tuple[Brought, Part], ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: Skipped | None = None
    record: Record | None = None


@dataclass
class Pass:
    """One pass over a file for one circle. ``bringing`` or ``entering`` asks the rules and can write what passed."""

    actor: Actor
    load: Import
    book: Book
    plan: Plan
    now: datetime
    left_out: frozenset[int] = frozenset()
    bringing: Bringing = field(init=False)
    entering: EnteringMany = field(init=False)
    _seen: dict[bytes, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bringing = Bringing(self.actor, self.now)
        self.entering = EnteringMany(self.actor, self.load.basis == "agreed", self.now)
        self._drafter = Drafter(self.actor, self.plan, self.load.basis != "none", self.now)
        self._salt = store.blind_index("sheet row", str(self.load.circle_id))

    @property
    def is_of_people(self) -> bool:
        return self.load.what == PEOPLE

    def rows(self) -> Iterator[Passed]:
        """Yield what becomes of every line a person would call a row, in their order."""
        lines = read_records(self.book, self.plan, setting_of(self.actor, self.now))
        while some := list(islice(lines, AT_ONCE)):
            yield from self._some(some)

    def _some(self, lines: Sequence[Record | Skipped]) -> Iterator[Passed]:
        keyed = {one.line: self._keys(one) for one in lines if isinstance(one, Record)}
        known = self._known((keyed[one.line][0], len(one.kinds)) for one in lines if isinstance(one, Record))
        ours = self._ours(one for one in lines if isinstance(one, Record))
        for one in lines:
            if isinstance(one, Skipped):
                if one.counts:
                    yield Passed(one.line, "skipped", skipped=one)
            elif one.line in self.left_out:
                yield Passed(one.line, "left_out", record=one)
            else:
                yield self._row(one, *keyed[one.line], known, ours)

    def _keys(self, record: Record) -> tuple[bytes, bytes]:
        """Return the hashes of which row this is and of what it says. The second of two equal rows is another row."""
        identity = identity_of(record)
        source = bytes(self.load.source) if identity[0] == "id" else b""
        key = self._hash(source, self.load.what, *identity)
        count = self._seen[key] = self._seen.get(key, 0) + 1
        if count > 1:
            key = self._hash(key, str(count))
        return key, self._hash(b"", *content_of(record))

    def _hash(self, first: bytes, *texts: str) -> bytes:
        # Keyed with a secret of this server, because a name or a phone in a plain hash is soon guessed.
        told = first + b"\0" + "\0".join(texts).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(told, key=self._salt, digest_size=KEY_BYTES).digest()

    def _known(self, rows: Iterable[tuple[bytes, int]]) -> dict[bytes, Brought]:
        """Return what was brought before, by the key of the row, or of its second, third … part."""
        wanted = [self._part_key(key, number) for key, parts in rows for number in range(max(1, parts))]
        found = Brought.objects.filter(circle=self.actor.circle, key__in=wanted).select_related("load")
        return {bytes(one.key): one for one in found}

    def _part_key(self, key: bytes, number: int) -> bytes:
        return key if number == 0 else self._hash(key, "part", str(number))

    def _ours(self, records: Iterable[Record]) -> frozenset[str]:
        """Return the rows that are on the board already because the sheet was once taken from it."""
        texts = (one.texts.get("source_id", "").strip() for one in records)
        ids = {found for text in texts if len(text) == ID_LENGTH and (found := parse_id(text)) is not None}
        if self.is_of_people or not ids:
            return frozenset()
        here = Intent.objects.filter(circle=self.actor.circle, pk__in=ids)
        return frozenset(str(one) for one in here.values_list("pk", flat=True))

    def _row(
        self, record: Record, key: bytes, content: bytes, known: dict[bytes, Brought], ours: frozenset[str]
    ) -> Passed:
        before = known.get(key)
        if record.texts.get("source_id", "").strip() in ours:
            return Passed(record.line, "same", record=record)
        if before is not None and bytes(before.content) == content:
            return Passed(record.line, "same", record=record)
        if not record.good:
            return Passed(record.line, "wrong", problems=tuple(record.problems), record=record)
        try:
            made = self._made(record)
        except Refusal as refusal:
            return self._wrong(record, refusal.code, refusal.field, refusal.facts)
        except WordsError as error:
            return self._wrong(record, error.code, None, dict(error.facts))
        parts = tuple(Part(self._part_key(key, number), content, one) for number, one in enumerate(made))
        if before is None:
            return Passed(record.line, "new", parts, problems=tuple(record.problems), record=record)
        changed = tuple((known[part.key], part) for part in parts if part.key in known)
        fresh = tuple(part for part in parts if part.key not in known)
        return Passed(record.line, "changed", fresh, changed, tuple(record.problems), record=record)

    def _made(self, record: Record) -> Sequence[Decided | DecidedPerson]:
        if self.is_of_people:
            return [self.entering.decide(self._drafter.person(record))]
        languages = self._drafter.languages(record)
        return [self.bringing.decide(draft, languages) for draft in self._drafter.intents(record)]

    def _wrong(self, record: Record, code: str, name: str | None, facts: dict[str, object]) -> Passed:
        """Return what a rule refused as a problem of the cell it is about."""
        target = {"point": "plus_code", "reach": "phone", "address": "phone"}.get(name or "", name or "")
        column = next((one for one in self.plan.columns if one.target == target), None)
        text = record.texts.get(target, "")
        problem = Problem(
            code,
            record.line,
            column.column if column else -1,
            column.shown if column else "",
            target,
            text,
            True,
            facts,
        )
        return Passed(record.line, "wrong", problems=(*record.problems, problem), record=record)

"""Who of the circle is like somebody: candidates by tokens, and the best few compared by machine inside the vault."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from taawun.community.circles.likeness.tokens import Tokens, tokens_of
from taawun.community.circles.models import Circle, Likeness, Twin
from taawun.community.people.models import Agent
from taawun.ground.vault import machine
from taawun.ground.vault.machine import Verdict
from taawun.solve.linking import persons
from taawun.solve.linking.persons import Person

# How many entries that share one token are weighed, and how many of them all are compared.
ROWS_MAX = 1000
COMPARED_MAX = 20
BULK_COMPARED_MAX = 3
SHOWN = 5
BLOCK_MAX = 60
AT_ONCE = 500
_PHONE, _WHOLE, _PAIR, _DOOR = 9, 6, 4, 2
# What makes a second need of the same kind a repeat, also under another name.
SIGNS = frozenset({"phone.same", "place.same"})


@dataclass(frozen=True, slots=True)
class Likely:
    """Somebody of the circle who may be the one asked about. ``points`` in bits; ``reasons`` are codes, the strongest
    first, with sentences in ``wording``."""

    agent_id: uuid.UUID
    row_id: uuid.UUID
    source: str
    points: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    row_id: uuid.UUID
    shared: frozenset[int]


def find(
    circle: Circle,
    *,
    name: str = "",
    phones: Iterable[str] = (),
    place: str = "",
    but: Collection[uuid.UUID] = (),
    limit: int = SHOWN,
    now: datetime,
) -> list[Likely]:
    """Return who is likely the same, the likeliest first, each once. ``but``: agents left out. Five statements."""
    person = Person((name,) if name.strip() else (), tuple(phones), place)
    return find_person(circle, person, but=but, limit=limit, now=now)


def find_person(
    circle: Circle, person: Person, *, but: Collection[uuid.UUID] = (), limit: int = SHOWN, now: datetime
) -> list[Likely]:
    return likeliest(compared_with(circle, person, but=but, now=now))[:limit]


def likeliest(compared: Iterable[Likely]) -> list[Likely]:
    """Return those that are worth a look, each person once, the likeliest first."""
    return _each_once(one for one in compared if one.points >= persons.DEFAULT.likely)


def compared_with(
    circle: Circle,
    person: Person,
    *,
    tokens: Tokens | None = None,
    also: dict[uuid.UUID, Collection[int]] | None = None,
    but: Collection[uuid.UUID] = (),
    now: datetime,
) -> list[Likely]:
    """Return every row that was compared, also those where more speaks against it: one phone, two names.

    ``also``: rows to compare besides the nearest, with the tokens they share.
    """
    tokens = tokens_of(circle.id, person) if tokens is None else tokens
    candidates, sharing = _best_candidates(circle.id, tokens)
    candidates |= also or {}
    rows = {row.row_id: row for row in Likeness.objects.filter(row_id__in=candidates).exclude(agent_id__in=list(but))}
    return compare(person, tokens, rows, candidates, sharing=sharing, now=now)


def _best_candidates(circle_id: uuid.UUID, tokens: Tokens) -> tuple[dict[uuid.UUID, Collection[int]], int]:
    """Return the rows that share most with somebody, with the tokens shared, and how many bear a name that sounds so.

    The database weighs them, so that of thousands who share a common name only the nearest leave it.
    """
    if not tokens.all:
        return {}, 1
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH met AS MATERIALIZED (
                SELECT asked.token, asked.weight, near.row_id
                  FROM unnest(%(tokens)s::bigint[], %(weights)s::int[]) AS asked (token, weight), LATERAL
                       (SELECT row_id FROM circles_likenesstoken
                         WHERE circle_id = %(circle)s AND token = asked.token LIMIT %(rows)s) AS near)
            SELECT row_id, array_agg(token), (SELECT count(*) FROM met WHERE token = ANY(%(whole)s::bigint[]))
              FROM met GROUP BY row_id ORDER BY sum(weight) DESC, row_id LIMIT %(most)s
            """,
            {
                "tokens": list(tokens.all), "weights": [_weight([token], tokens) for token in tokens.all],
                "whole": list(tokens.whole), "circle": circle_id, "rows": ROWS_MAX, "most": COMPARED_MAX,
            },
        )  # fmt: skip
        rows = cursor.fetchall()
    return {row_id: shared for row_id, shared, _count in rows}, max(1, rows[0][2] if rows else 1)


def _candidates(circle_id: uuid.UUID, tokens: Collection[int], limit: int) -> dict[uuid.UUID, set[int]]:
    """Return rows that share tokens, and which. Equality on an index, so that it stays fast in a large circle."""
    found: dict[uuid.UUID, set[int]] = {}
    if tokens:
        with connection.cursor() as cursor:
            # Each token by itself, so that one that everybody shares does not push out the rare ones.
            cursor.execute(
                "SELECT asked.token, near.row_id FROM unnest(%s::bigint[]) AS asked (token), LATERAL ("
                " SELECT row_id FROM circles_likenesstoken WHERE circle_id = %s AND token = asked.token LIMIT %s) AS near",
                [list(tokens), circle_id, limit],
            )
            for token, row_id in cursor.fetchall():
                found.setdefault(row_id, set()).add(token)
    return found


def _weight(shared: Collection[int], tokens: Tokens) -> int:
    return sum(
        _PHONE
        if token in tokens.phones
        else _WHOLE
        if token in tokens.whole
        else _PAIR
        if token in tokens.pairs
        else _DOOR
        for token in shared
    )


def _best(candidates: Mapping[uuid.UUID, Collection[int]], tokens: Tokens) -> list[uuid.UUID]:
    ranked = sorted(candidates, key=lambda row_id: (-_weight(candidates[row_id], tokens), row_id))
    return ranked[:COMPARED_MAX]


def compare(
    person: Person,
    tokens: Tokens,
    rows: Mapping[uuid.UUID, Likeness],
    shared: Mapping[uuid.UUID, Collection[int]],
    *,
    sharing: int = 1,
    now: datetime,
) -> list[Likely]:
    """Compare somebody with rows of the index, inside the vault. Nothing that is read there leaves it."""
    called = dict(Agent.objects.filter(pk__in={row.agent_id for row in rows.values()}).values_list("pk", "name"))

    def judge(row_id: uuid.UUID, fields: Mapping[str, str]) -> Verdict:
        row = rows[row_id]
        names = tuple(
            one for one in (called.get(row.agent_id, ""), fields.get("name", ""), fields.get("full_name", "")) if one
        )
        # Where the phone is kept elsewhere (a member's address), that its token is shared says it is the same.
        same_phone = person.phones if set(shared.get(row_id, ())) & tokens.phones else ()
        phones = same_phone or tuple(one for one in (fields.get("phone", ""),) if one)
        like = persons.compare(person, Person(names, phones, fields.get("door", "")), sharing=sharing)
        return Verdict(like.bits, tuple(term.code for term in like.terms))

    verdicts = machine.weigh(rows, judge, now=now)
    # A member who gave nothing but a name has nothing in the vault.
    verdicts |= {row_id: judge(row_id, {}) for row_id in rows if row_id not in verdicts}
    return [
        Likely(rows[row_id].agent_id, row_id, rows[row_id].source, verdict.points, verdict.words)
        for row_id, verdict in verdicts.items()
    ]


def _each_once(found: Iterable[Likely]) -> list[Likely]:
    best: dict[uuid.UUID, Likely] = {}
    for one in sorted(found, key=lambda likely: (-likely.points, likely.row_id)):
        best.setdefault(one.agent_id, one)
    return list(best.values())


def same_as(circle: Circle, agent_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Return for each agent the others a coordinator has said are the same person, also by way of a third."""
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for agent_id in agent_ids:
        group, waiting = {agent_id}, {agent_id}
        while waiting:
            linked = Twin.objects.filter(circle=circle, state="same")
            ids = linked.values_list("one_id", "other_id")
            # Each half has an index of its own.
            pairs = list(ids.filter(one_id__in=waiting).union(ids.filter(other_id__in=waiting), all=True))
            waiting = {one for pair in pairs for one in pair} - group
            group |= waiting
        found[agent_id] = group - {agent_id}
    return found


@dataclass(frozen=True, slots=True)
class Met:
    """What a list of people meets: in the circle, and within itself (place in the list, points, reasons).

    Also what is not likely one person is here when it shares a phone or a door: it may be the same need. Ask
    ``likeliest`` for the persons.
    """

    known: dict[int, list[Likely]] = field(default_factory=dict)
    within: dict[int, list[tuple[int, float, tuple[str, ...]]]] = field(default_factory=dict)
    tokens: list[Tokens] = field(default_factory=list)


def find_many(circle: Circle, people: Sequence[Person], *, now: datetime) -> Met:
    """Return whom many people (a sheet's rows) are like, in the circle and among themselves. For a rehearsal or a load.

    Only who shares a phone or the sound of a whole name is looked up in the circle, and within the list also who shares
    parts of a name and a door, so that a hundred thousand rows take seconds. ``find`` looks further.
    """
    tokens = [tokens_of(circle.id, person) for person in people]
    met = Met(tokens=tokens)
    for start in range(0, len(people), AT_ONCE):
        _meet_known(circle, people, tokens, range(start, min(start + AT_ONCE, len(people))), met, now)
    _meet_each_other(people, tokens, met)
    return met


def _meet_known(
    circle: Circle, people: Sequence[Person], tokens: Sequence[Tokens], places: range, met: Met, now: datetime
) -> None:
    wanted = {token for place in places for token in tokens[place].strong}
    by_token: dict[int, list[uuid.UUID]] = defaultdict(list)
    for row_id, shared in _candidates(circle.id, wanted, BLOCK_MAX).items():
        for token in shared:
            by_token[token].append(row_id)
    asked: dict[int, dict[uuid.UUID, set[int]]] = {}
    for place in places:
        candidates: dict[uuid.UUID, set[int]] = defaultdict(set)
        for token in tokens[place].strong:
            for row_id in by_token.get(token, ()):
                candidates[row_id].add(token)
        strong = {
            row_id: shared for row_id, shared in candidates.items() if _weight(shared, tokens[place]) >= _PAIR + _DOOR
        }
        if strong:
            asked[place] = {row_id: strong[row_id] for row_id in _best(strong, tokens[place])[:BULK_COMPARED_MAX]}
    rows = Likeness.objects.in_bulk({row_id for some in asked.values() for row_id in some})
    opened = _opened_for(rows, people, tokens, asked, now)
    for place, likely in opened.items():
        met.known[place] = likely


def _opened_for(
    rows: Mapping[uuid.UUID, Likeness],
    people: Sequence[Person],
    tokens: Sequence[Tokens],
    asked: Mapping[int, Mapping[uuid.UUID, set[int]]],
    now: datetime,
) -> dict[int, list[Likely]]:
    """Compare many with their candidates, each sealed row opened once."""
    asking: dict[uuid.UUID, list[int]] = defaultdict(list)
    for place, some in asked.items():
        for row_id in some:
            if row_id in rows:
                asking[row_id].append(place)
    called = dict(Agent.objects.filter(pk__in={row.agent_id for row in rows.values()}).values_list("pk", "name"))
    found: dict[int, list[Likely]] = defaultdict(list)

    def judge(row_id: uuid.UUID, fields: Mapping[str, str]) -> None:
        row = rows[row_id]
        names = tuple(
            one for one in (called.get(row.agent_id, ""), fields.get("name", ""), fields.get("full_name", "")) if one
        )
        for place in asking[row_id]:
            same_phone = people[place].phones if asked[place][row_id] & tokens[place].phones else ()
            phones = same_phone or tuple(one for one in (fields.get("phone", ""),) if one)
            like = persons.compare(people[place], Person(names, phones, fields.get("door", "")))
            codes = tuple(term.code for term in like.terms)
            if like.is_likely() or SIGNS & set(codes):
                found[place].append(Likely(row.agent_id, row_id, row.source, like.bits, codes))

    machine.weigh(asking, lambda row_id, fields: judge(row_id, fields), now=now)
    for row_id in asking.keys() - {likely.row_id for some in found.values() for likely in some}:
        judge(row_id, {})
    return dict(found)


def _meet_each_other(people: Sequence[Person], tokens: Sequence[Tokens], met: Met) -> None:
    blocks: dict[int, list[int]] = defaultdict(list)
    for place, found in enumerate(tokens):
        for token in found.all:
            blocks[token].append(place)
    weights: Counter[tuple[int, int]] = Counter()
    for token, rows in blocks.items():
        # A phone that sixty share is a shelter's, a name that sixty bear says nothing by itself.
        if 1 < len(rows) <= BLOCK_MAX:
            worth = _weight([token], tokens[rows[0]])
            for at, one in enumerate(rows):
                for other in rows[at + 1 :]:
                    weights[one, other] += worth
    for (one, other), weight in weights.items():
        if weight >= _PAIR + _DOOR:
            like = persons.compare(people[one], people[other])
            codes = tuple(term.code for term in like.terms)
            if like.is_likely() or SIGNS & set(codes):
                met.within.setdefault(one, []).append((other, like.bits, codes))
                met.within.setdefault(other, []).append((one, like.bits, codes))

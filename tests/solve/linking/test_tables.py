"""Rows of one person in a table, without any answer known beforehand; groups that do not chain a street together."""

import random

import numpy as np
import pytest

from taawun.solve.linking import comparing
from taawun.solve.linking.clusters import groups, one_to_one
from taawun.solve.linking.tables import Field, link, quality
from taawun.solve.linking.weighing import MISSING, learn

FIELDS = (
    Field("given", "word", swaps="family", rarity=True), Field("family", "word", swaps="given", rarity=True),
    Field("street", "words"), Field("number", "number"), Field("born", "day"), Field("paper", "code"),
)  # fmt: skip
BLOCKS = (("given~", "family~"), ("family~", "born^4"), ("given~", "born^4"), ("street~", "number"), ("paper",))


def made_up(count, seed=3):
    """Return rows and the true pairs: about a third of the people are there twice, typed again with mistakes."""
    dice = random.Random(seed)
    letters = "abdefghiklmnoprstu"

    def word(size):
        return "".join(dice.choice(letters) for _ in range(size))

    def typed(text):
        if not text or dice.random() < 0.5:
            return text
        at = dice.randrange(len(text))
        return dice.choice([text[:at] + text[at + 1 :], text[:at] + dice.choice(letters) + text[at + 1 :], "", text])

    first_names, families = [word(6) for _ in range(60)], [word(7) for _ in range(90)]
    rows, true = [], []
    for _ in range(count):
        row = {
            "given": dice.choice(first_names), "family": dice.choice(families), "street": f"{word(7)} street",
            "number": str(dice.randrange(1, 200)), "paper": str(dice.randrange(10**6, 10**7)),
            "born": f"{dice.randrange(1930, 2010)}{dice.randrange(1, 13):02d}{dice.randrange(1, 29):02d}",
        }  # fmt: skip
        rows.append(row)
        if dice.random() < 0.35:
            again = {name: typed(text) if name in {"given", "family", "street"} else text for name, text in row.items()}
            if dice.random() < 0.2:
                again["given"], again["family"] = again["family"], again["given"]
            again["born"] = again["born"] if dice.random() < 0.8 else ""
            again["paper"] = again["paper"] if dice.random() < 0.6 else ""
            rows.append(again)
            true.append((len(rows) - 2, len(rows) - 1))
    return rows, true


def test_people_typed_twice_are_found_without_being_told_any():
    rows, true = made_up(800)
    linked = link(rows, FIELDS, BLOCKS)
    precision, recall, _score = quality(linked.pairs, true)
    assert precision > 0.98 and recall > 0.95
    assert link(rows, FIELDS, BLOCKS).pairs == linked.pairs, "the same rows give the same answer"
    reasons = linked.explain(*true[0])
    assert {reason.column for reason in reasons} == {field.column for field in FIELDS}
    assert sum(reason.bits for reason in reasons) > 0


def test_two_tables_are_linked_row_to_row():
    rows, true = made_up(400, seed=5)
    again = {second for _first, second in true}
    first = [row for number, row in enumerate(rows) if number not in again]
    second = [rows[number] for number in sorted(again)]
    found = link(first, FIELDS, BLOCKS, second=second).pairs
    assert len({one for one, _ in found}) == len(found) == len({other for _, other in found})
    places = {id(row): number for number, row in enumerate(first)}
    expected = [(places[id(rows[one])], len(first) + number) for number, (one, _) in enumerate(sorted(true, key=lambda p: p[1]))]
    assert quality(found, expected)[2] > 0.95


@pytest.mark.parametrize("rows", [[], [{"given": "a"}], [{}, {}], [{"given": "", "family": ""}] * 3])
def test_nothing_to_compare_gives_no_pair(rows):
    rows = [{field.column: row.get(field.column, "") for field in FIELDS} for row in rows]
    assert link(rows, FIELDS, BLOCKS).pairs == []


def test_a_chain_of_likenesses_does_not_tie_a_street_together():
    pairs = [(10.0, 0, 1), (9.0, 1, 2), (8.0, 5, 6)]
    asked = []

    def score(unknown):
        asked.extend(unknown)
        return [-40.0] * len(unknown)

    assert sorted(groups(pairs, score, 5.0)) == [[0, 1], [5, 6]] and asked == [(0, 2)]
    assert sorted(groups(pairs, lambda unknown: [4.0] * len(unknown), 5.0)) == [[0, 1, 2], [5, 6]]
    assert one_to_one([(9.0, 0, 7), (8.0, 0, 8), (7.0, 1, 7), (3.0, 2, 9)], 5.0) == [(0, 7)]


def test_weights_are_learnt_from_the_rows_alone():
    dice = np.random.default_rng(1)
    same = np.where(dice.random((300, 3)) < 0.9, 1, 0)
    other = np.where(dice.random((5000, 3)) < 0.1, 1, 0)
    chance = np.where(dice.random((5000, 3)) < 0.1, 1, 0).astype(np.int8)
    levels = np.vstack([same, other]).astype(np.int8)
    levels[:40, 0] = MISSING
    found = learn(levels, chance, (2, 2, 2), pairs_in_all=5300)
    assert all(abs(m[1] - 0.9) < 0.05 and abs(u[1] - 0.1) < 0.02 for m, u in zip(found.m, found.u, strict=True))
    assert abs(found.prior - 300 / 5300) < 0.015
    assert found.bits(np.array([[1, 1, 1]], dtype=np.int8))[0] > found.needed_bits > found.bits(np.array([[1, 0, 0]], dtype=np.int8))[0]
    assert found.bits(np.full((1, 3), MISSING, dtype=np.int8))[0] == 0


@pytest.mark.parametrize(
    ("kind", "one", "other", "level"),
    [
        ("word", "mitchell", "mitchel", 4), ("word", "catherine", "kathrine", 3), ("word", "anna", "bob", 0),
        ("words", "wallaby place", "wallabyplace", 3), ("words", "mill lane", "lane mill", 2), ("number", "12", "21", 2),
        ("number", "12", "1", 1), ("day", "19560409", "19560904", 3), ("day", "19560409", "19570409", 3),
        ("day", "19560409", "19720409", 2), ("code", "1804974", "1804947", 2), ("word", "", "anna", MISSING),
    ],
)  # fmt: skip
def test_levels_say_how_far_two_values_agree(kind, one, other, level):
    assert comparing.COMPARISONS[kind](one, other) == comparing.COMPARISONS[kind](other, one) == level

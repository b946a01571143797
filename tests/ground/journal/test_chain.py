"""The chain without a database: any edit, removal, doubling or change of order is found, wherever it is."""

import hashlib
import io
import json
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from taawun.ground.journal.chain import START, Link, canonical, link, verify
from taawun.ground.journal.export import verify_export

CIRCLE = uuid.UUID(int=7)
values = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53), 2**53) | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def chain(contents: list[object]) -> list[Link]:
    links, before = [], START
    for seq, content in enumerate(contents, start=1):
        body = canonical({"circle_id": str(CIRCLE), "data": content})
        after = link(before, seq, body)
        links.append(Link(CIRCLE, seq, body, before, after, {"circle_id": str(CIRCLE)}))
        before = after
    return links


def export(links: list[Link]) -> list[str]:
    return [
        json.dumps({"seq": one.seq, "previous_hash": one.previous_hash.hex(), "hash": one.hash.hex(), "body": one.body})
        for one in links
    ]


chains = some.lists(values, min_size=1, max_size=6).map(chain)


@given(chains)
def test_an_untouched_chain_is_whole(links):
    assert list(verify(links)) == []
    assert verify_export(export(links)) == (len(links), links[-1].hash.hex(), [])


@given(chains, some.data())
def test_any_bit_of_a_text_is_noticed(links, data):
    place = data.draw(some.integers(0, len(links) - 1))
    raw = bytearray(links[place].body.encode())
    bit = data.draw(some.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    # What is no text any more cannot be stored; each byte is then taken for a letter of its own.
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    edited = [*links]
    edited[place] = replace(links[place], body=text)
    assert any(fault.seq == place + 1 for fault in verify(edited))


@given(chains, some.data(), some.sampled_from(["hash", "previous_hash"]))
def test_any_bit_of_a_hash_is_noticed(links, data, which):
    place, bit = data.draw(some.integers(0, len(links) - 1)), data.draw(some.integers(0, 255))
    raw = bytearray(getattr(links[place], which))
    raw[bit // 8] ^= 1 << bit % 8
    edited = [*links]
    edited[place] = replace(links[place], **{which: bytes(raw)})
    assert any(fault.seq == place + 1 for fault in verify(edited))


@given(some.lists(values, min_size=2, max_size=6).map(chain), some.data())
def test_an_entry_that_was_taken_out_is_noticed(links, data):
    place = data.draw(some.integers(0, len(links) - 2))
    faults = list(verify(links[:place] + links[place + 1 :]))
    assert (faults[0].seq, faults[0].what) == (place + 1, f"entry {place + 1} is missing")


@given(some.lists(values, min_size=2, max_size=6).map(chain), some.data())
def test_entries_in_another_order_are_found(links, data):
    order = data.draw(some.permutations(links).filter(lambda one: list(one) != links))
    assert list(verify(order))


@given(some.lists(values, min_size=2, max_size=6).map(chain), some.data())
def test_entries_that_take_over_each_others_places_are_found(links, data):
    one, other = sorted(data.draw(some.lists(some.integers(0, len(links) - 1), min_size=2, max_size=2, unique=True)))
    swapped = [*links]
    swapped[one], swapped[other] = replace(links[other], seq=one + 1), replace(links[one], seq=other + 1)
    assert list(verify(swapped))


@given(chains, some.data())
def test_an_entry_given_twice_is_found(links, data):
    place = data.draw(some.integers(0, len(links) - 1))
    assert list(verify([*links[: place + 1], links[place], *links[place + 1 :]]))


@given(chains, values, some.data())
def test_a_column_that_tells_something_else_than_the_text_is_found(links, other, data):
    place = data.draw(some.integers(0, len(links) - 1))
    edited = [*links]
    edited[place] = replace(links[place], columns={"circle_id": other})
    assert [(fault.seq, fault.what) for fault in verify(edited)] == [
        (place + 1, "its column circle_id differs from what was hashed")
    ]


def test_the_hash_is_what_the_readme_says_so_that_others_can_check_it():
    body = '{"a":1}'
    assert link(START, 1, body) == hashlib.sha256(b"\0" * 32 + b"\0\0\0\0\0\0\0\1" + body.encode()).digest()


def test_a_tail_that_was_cut_off_leaves_a_whole_but_shorter_chain():
    links = chain([1, 2, 3])
    assert verify_export(export(links[:2])) == (2, links[1].hash.hex(), [])
    assert links[1].hash != links[2].hash


@pytest.mark.parametrize(
    "line",
    [
        "no JSON at all",
        "[]",
        "null",
        '{"seq": 2}',
        '{"seq": "2", "previous_hash": "", "hash": "", "body": "{}"}',
        '{"seq": 2, "previous_hash": "xx", "hash": "", "body": "{}"}',
        '{"seq": 2, "previous_hash": "00", "hash": "00", "body": "[]"}',
        '{"seq": 2, "previous_hash": "00", "hash": "00", "body": 5}',
        '{"seq": true, "previous_hash": "00", "hash": "00", "body": "{}"}',
        json.dumps({"seq": 10**20, "previous_hash": "00", "hash": "00", "body": f'{{"circle_id": "{CIRCLE}"}}'}),
        '{"seq": 2, "previous_hash": "00", "hash": "00", "body": "\\ud800"}',
        "[" * 100_000,
    ],
)
def test_a_line_that_is_no_entry_is_named(line):
    first, second = export(chain([1, 2]))
    count, _head, faults = verify_export([first, line, second])
    assert count == 2
    assert [(fault.seq, fault.what) for fault in faults] == [(2, "line 2 is not a journal entry")]


@given(some.text())
def test_no_text_at_all_upsets_it(text):
    count, _head, faults = verify_export(io.StringIO(text))
    assert count == 0
    assert len(faults) == sum(bool(line.strip()) for line in io.StringIO(text))


def test_entries_of_two_circles_in_one_export_are_found():
    first, _ = chain([1, 2])
    body = canonical({"circle_id": str(uuid.UUID(int=8)), "data": 2})
    foreign = Link(uuid.UUID(int=8), 2, body, first.hash, link(first.hash, 2, body), {})
    assert [fault.what for fault in verify_export(export([first, foreign]))[2]] == [
        "the export mixes entries of several circles"
    ]

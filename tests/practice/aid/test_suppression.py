"""Hidden figures stay hidden: for any table, nothing that is shown gives a small group away."""

from hypothesis import given
from hypothesis import strategies as st

from taawun.practice.aid.suppression import SMALL, hide, is_small

counts = st.integers(min_value=0, max_value=12)


@st.composite
def tables(draw):
    """Rows of (asking, helped, not helped): who asked twice may be helped once, so the two may overlap."""
    rows = []
    for _ in range(draw(st.integers(min_value=1, max_value=8))):
        asking = draw(counts)
        helped = draw(st.integers(min_value=0, max_value=asking))
        rows.append((asking, helped, draw(st.integers(min_value=asking - helped, max_value=asking))))
    return rows


@given(tables())
def test_no_small_group_shows_and_none_is_found_by_subtracting(rows):
    total = [sum(column) for column in zip(*rows, strict=True)]
    hidden = hide(rows, total)
    shown = [row for place, row in enumerate(rows) if place not in hidden.rows]
    assert not any(is_small(count) for row in shown for count in row)
    if not hidden.total_shown:
        return
    assert not any(is_small(count) for count in total)
    rest = [whole - sum(column) for whole, column in zip(total, zip(*shown, strict=True) if shown else [[]] * 3, strict=True)]
    assert not any(is_small(count) for count in rest), "the total minus what is shown is a small group"
    # One row hidden alone is the rest itself.
    some = [place for place in hidden.rows if any(rows[place])]
    assert len(some) != 1


@given(st.lists(st.integers(min_value=SMALL, max_value=50), max_size=6))
def test_nothing_is_hidden_where_nothing_is_small(large):
    rows = [(count,) for count in [*large, 0]]
    hidden = hide(rows, (sum(large),))
    assert not hidden.rows and hidden.total_shown

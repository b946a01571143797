"""Who is named in a text, and how long a conversation lasts."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.community.conversations import rules
from taawun.community.conversations.rules import Standing, mentioned, standing

NOW = datetime(2026, 5, 18, 9, tzinfo=UTC)
AMINA, AMINA_HADDAD, YUSUF, UMM, SELIN = (uuid.UUID(int=number) for number in range(1, 6))
NAMES = {
    AMINA_HADDAD: "Amina Haddad", YUSUF: "Yūsuf", UMM: "أُمّ حَسّان", SELIN: "Selin Işık Öztürk", uuid.UUID(int=9): ""
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Yusuf can you?", [YUSUF]),
        ("thanks @YUSUF.", [YUSUF]),
        ("@amina haddad, @yusuf!", [AMINA_HADDAD, YUSUF]),
        ("@Amina only her first name", [AMINA_HADDAD]),
        ("يا @أم حسان هل يمكنك؟", [UMM]),
        ("@ام حسان، شكرا", [UMM]),
        ("@Selin Isik Ozturk and @Selin again", [SELIN]),
        ("＠Yusuf in full width", [YUSUF]),
        ("yusuf without a sign", []),
        ("mail me: someone@example.org", []),
        ("@ Yusuf", []),
        ("@Yusufcan is somebody else", []),
        ("@@@@", []),
        ("", []),
    ],
)
def test_names_are_found_as_people_write_them(text, expected):
    assert mentioned(text, NAMES) == expected


def test_a_first_name_that_two_have_names_nobody_but_a_whole_name_does():
    both = NAMES | {AMINA: "Amina Saleh"}
    assert mentioned("@Amina", both) == []
    assert mentioned("@Amina Saleh", both) == [AMINA]
    # Whose whole name it is, is meant by it.
    assert mentioned("@Amina", NAMES | {AMINA: "Amina"}) == [AMINA]


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text):
    assert set(mentioned(text, NAMES)) <= set(NAMES)


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        (None, Standing.OPEN), (timedelta(hours=47), Standing.OPEN), (timedelta(hours=49), Standing.READ),
        (timedelta(days=29), Standing.READ), (timedelta(days=30), Standing.OVER),
    ],
)  # fmt: skip
def test_a_conversation_outlives_its_subject_by_a_thank_you_and_a_month(ended, expected):
    assert standing(NOW - ended if ended is not None else None, NOW) is expected
    assert rules.WRITES_AFTER_END < rules.READS_AFTER_END

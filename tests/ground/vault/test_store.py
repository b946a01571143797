"""The vault on the real database: what opens for whom, what is written down about it, and what is gone for good."""

import json
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from taawun.ground.jobs.duties import run_duty
from taawun.ground.journal.models import Entry
from taawun.ground.values.ids import new_id
from taawun.ground.values.scope import circle_scope, set_scope
from taawun.ground.vault import cipher, store
from taawun.ground.vault.models import DataKey, Sealed
from taawun.ground.vault.store import Viewer
from tests.world import NOW

pytestmark = pytest.mark.django_db
DOOR = "the green door opposite the bakery"


@pytest.fixture
def circle(db: None) -> uuid.UUID:
    made = new_id()
    set_scope([made])
    return made


def sealed(circle: uuid.UUID | None, subject: uuid.UUID | None = None, **changes: object) -> tuple[uuid.UUID, uuid.UUID]:
    """Seal a name and a door; returns the subject and the row."""
    subject, row = subject or new_id(), new_id()
    values: dict[str, object] = {"fields": {"name": "Umm Sami", "door": DOOR}, "now": NOW} | changes
    store.seal(circle_id=circle, subject_id=subject, row_id=row, **values)
    return subject, row


def looks() -> list[Entry]:
    return list(Entry.objects.filter(name="vault.revealed").order_by("seq"))


def viewer(*own: uuid.UUID) -> Viewer:
    return Viewer(own[0] if own else new_id(), frozenset(own))


def test_what_was_sealed_is_revealed(circle):
    _subject, row = sealed(circle)
    assert store.reveal(viewer(), [row], "commitment:7", circle_id=circle, now=NOW) == {
        row: {"name": "Umm Sami", "door": DOOR}
    }


def test_every_look_is_written_down_before_a_letter_is_shown(circle):
    subject, row = sealed(circle)
    who = viewer()
    with connection.execute_wrapper(_Broken("journal_append")), pytest.raises(RuntimeError, match="no journal today"):
        store.reveal(who, [row], "commitment:7", circle_id=circle, now=NOW)
    store.reveal(who, [row], "commitment:7", circle_id=circle, now=NOW)
    (entry,) = looks()
    assert (entry.actor_id, entry.subject_id) == (who.agent_id, subject)
    assert json.loads(entry.body)["data"] == {"fields": ["door", "name"], "why": "commitment:7"}


class _Broken:
    """A database that fails at one statement."""

    def __init__(self, word: str) -> None:
        self.word = word

    def __call__(self, execute, sql, params, many, context):
        if self.word in sql:
            raise RuntimeError("no journal today")
        return execute(sql, params, many, context)


def test_a_look_and_its_record_stand_or_fall_together(circle):
    _subject, row = sealed(circle)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        store.reveal(viewer(), [row], "commitment:7", circle_id=circle, now=NOW)
        assert len(looks()) == 1
        raise ZeroDivisionError
    assert looks() == []


def test_one_look_at_several_people_is_written_down_for_each(circle):
    pairs = [sealed(circle) for _ in range(3)]
    store.reveal(viewer(), [row for _, row in pairs], "coordination", circle_id=circle, now=NOW)
    assert {entry.subject_id for entry in looks()} == {subject for subject, _ in pairs}


def test_looking_at_ones_own_is_no_look(circle):
    subject, row = sealed(circle)
    assert store.reveal(viewer(subject), [row], "own", circle_id=circle, now=NOW)[row]["door"] == DOOR
    assert looks() == []


def test_another_persons_data_are_not_revealed_outside_a_circle(circle):
    _subject, row = sealed(None)
    with pytest.raises(cipher.VaultError, match="within a circle"):
        store.reveal(viewer(), [row], "curiosity", circle_id=None, now=NOW)


def test_nothing_is_revealed_after_its_time(circle):
    _subject, row = sealed(circle, expires_at=NOW + timedelta(hours=1))
    seen = [
        store.reveal(viewer(), [row], "x", circle_id=circle, now=NOW + timedelta(minutes=minutes)) != {}
        for minutes in (59, 60, 61)
    ]
    assert seen == [True, False, False]
    assert len(looks()) == 1


def test_what_has_run_out_is_removed_in_every_circle_and_outside(world, other_world):
    rows = []
    for circle in (world.circle.id, other_world.circle.id, None):
        set_scope([circle] if circle else [])
        rows += [sealed(circle, expires_at=NOW)[1], sealed(circle, expires_at=NOW + timedelta(seconds=1))[1]]
    run_duty("vault.remove_expired", NOW)
    with circle_scope(world.circle.id, other_world.circle.id):
        left = set(Sealed.objects.filter(row_id__in=rows).values_list("row_id", flat=True))
    assert left == set(rows[1::2])


def test_how_long_something_is_kept_can_be_changed(circle):
    _subject, row = sealed(circle)
    assert store.keep_until([row], NOW) == 2
    assert store.reveal(viewer(), [row], "x", circle_id=circle, now=NOW) == {}
    store.keep_until([row], None)
    assert store.reveal(viewer(), [row], "x", circle_id=circle, now=NOW + timedelta(days=999))


def test_an_empty_text_takes_a_field_away(circle):
    subject, row = sealed(circle)
    store.seal(circle_id=circle, subject_id=subject, row_id=row, fields={"name": "", "door": "next door"}, now=NOW)
    assert store.reveal(viewer(), [row], "x", circle_id=circle, now=NOW) == {row: {"door": "next door"}}


@pytest.mark.parametrize("moved", [{"row_id": new_id()}, {"field": "phone"}])
def test_a_ciphertext_moved_to_another_row_or_field_does_not_open(circle, moved):
    _subject, row = sealed(circle)
    Sealed.objects.filter(row_id=row, field="door").update(**moved)
    place = moved.get("row_id", row)
    with pytest.raises(cipher.VaultError, match="does not open in this place"):
        store.reveal(viewer(), [place], "x", circle_id=circle, now=NOW)


def test_a_ciphertext_moved_to_another_circle_does_not_open(circle):
    """Even when its key is moved along: the key is bound to the circle too."""
    subject, row = sealed(circle)
    there = new_id()
    set_scope([circle, there])
    Sealed.objects.filter(row_id=row).update(circle_id=there)
    DataKey.objects.filter(subject_id=subject).update(circle_id=there)
    with pytest.raises(cipher.VaultError, match="does not open in this place"):
        store.reveal(viewer(), [row], "x", circle_id=there, now=NOW)


def test_two_values_that_changed_places_do_not_open(circle):
    subject, row = sealed(circle)
    door, name = (Sealed.objects.get(row_id=row, field=field) for field in ("door", "name"))
    Sealed.objects.filter(pk=door.pk).update(ciphertext=name.ciphertext)
    with pytest.raises(cipher.VaultError):
        store.reveal(viewer(subject), [row], "x", circle_id=circle, now=NOW)


def test_another_subjects_key_does_not_open(circle):
    subject, row = sealed(circle)
    other, _ = sealed(circle)
    foreign = DataKey.objects.get(subject_id=other)
    DataKey.objects.filter(subject_id=subject).update(wrapped=foreign.wrapped)
    with pytest.raises(cipher.VaultError):
        store.reveal(viewer(), [row], "x", circle_id=circle, now=NOW)


def test_another_key_file_does_not_open(circle, settings, tmp_path):
    _subject, row = sealed(circle)
    foreign = json.loads(Path(settings.VAULT_KEYS).read_text())
    foreign["keys"] = {name: "A" * 43 + "=" for name in foreign["keys"]}
    settings.VAULT_KEYS = tmp_path / "vault.json"
    settings.VAULT_KEYS.write_text(json.dumps(foreign))
    with pytest.raises(cipher.VaultError, match="does not open"):
        store.reveal(viewer(), [row], "x", circle_id=circle, now=NOW)
    settings.VAULT_KEYS.write_text(json.dumps(foreign | {"keys": {"k99": "A" * 43 + "="}, "active": "k99"}))
    with pytest.raises(cipher.VaultError, match="is not in the key file"):
        store.reveal(viewer(), [row], "x", circle_id=circle, now=NOW)
    settings.VAULT_KEYS.unlink()
    with pytest.raises(cipher.VaultError, match="is missing"):
        store.reveal(viewer(), [row], "x", circle_id=circle, now=NOW)
    assert looks() == []


def test_erasing_makes_every_copy_unreadable(circle):
    """A copy of the ciphertext, as in a backup or a log of the database, is noise without its key."""
    subject, row = sealed(circle)
    shared_row = new_id()
    store.seal(circle_id=None, subject_id=subject, row_id=shared_row, fields={"value": "sami@example.org"}, now=NOW)
    copies = list(Sealed.objects.filter(subject_id=subject))
    assert len(copies) == 3
    store.erase(subject)
    assert not DataKey.objects.filter(subject_id=subject).exists()
    Sealed.objects.bulk_create(copies)
    assert store.reveal(viewer(), [row, shared_row], "x", circle_id=circle, now=NOW) == {}
    # Sealing again makes a new key, which does not open the old copies either.
    store.seal(circle_id=circle, subject_id=subject, row_id=new_id(), fields={"name": "new"}, now=NOW)
    with pytest.raises(cipher.VaultError):
        store.reveal(viewer(), [row], "x", circle_id=circle, now=NOW)


def test_sealed_values_of_another_circle_do_not_exist_here(circle):
    _subject, row = sealed(circle)
    with circle_scope(new_id()):
        assert store.reveal(viewer(), [row], "x", circle_id=circle, now=NOW) == {}
        assert not Sealed.objects.filter(row_id=row).exists()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            sealed(circle)


def test_the_same_text_is_never_the_same_ciphertext(circle):
    rows = [sealed(circle)[1] for _ in range(2)]
    texts = {bytes(one.ciphertext) for one in Sealed.objects.filter(row_id__in=rows, field="door")}
    assert len(texts) == 2
    assert all(DOOR.encode() not in text for text in texts)


def test_the_blind_index_finds_exactly_the_same_value():
    found = {
        (purpose, value): store.blind_index(purpose, value)
        for purpose in ("contact:phone", "contact:email")
        for value in ("+96170123456", "+96170123457", "")
    }
    assert len(set(found.values())) == 6
    assert store.blind_index("contact:phone", "+96170123456") == found["contact:phone", "+96170123456"]


def test_the_blind_index_is_worth_nothing_without_its_key(settings, tmp_path):
    before = store.blind_index("contact:phone", "+96170123456")
    content = json.loads(Path(settings.VAULT_KEYS).read_text()) | {"index": "A" * 43 + "="}
    settings.VAULT_KEYS = tmp_path / "vault.json"
    settings.VAULT_KEYS.write_text(json.dumps(content))
    assert store.blind_index("contact:phone", "+96170123456") != before


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"active": "k1", "keys": {}, "index": ""}',
        '{"active": "k2", "keys": {"k1": "%(key)s"}, "index": "%(key)s"}',
        '{"active": "k1", "keys": {"k1": "c2hvcnQ="}, "index": "%(key)s"}',
        '{"active": "k1", "keys": {"k1": "not base64!"}, "index": "%(key)s"}',
        '{"active": "k1", "keys": ["%(key)s"], "index": "%(key)s"}',
    ],
)
def test_a_damaged_key_file_is_refused_with_its_name(content, tmp_path):
    path = tmp_path / "vault.json"
    path.write_text(content % {"key": "A" * 43 + "="} if "%" in content else content)
    with pytest.raises(cipher.VaultError):
        cipher.load_key_ring(path)

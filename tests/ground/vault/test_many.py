"""Sealing and opening by the thousand, and files that wait: never in plain, bound to their place, gone when thrown away."""

from datetime import timedelta

import pytest
from django.db import connection

from taawun.ground.journal.models import Entry
from taawun.ground.values.ids import new_id
from taawun.ground.values.scope import circle_scope
from taawun.ground.vault import cipher, store
from taawun.ground.vault.models import DataKey, Sealed
from tests.world import NOW

pytestmark = pytest.mark.django_db
SECRET = b"Leila Haddad, +9613123456 " * 90_000


def test_what_is_sealed_together_opens_alone_and_the_looks_are_recorded_last():
    circle, viewer = new_id(), new_id()
    with circle_scope(circle):
        secrets = [store.Secret(new_id(), new_id(), {"name": f"Leila {n}", "door": ""}) for n in range(300)]
        store.seal_many(circle, secrets, now=NOW)
        assert Sealed.objects.count() == 300 == DataKey.objects.count()
        who = store.Viewer(viewer, frozenset({viewer, secrets[0].subject_id}))
        with store.look_through(who, "export", circle_id=circle, now=NOW) as look:
            opened = look.open([one.row_id for one in secrets[:150]]) | look.open([one.row_id for one in secrets[150:]])
            assert not Entry.objects.exists()
        assert [opened[one.row_id]["name"] for one in secrets] == [f"Leila {n}" for n in range(300)]
        looked = Entry.objects.filter(name="vault.revealed")
        assert set(looked.values_list("subject_id", flat=True)) == {one.subject_id for one in secrets[1:]}
        assert looked.count() == 299
        with pytest.raises(RuntimeError), store.look_through(who, "export", circle_id=circle, now=NOW) as look:
            look.open([secrets[0].row_id])
            raise RuntimeError
        store.erase_many([one.subject_id for one in secrets])
        assert not Sealed.objects.exists() and not DataKey.objects.exists()


def test_a_file_waits_sealed_in_pieces_and_is_gone_in_time():
    circle, row = new_id(), new_id()
    until = NOW + timedelta(hours=24)
    with circle_scope(circle):
        store.seal_file(circle, row, "file", SECRET, now=NOW, expires_at=until)
        assert Sealed.objects.filter(row_id=row).count() == 3
        with connection.cursor() as cursor:
            cursor.execute("SELECT bool_or(position('Leila'::bytea IN ciphertext) > 0) FROM vault_sealed")
            assert cursor.fetchone()[0] is False
        assert store.open_file(circle, row, "file", now=NOW) == SECRET
        assert store.open_file(circle, row, "file", now=until) is None
        store.seal_file(circle, row, "file", b"", now=NOW, expires_at=until)
        assert store.open_file(circle, row, "file", now=NOW) == b""
        assert store.open_file(circle, new_id(), "file", now=NOW) is None
        store.remove_expired(until)
        assert store.open_file(circle, row, "file", now=NOW) is None


@pytest.mark.parametrize("change", ["cut", "swap", "other row"])
def test_a_file_that_was_tampered_with_does_not_open(change):
    circle, row = new_id(), new_id()
    with circle_scope(circle):
        for one in (row, other := new_id()):
            store.seal_file(circle, one, "file", SECRET, now=NOW, expires_at=NOW + timedelta(hours=1))
        if change == "cut":
            Sealed.objects.filter(row_id=row, field="file.2").delete()
        elif change == "swap":
            first, second = (Sealed.objects.get(row_id=row, field=f"file.{n}") for n in (0, 1))
            Sealed.objects.filter(pk=first.pk).update(ciphertext=bytes(second.ciphertext))
        else:
            piece = Sealed.objects.get(row_id=other, field="file.0")
            Sealed.objects.filter(row_id=row, field="file.0").update(ciphertext=bytes(piece.ciphertext))
        with pytest.raises(cipher.VaultError):
            store.open_file(circle, row, "file", now=NOW)

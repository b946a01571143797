"""Ids sort by time, state machines check themselves, a scope closes what it does not name, every refusal has a sentence."""

import ast
import uuid
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from taawun.ground.values import ids, refusal
from taawun.ground.values.scope import circle_scope, set_scope
from taawun.ground.values.states import StateMachine
from taawun.practice.aid.models import Intent

SOURCE = Path(refusal.__file__).parents[2]


def test_ids_are_version_7_and_sort_by_time():
    made = [ids.new_id(1_700_000_000_000 + number) for number in range(50)]
    assert made == sorted(made)
    assert {one.version for one in made} == {7} and {one.variant for one in made} == {uuid.RFC_4122}
    assert len({ids.new_id(5) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("moves", "final", "fault"),
    [
        ({"go": {"a": "b"}}, {"a"}, "no way out"),
        ({"go": {"a": "b"}, "lost": {"c": "b"}}, {"b"}, "never reached"),
        ({"go": {"a": "b"}}, {"z"}, "unknown final"),
    ],
)
def test_a_broken_state_machine_does_not_import(moves, final, fault):
    with pytest.raises(ValueError, match=fault):
        StateMachine(name="x", initial="a", final=frozenset(final), moves=moves)


def codes_in_the_source() -> set[str]:
    """Every refusal code that is written in the source as a literal."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            owner = getattr(getattr(node.func, "value", None), "id", "")
            if name == "Refusal" or (owner == "Refusal" and name in {"conflict", "forbidden", "not_found"}):
                found.add(node.args[0].value)
    return found


def test_every_refusal_has_a_sentence():
    known = set(refusal.registered())
    assert codes_in_the_source() - known == set()
    assert {"not_found", "forbidden"} <= known


def test_every_sentence_is_arabic_in_arabic():
    from taawun.practice.aid import rules

    assert {f"commitment.not_{verb}" for verb in rules.COMMITMENT.moves} <= set(refusal.registered())
    english = {code: str(text) for code, text in refusal.registered().items()}
    with translation.override("ar"):
        same = [code for code, text in refusal.registered().items() if str(text) == english[code]]
    assert same == []


def test_without_a_scope_there_are_no_rows(world):
    world.need("Amina", 1)
    set_scope([])
    assert not Intent.objects.exists()
    with circle_scope(world.circle.id):
        assert Intent.objects.count() == 1
    assert not Intent.objects.exists()


def test_a_row_cannot_be_put_into_another_circle(world, other_world):
    need = world.need("Amina", 1)
    set_scope([world.circle.id])
    with pytest.raises(DatabaseError), transaction.atomic():
        Intent.objects.filter(pk=need.pk).update(circle_id=other_world.circle.id)
    set_scope([other_world.circle.id])
    assert Intent.objects.filter(pk=need.pk).update(summary="x") == 0


@pytest.mark.django_db
def test_every_table_with_a_circle_is_fenced():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
             WHERE c.relkind = 'r' AND a.attname = 'circle_id' AND NOT a.attisdropped
               AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
            """
        )
        open_tables = {row[0] for row in cursor.fetchall()}
    # Both are looked up before their circle is known, and hold a hash, or a code for the wall, beside two ids.
    assert open_tables == {"aid_receipt", "aid_shortlink"}


@pytest.mark.django_db
def test_the_program_is_no_superuser():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)

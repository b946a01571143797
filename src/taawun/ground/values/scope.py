"""Which circles' rows this transaction may touch. PostgreSQL's row-level security reads it; without it there are none.

The setting is local to the transaction, so a connection that is used again starts with nothing.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def set_scope(circle_ids: Iterable[uuid.UUID]) -> None:
    """Set the circles for the rest of this transaction. The caller must be inside one."""
    _set("taawun.circles", circle_ids)


def find_and_open(circles: type[Row], column: str, value: str) -> Row | None:
    """Return the one circle with this value in a unique column, and set the scope to it in the same statement.

    Every page begins so: written out, because composing it anew cost more than running it.
    """
    _require_transaction()
    table = circles._meta.db_table
    found = circles._default_manager.raw(
        f"SELECT *, set_config('taawun.circles', id::text, true) AS scope FROM {table} WHERE {column} = %s",
        [value],
    )
    return next(iter(found), None)


def set_agents(agent_ids: Iterable[uuid.UUID]) -> None:
    """Name the agents whose own rows (memberships) may be seen whatever the circle."""
    _set("taawun.agents", agent_ids)


def _set(name: str, ids: Iterable[uuid.UUID]) -> None:
    _require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, ",".join(str(one) for one in ids)])


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("a scope is set inside a transaction")


@contextmanager
def agent_scope(agent_id: uuid.UUID) -> Iterator[None]:
    """See one agent's own rows (memberships) in every circle for a moment, and restore what was before."""
    _require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('taawun.agents', true)")
        row = cursor.fetchone()
    before = (row[0] if row else "") or ""
    set_agents([agent_id])
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('taawun.agents', %s, true)", [before])


@contextmanager
def circle_scope(*circle_ids: uuid.UUID) -> Iterator[None]:
    """Open a transaction (or a savepoint) that sees exactly these circles, and restore what was before."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('taawun.circles', true)")
            row = cursor.fetchone()
        before = (row[0] if row else "") or ""
        set_scope(circle_ids)
        yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('taawun.circles', %s, true)", [before])

"""Writing rows by the thousand: through COPY, because composing a statement of a thousand rows costs more than running it.

PostgreSQL copies into no table with row-level security, so the rows come into a table of this transaction first and go on
from there, past the same policies as any others.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


def insert_many(rows: Sequence[Model]) -> None:
    """Insert new rows of one model, in the caller's transaction. Nothing is returned and no signal is sent."""
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not _is_made_there(field)]
    table, columns = model._meta.db_table, ", ".join(f'"{field.column}"' for field in fields)
    waiting = f"bulk_{table}"
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TEMP TABLE IF NOT EXISTS "{waiting}" ON COMMIT DROP AS SELECT {columns} FROM "{table}" LIMIT 0'
        )
        with cursor.copy(f'COPY "{waiting}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                row._state.adding = False
                copy.write_row([_value(field, row) for field in fields])
        cursor.execute(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM "{waiting}"')
        cursor.execute(f'DELETE FROM "{waiting}"')


def update_many(rows: Iterable[Model], names: Sequence[str]) -> None:
    """Write these fields of rows that are there already, in the caller's transaction: two statements, however many."""
    some = list(rows)
    if not some:
        return
    model = type(some[0])
    fields: list[Any] = [model._meta.pk, *(model._meta.get_field(name) for name in names)]
    table, columns = model._meta.db_table, ", ".join(f'"{field.column}"' for field in fields)
    # One table a set of fields: its name is short however many they are.
    waiting = f"update_{hashlib.sha256(f'{table} {columns}'.encode()).hexdigest()[:16]}"
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TEMP TABLE IF NOT EXISTS "{waiting}" ON COMMIT DROP AS SELECT {columns} FROM "{table}" LIMIT 0'
        )
        with cursor.copy(f'COPY "{waiting}" ({columns}) FROM STDIN') as copy:
            for row in some:
                copy.write_row([_value(field, row) for field in fields])
        setting = ", ".join(f'"{field.column}" = new."{field.column}"' for field in fields[1:])
        key = fields[0].column
        cursor.execute(f'UPDATE "{table}" AS old SET {setting} FROM "{waiting}" AS new WHERE old."{key}" = new."{key}"')
        cursor.execute(f'DELETE FROM "{waiting}"')


def _is_made_there(field: Any) -> bool:
    """Whether the database gives the value: a number counted up."""
    return bool(field.primary_key and field.get_internal_type().endswith("AutoField"))


def _value(field: Any, row: Model) -> Any:
    value = getattr(row, field.attname)
    # What COPY writes as it is needs no preparation, and most values do not.
    if value is None or isinstance(value, (str, int, bytes)):
        return value
    return field.get_db_prep_save(value, connection) if field.get_internal_type() == "JSONField" else value

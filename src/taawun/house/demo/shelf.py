"""Rows on their way to the database: kept in memory while weeks are told, then written in a few statements."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models

from taawun.community.circles.models import Membership
from taawun.community.people.models import Account, Agent, Consent, Contact
from taawun.ground.journal import record
from taawun.ground.journal.chain import canonical, moment
from taawun.ground.journal.models import Audience
from taawun.ground.values.ids import new_id
from taawun.ground.vault import cipher, store
from taawun.ground.vault.models import DataKey, Sealed
from taawun.ground.vault.store import Viewer
from taawun.practice.aid.models import Commitment, Happening, Intent, Receipt

BATCH = 1000
# In the order in which one refers to another.
ORDER: tuple[type[models.Model], ...] = (
    Agent, Account, Contact, Consent, Membership, Intent, Commitment, Happening, Receipt,
)  # fmt: skip


@dataclass(slots=True)
class Secret:
    """A text to be sealed: where it belongs and until when it is kept."""

    circle_id: uuid.UUID | None
    subject_id: uuid.UUID
    text: str
    sealed_at: datetime
    expires_at: datetime | None = None


@dataclass
class Shelf:
    """What is to be written."""

    rows: dict[type[models.Model], list[models.Model]] = field(default_factory=lambda: {one: [] for one in ORDER})
    secrets: dict[uuid.UUID, dict[str, Secret]] = field(default_factory=dict)
    keys: dict[tuple[uuid.UUID | None, uuid.UUID], datetime] = field(default_factory=dict)
    entries: dict[uuid.UUID, list[str]] = field(default_factory=dict)

    def put(self, row: models.Model) -> None:
        self.rows[type(row)].append(row)

    def tell(
        self,
        circle_id: uuid.UUID,
        name: str,
        *,
        actor_id: uuid.UUID | None,
        subject_id: uuid.UUID | None,
        data: Mapping[str, object],
        now: datetime,
        audience: Audience = Audience.PARTIES,
        topics: Iterable[str] = (),
    ) -> None:
        """As ``journal.record.append``; its place and its hash are found when it is written."""
        fields = {
            "id": str(new_id()),
            "circle_id": str(circle_id),
            "name": name,
            "actor_id": str(actor_id) if actor_id else None,
            "subject_id": str(subject_id) if subject_id else None,
            "audience": int(audience),
            "topics": list(topics),
            "data": dict(data),
            "event_at": moment(now),
            "recorded_at": moment(now),
        }
        self.entries.setdefault(circle_id, []).append(canonical(fields))

    def seal(
        self,
        circle_id: uuid.UUID | None,
        subject_id: uuid.UUID,
        row_id: uuid.UUID,
        fields: Mapping[str, str],
        now: datetime,
    ) -> None:
        """As ``vault.store.seal``."""
        kept = {name: text for name, text in fields.items() if text}
        if kept:
            self.keys.setdefault((circle_id, subject_id), now)
        sealed = self.secrets.setdefault(row_id, {})
        for name, text in kept.items():
            sealed[name] = Secret(circle_id, subject_id, text, now)

    def keep_until(self, row_id: uuid.UUID, expires_at: datetime | None) -> None:
        for secret in self.secrets.get(row_id, {}).values():
            secret.expires_at = expires_at

    def look(
        self, viewer: Viewer, row_ids: Iterable[uuid.UUID], why: str, circle_id: uuid.UUID, now: datetime
    ) -> None:
        """As ``vault.store.reveal``: what is not one's own is looked at, and that is told."""
        looked: dict[uuid.UUID, set[str]] = {}
        for row_id in row_ids:
            for name, secret in self.secrets.get(row_id, {}).items():
                if secret.subject_id not in viewer.own_ids and (secret.expires_at is None or secret.expires_at > now):
                    looked.setdefault(secret.subject_id, set()).add(name)
        for subject_id, fields in looked.items():
            self.tell(
                circle_id, "vault.revealed", actor_id=viewer.agent_id, subject_id=subject_id,
                data={"fields": sorted(fields), "why": why}, now=now,
            )  # fmt: skip

    def write(self, now: datetime) -> None:
        """Write all of it, in the caller's transaction and scope, but for what the vault would have let go by now."""
        for model in ORDER:
            model._default_manager.bulk_create(self.rows[model], batch_size=BATCH)
        self._write_secrets(now)
        self._write_entries()
        self.rows, self.secrets, self.keys, self.entries = {one: [] for one in ORDER}, {}, {}, {}

    def _write_entries(self) -> None:
        for circle_id, bodies in self.entries.items():
            record.append_bodies(circle_id, bodies)

    def _write_secrets(self, now: datetime) -> None:
        opened = self._data_keys()
        sealed = [
            Sealed(
                circle_id=secret.circle_id,
                subject_id=secret.subject_id,
                row_id=row_id,
                field=name,
                ciphertext=cipher.encrypt(
                    opened[secret.circle_id, secret.subject_id],
                    secret.text.encode(),
                    _bound(secret.circle_id, row_id, name),
                ),
                sealed_at=secret.sealed_at,
                expires_at=secret.expires_at,
            )
            for row_id, fields in self.secrets.items()
            for name, secret in fields.items()
            if secret.expires_at is None or secret.expires_at > now
        ]
        Sealed.objects.bulk_create(sealed, batch_size=BATCH)

    def _data_keys(self) -> dict[tuple[uuid.UUID | None, uuid.UUID], bytes]:
        """Return the opened key of every subject sealed here: those it had before, and new ones for the others."""
        ring = store.key_ring()
        subjects = {subject_id for _, subject_id in self.keys}
        opened = {
            (row.circle_id, row.subject_id): cipher.unwrap(
                ring, row.key_id, bytes(row.wrapped), _bound(row.circle_id, row.subject_id)
            )
            for row in DataKey.objects.filter(subject_id__in=subjects)
            if (row.circle_id, row.subject_id) in self.keys
        }
        made = []
        for (circle_id, subject_id), created_at in self.keys.items():
            if (circle_id, subject_id) in opened:
                continue
            opened[circle_id, subject_id] = cipher.new_key()
            key_id, wrapped = cipher.wrap(ring, opened[circle_id, subject_id], _bound(circle_id, subject_id))
            made.append(
                DataKey(
                    circle_id=circle_id, subject_id=subject_id, key_id=key_id, wrapped=wrapped, created_at=created_at
                )
            )
        DataKey.objects.bulk_create(made, batch_size=BATCH)
        return opened


def _bound(*parts: object) -> bytes:
    """What the vault binds a value and a key to (see ``vault.store``)."""
    return "|".join(str(part) for part in parts).encode()

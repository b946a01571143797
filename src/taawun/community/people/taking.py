"""Taking away what is somebody's own: one archive that a program can read, and a page of words that a person can."""

import json
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from taawun.community.people import belongings
from taawun.community.people.belongings import Content, Person
from taawun.community.people.models import Account, ApiToken, Consent, Contact
from taawun.ground.journal import record
from taawun.ground.values.scope import circle_scope

SCHEMA = "taawun.belongings"
# Counted up when a field changes its meaning or goes; a new field is no new version.
VERSION = 1
# A clock for the files in the archive: their own time would tell nothing the content does not.
EPOCH = (1980, 1, 1, 0, 0, 0)


def archive(person: Person) -> Iterator[bytes]:
    """Gather everything of a person and return the archive piece by piece. That it was taken away is on record.

    What is in the database is read at once, in the caller's transaction; pictures and voice notes are opened one after
    the other while the archive is on its way, so that it never lies in memory or on the disk as a whole.
    """
    texts: dict[str, bytes] = {}
    files: dict[str, Content] = {}
    for part in belongings.registered():
        taken = part.take(person)
        if taken.data:
            texts[f"{part.name}.json"] = _json({"schema": SCHEMA, "version": VERSION, "part": part.name, **taken.data})
        files |= {f"{part.name}/{path}": content for path, content in taken.files.items()}
    about = {
        "schema": SCHEMA, "version": VERSION, "made_at": person.now, "agent": person.agent_id,
        "parts": sorted(texts), "files": sorted(files),
    }  # fmt: skip
    _record(person)
    return _pack(
        {"README.txt": _readme(person).encode(), "manifest.json": _json(about), **texts}, files, person.circle_ids
    )


def file_name(person: Person) -> str:
    return f"taawun-{person.now:%Y-%m-%d}.zip"


def _readme(person: Person) -> str:
    lines = [
        _("What is known about %(name)s in Taawun") % {"name": person.agent.shown or _("the person this is about")},
        "",
        _("Each file ending in .json holds what one part of the program keeps. Any program can read it."),
        _("manifest.json lists the files and names the version of their form."),
        _("Pictures and voice notes lie in folders of their own."),
        _("Names of other people are there only where you can see them anyway."),
        _("Who holds this archive can read everything in it: keep it as you keep a letter."),
    ]
    return "\r\n".join(lines) + "\r\n"


def _record(person: Person) -> None:
    for circle_id in sorted(person.circle_ids):
        record.append(
            circle_id,
            "member.taken_away",
            actor_id=person.viewer.agent_id,
            subject_id=person.agent_id,
            data={},
            now=person.now,
        )


def _plain(value: object) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"{type(value)} does not belong in an archive")


def _json(data: Mapping[str, object]) -> bytes:
    return json.dumps(data, default=_plain, ensure_ascii=False, indent=1).encode() + b"\n"


class _Sink:
    """What a ZIP is written into: it keeps only what has not been sent yet."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        self._waiting += data
        return len(data)

    def flush(self) -> None:
        return None

    def take(self) -> bytes:
        taken, self._waiting = bytes(self._waiting), bytearray()
        return taken


def _pack(
    texts: Mapping[str, bytes], files: Mapping[str, Content], circle_ids: tuple[uuid.UUID, ...]
) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:  # type: ignore[call-overload]
        for path, data in texts.items():
            packed.writestr(zipfile.ZipInfo(path, EPOCH), data, zipfile.ZIP_DEFLATED)
            yield sink.take()
        for path, content in files.items():
            # Each in a transaction of its own: by now the one of the request has ended.
            with circle_scope(*circle_ids):
                found = content()
            if found is not None:
                packed.writestr(zipfile.ZipInfo(path, EPOCH), found, zipfile.ZIP_STORED)
                yield sink.take()
    yield sink.take()


def take_people(person: Person) -> belongings.Taken:
    """Return what this room keeps: the name, addresses, languages, what was agreed to, programs."""
    account = person.account
    contacts = Contact.objects.filter(agent_id=person.agent_id).order_by("created_at")
    consents = Consent.objects.filter(agent_id=person.agent_id).order_by("recorded_at")
    data: dict[str, object] = {
        "name": person.agent.name,
        "kind": person.agent.kind,
        "languages": person.agent.languages,
        "known_since": person.agent.created_at,
        "addresses": [
            {
                "channel": one.channel,
                "address": person.opened.get(one.id, {}).get("value", ""),
                "confirmed_at": one.verified_at,
                "added_at": one.created_at,
            }
            for one in contacts
        ],
        "agreed_to": [{"to": one.to, "given": one.given, "recorded_at": one.recorded_at} for one in consents],
    }
    if account is not None:
        data["account"] = _account(account)
    return belongings.Taken(data)


def _account(account: Account) -> dict[str, object]:
    tokens = ApiToken.objects.filter(account=account).order_by("created_at")
    return {
        "opened_at": account.created_at,
        "last_seen_on": account.last_seen_on,
        "language": account.language,
        "digits": account.digits,
        "has_password": account.has_usable_password(),
        "passkeys": [{"name": one.name, "added_at": one.created_at} for one in account.passkeys.all()],
        "programs": [
            {"name": one.name, "may_write": one.may_write, "made_at": one.created_at, "ended_at": one.revoked_at}
            for one in tokens
        ],
    }

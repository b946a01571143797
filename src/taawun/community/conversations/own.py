"""Conversations' part of what is somebody's own: what she said and showed, notes she may read, and how they go.

What others said to her is theirs. Notes for coordinators only are in no file, and nothing here says whether there are
any: a file is opened on phones that are shared, and such notes are often about who shares them. The same sentence for
everybody says how to ask for them (docs/decisions).
"""

import uuid
from collections.abc import Iterable, Sequence
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from taawun.community.conversations.models import Message, Note, Presence
from taawun.community.people.belongings import Belonging, Known, Line, Person, Taken, Text
from taawun.ground.media import keeping
from taawun.ground.media.models import Medium
from taawun.ground.media.serving import ENDINGS
from taawun.ground.vault import store
from taawun.ground.words.formats import format_number

FIELDS = {"text": _lazy("words in a conversation or a note")}


def _messages(person: Person) -> Sequence[Message]:
    found = Message.objects.filter(circle_id__in=person.circle_ids, author=person.agent, what=Message.What.SAID)
    return list(found.filter(taken_back_at__isnull=True).select_related("circle", "thread").order_by("posted_at"))


def _notes(person: Person) -> Sequence[Note]:
    """Return the notes that are written for her to read."""
    found = Note.objects.filter(circle_id__in=person.circle_ids, agent=person.agent, shown=True)
    return list(found.filter(taken_back_at__isnull=True).select_related("author", "circle").order_by("written_at"))


def known(person: Person) -> Iterable[Known]:
    """How much she said, and the notes meant for her."""
    said, notes = _messages(person), _notes(person)
    lines = [
        Line(
            ngettext("%(count)s message", "%(count)s messages", len(said)) % {"count": format_number(len(said))},
            icon="message",
        ),
        *(Line(_("Note of a coordinator"), person.opened.get(one.id, {}).get("text", ""), icon="edit") for one in notes),
    ]
    text = _(
        "Those on a conversation read it; it is destroyed 30 days after the end. Coordinators may also keep notes for"
        " safety that are not shown here; whoever wants to know asks a coordinator in writing."
    )
    yield Known(_("Conversations and notes"), "message", lines, text)


def take(person: Person) -> Taken:
    """Everything she said, with its pictures and voice notes as files, and the notes meant for her."""
    said = _messages(person)
    media = Medium.objects.filter(row_id__in=[one.id for one in said]).only(*keeping.FACTS)
    names = {one.id: f"conversations/{one.id}.{ENDINGS[one.mime]}" for one in media}
    of_row = {row: [names[one.id] for one in media if one.row_id == row] for row in {one.row_id for one in media}}
    return Taken(
        {
            "messages": [
                {
                    "community": one.circle.name,
                    "about": f"{one.thread.kind}:{one.thread_id}",
                    "at": one.posted_at,
                    "text": person.opened.get(one.id, {}).get("text", ""),
                    "files": of_row.get(one.id, []),
                }
                for one in said
            ],
            "notes": [
                {
                    "community": one.circle.name,
                    "by": one.author.shown,
                    "at": one.written_at,
                    "text": person.opened.get(one.id, {}).get("text", ""),
                }
                for one in _notes(person)
            ],
        },
        {names[one.id]: partial(_content, one.id) for one in media},
    )


def _content(medium_id: uuid.UUID) -> bytes | None:
    medium = Medium.objects.filter(pk=medium_id).first()
    return keeping.opened(medium) if medium is not None else None


def foretell(person: Person) -> Iterable[Text]:
    if count := len(_messages(person)):
        yield ngettext(
            "%(count)s message is emptied, with its picture and its voice note.",
            "%(count)s messages are emptied, with their pictures and voice notes.",
            count,
        ) % {"count": format_number(count)}


def erase(person: Person) -> None:
    """Empty what she said and destroy every note about her, also those she was never shown."""
    said = Message.objects.filter(circle_id__in=person.circle_ids, author=person.agent)
    keeping.remove(said.values_list("pk", flat=True))
    said.filter(taken_back_at__isnull=True, what=Message.What.SAID).update(taken_back_at=person.now, mentions=[])
    # Her words themselves go with her key, at the end of all.
    for note in Note.objects.filter(circle_id__in=person.circle_ids, agent=person.agent):
        if not note.shown:
            store.erase(note.id)
        note.delete()
    Presence.objects.filter(circle_id__in=person.circle_ids, agent=person.agent).delete()


BELONGING = Belonging("conversations", known=known, take=take, foretell=foretell, erase=erase)

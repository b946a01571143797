"""Finds every message for people in the source: Python, Django templates and JavaScript.

It needs no gettext tools, because the machines that run the check need not have any.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

PACKAGE: Final = Path(__file__).resolve().parents[2]
LOCALE: Final = PACKAGE / "locale"

_Keyword = tuple[int | tuple[int, str], ...] | None
_KEYWORDS: Final[dict[str, _Keyword]] = {
    "_": None,
    "_lazy": None,
    "_now": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_TEMPLATE_ENDINGS: Final = frozenset({".html", ".txt", ".xml", ".svg", ".webmanifest"})
_LITERAL: Final = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL: Final = re.compile(rf"\b(gettext|ngettext|pgettext|npgettext|_)\(({_LITERAL}(?:\s*,\s*{_LITERAL})*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its singular, the plural where it has one, its context, and the file it stands in."""

    singular: str
    plural: str | None
    context: str | None
    file: str

    @property
    def id(self) -> str | tuple[str, str]:
        return self.singular if self.plural is None else (self.singular, self.plural)


class UnreadableSource(Exception):
    """A source file whose messages cannot be read; says which and why."""


def messages_in(package: Path = PACKAGE) -> Iterator[Message]:
    """Yield the messages of all files of the package, files in order of their names."""
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package).as_posix()
        parts = path.relative_to(package).parts
        if not path.is_file() or "vendor" in parts or "__pycache__" in parts:
            continue
        try:
            if path.suffix == ".py":
                yield from _with_babel(path, "python", name)
            elif path.suffix == ".js":
                yield from _with_babel(path, "javascript", name)
            elif "templates" in parts and path.suffix in _TEMPLATE_ENDINGS:
                yield from _in_template(path, name)
        except (SyntaxError, UnicodeDecodeError, ValueError) as error:
            raise UnreadableSource(f"{name}: {error}") from error


def _with_babel(path: Path, method: str, name: str) -> Iterator[Message]:
    with path.open("rb") as source:
        for _line, found, _comments, context in extract(method, source, keywords=_KEYWORDS):
            singular, plural = (found[0], found[1]) if isinstance(found, tuple) else (found, None)
            if singular:
                yield Message(singular, plural, context, name)


def _in_template(path: Path, name: str) -> Iterator[Message]:
    """Django turns its tags into calls of gettext amid filler, which no Python parser would read as a whole."""
    for call in _CALL.finditer(templatize(path.read_text("utf-8"), origin=name)):
        texts = ast.literal_eval(f"[{call[2]}]")
        context = texts.pop(0) if call[1] in {"pgettext", "npgettext"} else None
        plural = texts[1] if call[1] in {"ngettext", "npgettext"} else None
        yield Message(texts[0], plural, context, name)


def template_catalogue(package: Path = PACKAGE) -> Catalog:
    """Return all messages as an untranslated catalogue."""
    catalogue = Catalog(project="Taawun", charset="utf-8")
    for message in messages_in(package):
        known = catalogue.get(message.singular, message.context)
        # One catalogue entry serves the plain and the plural use of a text; the plural one says more.
        if known is not None and isinstance(known.id, tuple) and message.plural is None:
            continue
        if known is not None and isinstance(known.id, str) and message.plural is not None:
            catalogue.delete(message.singular, message.context)
        catalogue.add(message.id, context=message.context, locations=[(message.file, 0)])
    return catalogue

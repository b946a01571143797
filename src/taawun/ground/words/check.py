"""Proves the catalogues: ``python -m taawun.ground.words.check`` fails with a line for each thing amiss.

In a complete language every message is there, none is fuzzy, the places for facts are the same, plurals have all their
forms, and Arabic script holds no Latin letters beyond a short list. A language that has begun is held to all but
completeness.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError

from taawun.ground.words.extract import catalogue_path, read_catalogue
from taawun.ground.words.languages import BY_CODE, COMPLETE, SOURCE, Language
from taawun.ground.words.messages import LOCALE, PACKAGE, UnreadableSource, template_catalogue

_PLACE: Final = re.compile(r"%\((\w+)\)[#0 +\-]*\d*(?:\.\d+)?[a-zA-Z]|%%|\{(\w*)\}")
# "One portion" and "two portions" are single words in Arabic, which count without a figure.
_FORMS_WITHOUT_COUNT: Final = 3
_ARABIC_SCRIPT: Final = frozenset({"ar", "ur", "fa"})
_LATIN_WORD: Final = re.compile(r"[A-Za-z\u00c0-\u024f]{2,}|(?<![\w%])[A-Za-z](?![\w])")
# Names and abbreviations that people who read Arabic script meet in Latin letters.
_LATIN_ALLOWED: Final = frozenset(
    {
        # Names of programs and forms of files, and words a program or an operator types as they stand.
        "API",
        "Store",
        "Tab",
        "api",
        "carry",
        "d",
        "depot",
        "docs",
        "l",
        "may",
        "md",
        "n",
        "p",
        "r",
        "Airtable",
        "CSV",
        "Forms",
        "GIF",
        "GPS",
        "Google",
        "HEIC",
        "HTTP",
        "HTTPS",
        "ID",
        "JPEG",
        "JSON",
        "JavaScript",
        "KoboToolbox",
        "LibreOffice",
        "OK",
        "OpenAPI",
        "PDF",
        "PIN",
        "PNG",
        "PostgreSQL",
        "QR",
        "SMS",
        "SVG",
        "Telegram",
        "WebP",
        "WhatsApp",
        "ZIP",
        "base",
        "counted",
        "different",
        "host",
        "json",
        "likely",
        "mail",
        "manifest",
        "password",
        "same",
        "user",
    }
    | {"HELP", "NEED", "OFFER", "DONE", "NO", "STOP", "YES", "Taawun", "URL", "USB", "UTF", "WhatsApp", "Wi", "Fi"}
    # What a program or a terminal reads is typed as it is, in every language.
    | {"UUID", "Authorization", "Bearer", "Content", "Type", "Idempotency", "Key", "true", "false", "next"}
    | {"force", "solve", "taawun", "verify"}
    | {"XML", "XLS", "XLSB", "XLSX", "Excel", "Numbers", "dates", "dmy", "mdy", "requests", "offers", "sheet"}
)
_NOT_WORDS: Final = re.compile(
    r"%\(\w+\)[#0 +\-]*\d*(?:\.\d+)?[a-zA-Z]|\{\w*\}|https?://\S+|\S+@\S+|\./taawun[^.\n،]*|<[^>]*>|&\w+;|[\w-]+\.(?:csv|html|com|org)"
    # A plus code.
    r"|\b[2-9CFGHJMPQRVWXcfghjmpqrvwx]{4,8}\+[2-9CFGHJMPQRVWXcfghjmpqrvwx]{2,3}\b"
)


def problems(language: Language, template: Catalog, locale: Path = LOCALE) -> list[str]:
    """Return a line for each thing amiss in the catalogue of one language."""
    path = catalogue_path(language, locale)
    if not path.exists():
        return [f"{language.code}: there is no {path.name}"]
    try:
        catalogue = read_catalogue(path, language)
    except (PoFileError, ValueError) as error:
        return [f"{language.code}: {error}"]
    found: list[str] = []
    if catalogue.num_plurals != language.plural_count or _bare(catalogue.plural_expr) not in _bare(
        language.plural_forms
    ):
        found.append(f"{language.code}: the plural rule is not “{language.plural_forms}”")
    for wanted in template:
        if not wanted.id:
            continue
        entry = catalogue.get(_singular(wanted), wanted.context)
        found += (f"{language.code}: {_named(wanted)}: {what}" for what in _entry_problems(wanted, entry, language))
    return found


def _bare(text: str) -> str:
    return re.sub(r"[\s()]", "", text)


def _singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _named(message: Message) -> str:
    text = _singular(message)
    short = text if len(text) <= 60 else text[:59] + "…"
    return f"“{short}”" + (f" ({message.context})" if message.context else "")


def _forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _entry_problems(wanted: Message, entry: Message | None, language: Language) -> Iterator[str]:
    complete = language.code in COMPLETE
    if entry is None:
        if complete:
            yield "missing"
        return
    if entry.fuzzy:
        yield "fuzzy"
    forms = _forms(entry)
    if not any(forms):
        if complete:
            yield "empty"
        return
    if wanted.pluralizable:
        if not entry.pluralizable:
            yield "has one form, and the message is a plural"
            return
        if len(forms) != language.plural_count or not all(forms):
            yield f"{sum(map(bool, forms))} plural forms instead of {language.plural_count}"
    yield from _place_problems(wanted, forms)
    if language.code in _ARABIC_SCRIPT:
        for form in forms:
            strange = [word for word in _LATIN_WORD.findall(_NOT_WORDS.sub(" ", form)) if word not in _LATIN_ALLOWED]
            if strange:
                yield f"Latin letters: {', '.join(strange)}"


def _places(text: str) -> set[str]:
    return {match[0] for match in _PLACE.finditer(text) if match[0] != "%%"}


def _place_problems(wanted: Message, forms: list[str]) -> Iterator[str]:
    ids = [wanted.id] if isinstance(wanted.id, str) else list(wanted.id)
    needed, allowed = _places(ids[-1]), set().union(*map(_places, ids))
    for number, form in enumerate(forms):
        if not form:
            continue
        here = _places(form)
        if here - allowed:
            yield f"places that the message does not have: {', '.join(sorted(here - allowed))}"
        missing = needed - here
        if missing and wanted.pluralizable and number < _FORMS_WITHOUT_COUNT and len(forms) == 6 and len(missing) == 1:
            continue
        if missing and wanted.pluralizable and number == 0 and len(forms) == 2 and missing <= needed - _places(ids[0]):
            continue
        if missing:
            yield f"places left out: {', '.join(sorted(missing))}"


def main(package: Path = PACKAGE, locale: Path = LOCALE) -> int:
    """Check every language that is complete or has begun; return 1 where something is amiss."""
    try:
        template = template_catalogue(package)
    except UnreadableSource as error:
        print(error, file=sys.stderr)
        return 1
    found: list[str] = []
    for language in BY_CODE.values():
        if language.code != SOURCE and (language.code in COMPLETE or catalogue_path(language, locale).exists()):
            found += problems(language, template, locale)
    print("\n".join(found) if found else f"{len(template)} messages, nothing amiss")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

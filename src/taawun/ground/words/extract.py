"""Brings the catalogues up to date with the source: ``python -m taawun.ground.words.extract``.

Translations are kept, new messages come in empty, and messages that are gone are kept as comments at the end. Nothing
is guessed, entries are sorted and carry no line numbers, so that a change of the source shows as the change of its
messages alone.
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from taawun.ground.words.languages import BY_CODE, COMPLETE, SOURCE, Language
from taawun.ground.words.messages import LOCALE, PACKAGE, UnreadableSource, template_catalogue

_HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: Taawun\\n"
"Language: {code}\\n"
"Plural-Forms: {plural_forms}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def catalogue_path(language: Language, locale: Path = LOCALE) -> Path:
    return locale / language.code / "LC_MESSAGES" / "django.po"


def read_catalogue(path: Path, language: Language) -> Catalog:
    """Return the catalogue, or an empty one with the plural rule of the language."""
    text = path.read_text("utf-8") if path.exists() else _header(language)
    return read_po(io.BytesIO(text.encode()), abort_invalid=True)


def catalogue_text(catalogue: Catalog, language: Language) -> str:
    """Return the file's text. The header is ours and without dates, so that the same messages give the same file."""
    out = io.BytesIO()
    write_po(out, catalogue, width=120, no_location=True, omit_header=True, sort_output=True)
    return _header(language) + "\n" + out.getvalue().decode().strip() + "\n"


def _header(language: Language) -> str:
    return _HEADER.format(code=language.code, plural_forms=language.plural_forms)


def update(language: Language, template: Catalog, locale: Path = LOCALE) -> bool:
    """Bring one catalogue up to date and return whether its file changed."""
    path = catalogue_path(language, locale)
    catalogue = read_catalogue(path, language)
    catalogue.update(template, no_fuzzy_matching=True)
    text = catalogue_text(catalogue, language)
    if path.exists() and path.read_text("utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return True


def main(package: Path = PACKAGE, locale: Path = LOCALE) -> int:
    """Update the complete languages and every other that has begun."""
    try:
        template = template_catalogue(package)
    except UnreadableSource as error:
        print(error, file=sys.stderr)
        return 1
    for language in BY_CODE.values():
        begun = language.code in COMPLETE or catalogue_path(language, locale).exists()
        if language.code != SOURCE and begun:
            changed = update(language, template, locale)
            print(f"{language.code}: {len(template)} messages, {'updated' if changed else 'unchanged'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

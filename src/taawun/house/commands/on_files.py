"""What the commands that work on files share: languages without a server, where a result may lie, the clock, and what is said
of sheets that were read."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from taawun.house.trouble import Trouble

if TYPE_CHECKING:
    from taawun.house.commands.match_reading import Sheet
    from taawun.reach.sheets.csvfile import RowError
    from taawun.reach.sheets.plan import DateOrder
    from taawun.reach.sheets.workbook import Table

ERRORS_SHOWN = 50
SLOW_SECONDS = 2.0
FARTHEST_KM = 20_100.0


def ask(column: str, example: str) -> DateOrder:
    """Ask the person at the terminal which way the days of a column are written."""
    from django.utils.translation import gettext as _

    while True:
        print(
            _("In the column “%(column)s” there is “%(example)s”. Which comes first: d for the day, m for the month?")
            % {"column": column, "example": example},
            file=sys.stderr,
        )
        answer = input("> ").strip().casefold()
        if answer[:1] in ("d", "m", "ي", "ش"):
            return "dmy" if answer[:1] in ("d", "ي") else "mdy"


def kilometres(text: str) -> float:
    value = number(text)
    if not 0 < value <= FARTHEST_KM:
        raise argparse.ArgumentTypeError(f"{text} is not a distance; write kilometres above 0, for example 10")
    return value


def seconds(text: str) -> float:
    value = number(text)
    if not 0 < value <= 86_400:
        raise argparse.ArgumentTypeError(f"{text} is not a time; write seconds above 0, for example 30")
    return value


def number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def prepare() -> None:
    """Messages and formats come from Django, which here needs no project: no database, no server, no settings file."""
    import django
    from django.conf import settings

    from taawun.ground.words.compile import compile_catalogues
    from taawun.ground.words.languages import LANGUAGES
    from taawun.ground.words.messages import LOCALE

    if not settings.configured:
        settings.configure(
            USE_I18N=True,
            USE_TZ=True,
            TIME_ZONE="UTC",
            LANGUAGE_CODE="en",
            LANGUAGES=[(one.code, one.name_native) for one in LANGUAGES],
            LOCALE_PATHS=[LOCALE],
            INSTALLED_APPS=[],
        )
        try:
            compile_catalogues()
        except OSError:
            # A program folder that may not be written to was compiled when it was installed.
            pass
        django.setup()


def check_output(output: Path, sources: Sequence[Path], *, force: bool) -> None:
    """Refuse a name for the result that would overwrite something, or that cannot be written."""
    from django.utils.translation import gettext as _

    for source in sources:
        if output.exists() and source.exists() and output.samefile(source):
            raise Trouble(_("The plan would overwrite %(file)s. Please choose another name for it.") % {"file": source})
    if output.is_dir():
        raise Trouble(_("%(file)s is a folder. Please give the name of a file for the plan.") % {"file": output})
    if output.exists() and not force:
        raise Trouble(
            _("%(file)s is there already. Please choose another name, or add --force to replace it.") % {"file": output}
        )
    if not output.parent.is_dir():
        raise Trouble(_("There is no folder %(folder)s. Please make it first.") % {"folder": output.parent})


def names(requests: Path, offers: Path) -> tuple[str, str]:
    """Two files of one name in two folders are told apart by their folders."""
    return (requests.name, offers.name) if requests.name != offers.name else (str(requests), str(offers))


@contextmanager
def under_way(text: str, *, shown: bool = True) -> Iterator[None]:
    """Show on standard error, where it spoils no JSON, that long work goes on."""
    finished = threading.Event()

    def show() -> None:
        started = time.monotonic()
        while not finished.wait(SLOW_SECONDS):
            print(f"{text} … {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)

    thread = threading.Thread(target=show, daemon=True)
    if not shown:
        finished.set()
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()


def write_book(output: Path, tables: Iterable[Table], *, right_to_left: bool) -> None:
    """Write a workbook: whole or not at all, and for the owner's eyes only, as the CSV is."""
    from taawun.reach.sheets.workbook import write_workbook

    write_whole(output, lambda file: write_workbook(file, tables, right_to_left=right_to_left))


def write_whole(output: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let ``write`` fill a file that takes its name only when it is complete."""
    handle, temporary = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name[:100]}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        os.replace(temporary, output)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def show_errors(errors: list[RowError], *, as_json: bool) -> None:
    from django.utils.translation import ngettext

    shown = errors[:ERRORS_SHOWN]
    if as_json:
        listed = [
            {"file": one.file, "line": one.line or None, "column": one.column or None, "message": one.message}
            for one in shown
        ]
        print(json.dumps({"errors": listed, "errors_total": len(errors)}, ensure_ascii=False))
    for error in shown:
        print(error, file=sys.stderr)
    more = len(errors) - len(shown)
    if more:
        print(
            ngettext("… and %(count)s error more.", "… and %(count)s errors more.", more) % {"count": more},
            file=sys.stderr,
        )
    total = ngettext("%(count)s error; nothing was written.", "%(count)s errors; nothing was written.", len(errors)) % {
        "count": len(errors)
    }
    print(total, file=sys.stderr)


def show_notes(sheets: tuple[Sheet, ...], to: TextIO) -> None:
    """Say in plain words what was understood of each file and what was left out."""
    from django.utils.translation import gettext as _

    from taawun.house.commands.match_reading import skipped_lines

    for sheet in sheets:
        lines = [*sheet.understood, *sheet.notes, *skipped_lines(sheet)]
        for line in lines:
            print(line if line.startswith(sheet.file) else f"{sheet.file}: {line}", file=to)
        if sheet.unread:
            told = _("%(file)s: columns not read and not copied: %(columns)s.")
            print(told % {"file": sheet.file, "columns": ", ".join(sheet.unread)}, file=to)


def read_json(sheet: Sheet) -> dict[str, Any]:
    return {
        "sheet": sheet.name,
        "header_lines": list(sheet.header_lines),
        "rows": len(sheet.entries),
        "columns": sheet.columns,
        "not_read": sheet.unread,
        "skipped": [{"line": line, "reason": reason} for line, reason in sheet.skipped],
        "notes": [*sheet.understood, *sheet.notes],
    }

"""Makes the catalogues that Django reads (.mo) from those that people write (.po), wherever the latter are newer."""

import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from taawun.ground.words.messages import LOCALE


class BadCatalogue(Exception):
    """A catalogue that cannot be read; says which and where."""


def compile_catalogues(locale: Path = LOCALE) -> list[Path]:
    """Compile what is out of date and return the files written. A reader sees the old catalogue or the new, never half
    of one.
    """
    return [_compile(source) for source in sorted(locale.glob("*/LC_MESSAGES/*.po")) if _is_out_of_date(source)]


def _is_out_of_date(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns


def _compile(source: Path) -> Path:
    target = source.with_suffix(".mo")
    read_at = source.stat().st_mtime_ns
    try:
        with source.open("rb") as lines:
            catalogue = read_po(lines, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise BadCatalogue(f"{source}: {error}") from error
    handle, temporary = tempfile.mkstemp(dir=source.parent, suffix=".mo.part")
    try:
        with os.fdopen(handle, "wb") as out:
            write_mo(out, catalogue)
        # The time of the source as it was read: one that changed meanwhile is newer, and compiled again the next time.
        os.utime(temporary, ns=(read_at, read_at))
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
    return target


if __name__ == "__main__":
    for written in compile_catalogues():
        print(f"compiled {written.parent.parent.name}")

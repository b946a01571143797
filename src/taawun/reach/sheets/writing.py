"""Tables out: readable by every spreadsheet program, harmless in all of them, and never half a file."""

import csv
import io
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Final

# Plain numbers and phone numbers in international form begin with + or - and are no formula; they stay as they are.
_HARMLESS: Final = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]{1,3})?|\+[0-9]{7,15}")
# What spreadsheet programs take for the beginning of a formula, also after blanks and quotation marks of our own.
_FORMULA: Final = re.compile(r"'*(?:[\s\ufeff\u200b-\u200f]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\0])")
_OUR_MARK: Final = "'"


def protect(cell: str) -> str:
    """Return the cell with a quotation mark before it where a spreadsheet program would take it for a formula."""
    return _OUR_MARK + cell if _FORMULA.match(cell) and not _HARMLESS.fullmatch(cell) else cell


def unprotect(cell: str) -> str:
    """Return the cell as it was before ``protect``."""
    bare = cell[1:]
    return bare if cell.startswith(_OUR_MARK) and protect(bare) == cell else cell


class CsvText:
    """A table written row by row into an open file of bytes, for more rows than fit in memory."""

    def __init__(self, file: IO[bytes], header: Sequence[str]) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
        self._writer = csv.writer(self._text, lineterminator="\r\n")
        self.write(header)

    def write(self, row: Sequence[str]) -> None:
        self._writer.writerow([protect(cell) for cell in row])

    def close(self) -> None:
        """Write what is left, and leave the file itself to whoever opened it."""
        self._text.flush()
        self._text.detach()


def render(header: Sequence[str], rows: Iterable[Sequence[str]], *, byte_order_mark: bool = True) -> bytes:
    """Return the table as CSV in UTF-8. The byte order mark is what makes Excel read Arabic as Arabic."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([protect(cell) for cell in header])
    writer.writerows([protect(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig" if byte_order_mark else "utf-8")


def write_table(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], *, byte_order_mark: bool = True
) -> None:
    """Write the table so that ``path`` holds all of it or what it held before. Raises ``OSError`` where it can't.

    Only the owner may read the file, since tables of people hold names and phone numbers.
    """
    data = render(header, rows, byte_order_mark=byte_order_mark)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise

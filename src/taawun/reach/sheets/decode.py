"""The text of a sheet from its bytes: UTF-8, or a sentence that says what the file is instead and what to do."""

from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

SIZE_MAX_MB: Final = 50
_SIZE_MAX: Final = SIZE_MAX_MB * 1024 * 1024
_UTF8_BOM: Final = b"\xef\xbb\xbf"


class UnreadableFile(Exception):
    """The file as a whole cannot be read. The message is a sentence for people; ``line`` is 0 where it is about all of it."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def read_bytes(path: Path) -> bytes:
    """Return the file's bytes, never more than the limit."""
    try:
        with path.open("rb") as file:
            data = file.read(_SIZE_MAX + 1)
    except FileNotFoundError as missing:
        raise UnreadableFile(_("There is no such file. Please check its name and folder.")) from missing
    except IsADirectoryError as folder:
        raise UnreadableFile(_("This is a folder. Please give the name of a CSV file.")) from folder
    except PermissionError as forbidden:
        raise UnreadableFile(_("This file may not be read. Please check who owns it.")) from forbidden
    except OSError as error:
        raise UnreadableFile(
            _("This file cannot be read: %(reason)s.") % {"reason": error.strerror or str(error)}
        ) from error
    return data


def decode(data: bytes) -> str:
    """Return the text without a byte order mark, or raise ``UnreadableFile``."""
    if len(data) > _SIZE_MAX:
        raise UnreadableFile(
            _("This file is larger than %(limit)s MB. Please split it into several files.") % {"limit": SIZE_MAX_MB}
        )
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        raise UnreadableFile(
            _(
                "This is a workbook or an archive, not a CSV file. In Excel or LibreOffice, save it as “CSV UTF-8” first."
            )
        )
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\x7fELF")):
        raise UnreadableFile(_("This is not a table at all. Please give a CSV file."))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or _looks_like_utf16(data):
        raise UnreadableFile(_("This file is written in UTF-16. Please save it as “CSV UTF-8”."))
    body = data.removeprefix(_UTF8_BOM)
    nul = body.find(b"\0")
    if nul >= 0:
        raise UnreadableFile(
            _(
                "There is a zero byte in this line, so this is not a text file. Please save the table as “CSV UTF-8” again."
            ),
            _line_of(body, nul),
        )
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            _(
                "A letter in this line is not written in UTF-8; the file may come from an older Excel (Windows-1252 or 1256)."
                " Please save it as “CSV UTF-8”."
            ),
            _line_of(body, error.start),
        ) from error
    if not text.strip():
        raise UnreadableFile(_("This file is empty. Its first row must name the columns."))
    return text


def _looks_like_utf16(data: bytes) -> bool:
    head = data[:200]
    return len(head) >= 4 and (head[1::2].count(0) * 2 > len(head[1::2]) or head[::2].count(0) * 2 > len(head[::2]))


def _line_of(data: bytes, place: int) -> int:
    before = data[:place].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1

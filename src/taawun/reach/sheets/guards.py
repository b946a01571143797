"""What a file is, by its first bytes and its inside, and whether it is safe to parse.

A workbook is an archive of XML that a stranger packed: it can be a bomb, call for other files, or claim a cell in the last
row of the last column, for which a reader would set aside the memory of all cells before it. All of that is found here, by
reading the archive once in small pieces.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final, Literal

from taawun.ground.values.refusal import Refusal
from taawun.reach.sheets.compound import Compound

SIZE_MAX_MB: Final = 50
ROWS_MAX: Final = 100_000
COLUMNS_MAX: Final = 1_000
CELLS_MAX: Final = 10_000_000
"""Rows times columns of one sheet of a workbook: what its reader sets memory aside for."""

_UNPACKED_MAX_MB: Final = 200
_ENTRIES_MAX: Final = 1_000
_RATIO_MAX: Final = 100
_BIG_ENTRY: Final = 5_000_000
"""Below this, a high ratio is only a very regular small file."""
_PIECE: Final = 1 << 18
_MB: Final = 1_000_000

Kind = Literal["csv", "xlsx", "xls", "ods"]

_OTHERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"RIFF", "RIFF"), (b"BM", "BMP"),
    (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"), (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"), (b"\x7fELF", "ELF"), (b"MZ", "EXE"), (b"OggS", "Ogg"), (b"ID3", "MP3"), (b"SQLite format 3\0", "SQLite"),
    (b"{\\rtf", "RTF"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"\x00\x00\x01\x00", "ICO"),
)  # fmt: skip
# These two letters also begin honest sheets ("BM," "MZ;"): they count only where bytes follow that no text has.
_SHORT: Final = frozenset({"BMP", "EXE"})
_MARKUP: Final = re.compile(rb"\s*(?:<!DOCTYPE\s+html|<html|<table|<head|<body|<script|<style|<!--)", re.IGNORECASE)
_XML: Final = re.compile(rb"\s*<\?xml", re.IGNORECASE)
_DTD: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# A cell with something in it: an empty one ends in "/>" and costs nothing, wherever it lies.
_ADDRESS: Final = re.compile(
    rb"""<(?:[A-Za-z0-9]{1,9}:)?c\b[^>]{0,200}?\br\s*=\s*["']([A-Za-z]{0,9})([0-9]{1,12})["'][^>]{0,200}?(?<!/)>"""
)
_ODS_CELL: Final = re.compile(rb"<table:(table-row|table-cell|covered-table-cell)\b([^>]*)>")
_ODS_REPEATED: Final = re.compile(rb"""number-(?:rows|columns)-repeated\s*=\s*["']([0-9]{1,12})["']""")


def refuse_size(size: int) -> None:
    if size > SIZE_MAX_MB * _MB:
        raise Refusal("sheet.file_too_large", "file", status=413, limit=SIZE_MAX_MB)


def kind_of(data: bytes) -> Kind:
    """Return what the bytes are, whatever the file is called, or refuse what is no table at all."""
    refuse_size(len(data))
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Refusal("sheet.file_empty", "file")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _archive(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(data)
    head = data[:4096]
    for start, name in _OTHERS:
        if head.startswith(start) and not (name in _SHORT and b"\0" not in head[:64]):
            raise Refusal("sheet.not_a_table", "file", kind=name)
    if head[4:8] == b"ftyp":
        raise Refusal("sheet.not_a_table", "file", kind="MP4/HEIC")
    plain = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if _MARKUP.match(plain) or (_XML.match(plain) and b"<html" in plain.lower()):
        raise Refusal("sheet.html", "file")
    if _XML.match(plain):
        raise Refusal("sheet.xml", "file")
    if plain.lstrip()[:1] in (b"{", b"[") and plain.rstrip()[-1:] and re.match(rb'\s*(?:\[\s*)?\{\s*"', plain):
        raise Refusal("sheet.json", "file")
    return "csv"


# -- workbooks that are archives ------------------------------------------------------------------------------------


def _archive(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            kind = _workbook_kind(archive)
            _measure(archive, kind)
            return kind
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, RuntimeError) as error:
        raise Refusal("sheet.archive_broken", "file") from error


def _workbook_kind(archive: zipfile.ZipFile) -> Kind:
    entries = archive.infolist()
    if len(entries) > _ENTRIES_MAX:
        raise Refusal("sheet.archive_entries", "file", limit=_ENTRIES_MAX)
    names = {one.filename.replace("\\", "/").lstrip("/").casefold() for one in entries}
    if any(one.flag_bits & 1 for one in entries):
        raise Refusal("sheet.encrypted", "file")
    if sum(one.file_size for one in entries) > _UNPACKED_MAX_MB * _MB:
        raise Refusal("sheet.bomb", "file", limit=_UNPACKED_MAX_MB)
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise Refusal("sheet.xlsb", "file")
    if "content.xml" in names:
        if "mimetype" in names and b"spreadsheet" not in archive.read(_entry(archive, "mimetype"))[:200]:
            raise Refusal("sheet.other_document", "file")
        _refuse_sealed_ods(archive)
        return "ods"
    if names & {"word/document.xml", "ppt/presentation.xml"}:
        raise Refusal("sheet.other_document", "file")
    if "index/document.iwa" in names or any(one.endswith(".iwa") for one in names):
        raise Refusal("sheet.numbers_app", "file")
    tables = sorted(one for one in names if one.endswith((".csv", ".xlsx", ".xls", ".ods", ".tsv")))
    if tables:
        raise Refusal("sheet.zipped", "file", files=", ".join(tables[:3]))
    raise Refusal("sheet.no_workbook", "file")


def _entry(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    return next(one for one in archive.infolist() if one.filename.casefold() == name)


def _refuse_sealed_ods(archive: zipfile.ZipFile) -> None:
    try:
        manifest = _entry(archive, "meta-inf/manifest.xml")
    except StopIteration:
        return
    with archive.open(manifest) as file:
        if b"encryption-data" in file.read(_MB):
            raise Refusal("sheet.encrypted", "file")


def _measure(archive: zipfile.ZipFile, kind: Kind) -> None:
    """Unpack every entry once, in pieces that are thrown away: what it really holds counts, not what its header says."""
    total = 0
    for entry in archive.infolist():
        told, name = entry.file_size, entry.filename.replace("\\", "/").lstrip("/").casefold()
        # The library stops at the size the header tells; with this one it goes on to the real end.
        entry.file_size = _UNPACKED_MAX_MB * _MB + 1
        size = 0
        with archive.open(entry) as file:
            for piece in _watched(file, name, kind):
                size += len(piece)
                total += len(piece)
                if total > _UNPACKED_MAX_MB * _MB:
                    raise Refusal("sheet.bomb", "file", limit=_UNPACKED_MAX_MB)
                if size > _BIG_ENTRY and size > _RATIO_MAX * max(1, entry.compress_size):
                    raise Refusal("sheet.bomb", "file", limit=_UNPACKED_MAX_MB)
        if size != told:
            raise Refusal("sheet.archive_broken", "file")
        entry.file_size = told


def _watched(file: IO[bytes], name: str, kind: Kind) -> Iterator[bytes]:
    pieces = iter(lambda: file.read(_PIECE), b"")
    if not name.endswith((".xml", ".rels")):
        return pieces
    pieces = _without_dtd(pieces)
    if kind == "xlsx" and name.startswith("xl/worksheets/") and name.endswith(".xml"):
        return _within_extent(pieces)
    if kind == "ods" and name == "content.xml":
        return _without_copies(pieces)
    return pieces


def _without_dtd(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """A workbook never declares entities: a file that does wants to read others or to swell."""
    head = b""
    for piece in pieces:
        if len(head) < 2 * _PIECE:
            head += piece.replace(b"\0", b"")
            if _DTD.search(head):
                raise Refusal("sheet.xml_entities", "file")
        yield piece


def _within_extent(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Look at the address of every cell: one far away costs a reader all cells between."""
    rest, row_most, column_most = b"", 1, 1
    for piece in pieces:
        text = rest + piece
        for letters, digits in _ADDRESS.findall(text):
            row_most = max(row_most, int(digits))
            if len(letters) > 3:
                raise Refusal("sheet.archive_broken", "file")
            if letters:
                column_most = max(column_most, _column(letters))
        if column_most > 16_384 or row_most > 1_048_576:
            raise Refusal("sheet.archive_broken", "file")
        rest = text[-400:]
        yield piece
    _refuse_extent(row_most, column_most)


def _refuse_extent(rows: int, columns: int) -> None:
    if columns > COLUMNS_MAX:
        raise Refusal("sheet.too_many_columns", "file", limit=COLUMNS_MAX)
    if rows * columns > CELLS_MAX:
        raise Refusal("sheet.too_many_cells", "file", rows=rows, columns=columns)


def _column(letters: bytes) -> int:
    number = 0
    for one in letters.upper():
        number = number * 26 + one - 64
    return number


def _without_copies(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """A table of OpenDocument writes equal neighbours once with a count; a large count of filled cells is a bomb."""
    rest, columns, rows_each = b"", 0, 1
    rows = column_most = 0
    for piece in pieces:
        text = rest + piece
        end = text.rfind(b">") + 1
        text, rest = text[:end], text[end:]
        if len(rest) > 1_000_000:
            raise Refusal("sheet.archive_broken", "file")
        for name, attributes in _ODS_CELL.findall(text):
            repeated = _ODS_REPEATED.search(attributes)
            times = int(repeated[1]) if repeated else 1
            if name == b"table-row":
                columns, rows_each = 0, times
                rows += times if times < 1_000 else 1
                continue
            columns += times
            if b"value-type" in attributes:
                column_most = max(column_most, columns)
                if times > COLUMNS_MAX or rows_each > ROWS_MAX:
                    raise Refusal("sheet.too_many_cells", "file", rows=rows_each, columns=columns)
                if rows_each >= 1_000:
                    rows += rows_each
        if column_most > 16_384:
            raise Refusal("sheet.too_many_columns", "file", limit=COLUMNS_MAX)
        yield piece
    _refuse_extent(max(rows, 1), max(column_most, 1))


# -- workbooks of the old kind --------------------------------------------------------------------------------------


def _compound(data: bytes) -> Kind:
    """Refuse everything of the old kind that is no workbook, is encrypted or claims cells it cannot have."""
    try:
        file = Compound(data)
    except ValueError as error:
        raise Refusal("sheet.archive_broken", "file") from error
    if "encryptedpackage" in file.names:
        raise Refusal("sheet.encrypted", "file")
    name = next((one for one in ("workbook", "book") if one in file.names), None)
    if name is None:
        raise Refusal("sheet.other_document" if "worddocument" in file.names else "sheet.no_workbook", "file")
    try:
        rows, columns, sealed = file.extent(name)
    except ValueError as error:
        raise Refusal("sheet.archive_broken", "file") from error
    if sealed:
        raise Refusal("sheet.encrypted", "file")
    _refuse_extent(rows, columns)
    return "xls"

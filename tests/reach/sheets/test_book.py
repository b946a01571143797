"""A file is what its bytes are: every way in which real files are broken is read, or refused in words before it is parsed."""

import io
import itertools
import struct
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.ground.values.refusal import Refusal, sentence
from taawun.reach.sheets.book import Book, open_book
from taawun.reach.sheets.delimited import DELIMITERS
from taawun.reach.sheets.writing import render
from tests.reach.sheets import compounds


def rows(book: Book, index: int = 0) -> list[list[object]]:
    return [list(cells) for _, cells in book.grid(index)]


def workbook(*lines: list[object], hidden: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for line in lines:
        sheet.append(line)
    if hidden:
        other = book.create_sheet("old")
        other.append(["name"])
        other.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data: bytes, change: dict[str, bytes], extra: dict[str, bytes] | None = None) -> bytes:
    """Return the archive with other contents in some of its parts, and further parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change.get(name, old.read(name)))
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def lying(data: bytes) -> bytes:
    """Return the archive with headers that tell one hundred bytes where there are more."""
    out = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = struct.pack("<I", archive.getinfo("xl/worksheets/sheet1.xml").file_size)
    place = -1
    while (place := out.find(size, place + 1)) >= 0:
        out[place : place + 4] = struct.pack("<I", 100)
    return bytes(out)


SHEET = "xl/worksheets/sheet1.xml"
PLAIN = workbook(["name", "phone"], ["Amna", "0912"])
BILLION = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
FAR = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
NESTED = io.BytesIO()
with zipfile.ZipFile(NESTED, "w") as _nested:
    _nested.writestr("more.xlsx", PLAIN)

REFUSED = [
    ("empty", b"", "sheet.file_empty"),
    ("only a mark", b"\xef\xbb\xbf \r\n", "sheet.file_empty"),
    ("pdf", b"%PDF-1.7 x", "sheet.not_a_table"),
    ("picture", b"\x89PNG\r\n\x1a\n", "sheet.not_a_table"),
    ("html", b"\r\n<html><table><tr><td>name</td></tr></table></html>", "sheet.html"),
    ("html as utf-16", "<!DOCTYPE html><table>".encode("utf-16"), "sheet.html"),
    ("xml spreadsheet", b'<?xml version="1.0"?><Workbook/>', "sheet.xml"),
    ("json", b'[{"name": "x"}]', "sheet.json"),
    ("zip of nothing", repacked(NESTED.getvalue(), {}), "sheet.zipped"),
    ("cut zip", PLAIN[: len(PLAIN) // 2], "sheet.archive_broken"),
    ("billion laughs", repacked(PLAIN, {SHEET: BILLION}), "sheet.xml_entities"),
    ("xxe", repacked(PLAIN, {SHEET: XXE}), "sheet.xml_entities"),
    ("xxe in utf-16", repacked(PLAIN, {SHEET: XXE.decode().encode("utf-16")}), "sheet.xml_entities"),
    ("a cell at the end of the world", repacked(PLAIN, {SHEET: FAR}), "sheet.too_many_columns"),
    ("bomb", repacked(PLAIN, {}, {"xl/media/a.bin": b"\0" * 60_000_000}), "sheet.bomb"),
    ("a lying bomb", lying(PLAIN), "sheet.archive_broken"),
    ("thousand parts", repacked(PLAIN, {}, {f"x/{n}": b"" for n in range(1001)}), "sheet.archive_entries"),
    ("word document", repacked(NESTED.getvalue(), {}, {"word/document.xml": b"<x/>"}), "sheet.other_document"),
    ("xlsb", repacked(NESTED.getvalue(), {}, {"xl/workbook.bin": b"x"}), "sheet.xlsb"),
    ("zero byte", b"name,phone\nAmna,\0\n", "sheet.zero_byte"),
    ("open quote", b'name,phone\n"Amna,0912\nOmar,0913\n', "sheet.quote_open"),
    ("10 MB cell", b"name,phone\nAmna," + b"x" * 10_000_000 + b"\n", "sheet.cell_too_long"),
    ("too many rows", b"a,b\n" + b"1,2\n" * 100_060, "sheet.rows"),
    ("too many columns", b",".join(b"c%d" % n for n in range(1001)) + b"\n", "sheet.too_many_columns"),
    ("rubbish compound", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 2000, "sheet.archive_broken"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "code"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
@pytest.mark.parametrize("name", ["needs.xlsx", "needs.csv"])
def test_what_is_no_table_is_refused_by_its_content_whatever_its_name(data: bytes, code: str, name: str) -> None:
    with pytest.raises(Refusal) as refused:
        open_book(data, name)
    assert refused.value.code == code
    assert sentence(refused.value)


def test_a_file_under_another_name_is_read_and_that_is_told() -> None:
    assert [note.code for note in open_book(b"name,phone\nAmna,1\n", "needs.xlsx").notes] == ["sheet.note_renamed"]
    book = open_book(PLAIN, "needs.csv")
    assert (book.format, rows(book)) == ("xlsx", [["name", "phone"], ["Amna", "0912"]])


def test_a_workbook_gives_its_values_its_merged_cells_and_its_line_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B3"], sheet["C3"], sheet["D3"] = "Amna", 7, 71123456.0
    sheet["B4"] = "first\nsecond"
    sheet["C5"] = 9
    sheet.merge_cells("B3:B5")
    for line in range(10, 900):
        sheet.cell(line, 2).font = openpyxl.styles.Font(bold=True)
    path = tmp_path / "x.xlsx"
    book.save(path)
    found = list(open_book(path, "x.xlsx").grid(0))
    assert [line for line, _ in found] == [1, 2, 3, 4, 5]
    assert found[2][1] == [None, "Amna", 7, 71123456]
    assert found[4][1][1] == "Amna"


def test_hidden_sheets_are_marked_and_told() -> None:
    book = open_book(workbook(["name"], ["x"], hidden=True), "x.xlsx")
    assert [(one.name, one.hidden) for one in book.sheets] == [("Sheet", False), ("old", True)]
    assert book.notes[0].message == "There are hidden sheets: old."


TEXTS = {
    "cp1252": "Prénom;Âge\nHélène;à côté, près de l’église\nNoël;œuvre\n",
    "cp1254": "İsim;Şehir\nAyşe Güneş;Diyarbakır\nÖmer Çağlar;Iğdır\n",
    "cp1256": "الاسم;المنطقة\nآمنة عثمان;توتي قرب المسجد\nخديجة الطيب;بحري\n",
    "mac_roman": "Prénom;Âge\nHélène;à côté\nFrançois;déjà\n",
    "cp850": "Prénom;Lieu\nHélène;à côté\nFrançois;Orléans\n",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_old_encodings_are_told_by_the_letters_they_give(encoding: str) -> None:
    text = TEXTS[encoding]
    book = open_book(text.encode(encoding), "x.csv")
    assert "\n".join(";".join(str(cell) for cell in row) for row in rows(book)) + "\n" == text
    assert len(book.encodings) > 1
    assert len(book.encodings[0].samples) >= 2
    chosen = open_book(text.encode(encoding), "x.csv", encoding=encoding)
    assert rows(chosen) == rows(book)


CELL = st.text(st.sampled_from("abz 09,;|'\"\t\n=é٣ابتپچক্ষ্মüığş—“😀"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    table=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=4, max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_every_encoding_and_delimiter_comes_back_unchanged(
    table: list[list[str]], encoding: str, delimiter: str
) -> None:
    lines = [["name", "phone", "note"], *([f"r{n}", f"x{cells[1]}", f"y{cells[2]}"] for n, cells in enumerate(table))]
    text = "\r\n".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    book = open_book(text.encode(encoding), "x.csv", delimiter=delimiter)
    assert [[str(cell) for cell in row] for row in rows(book)] == lines


@pytest.mark.parametrize("delimiter", [one for one in DELIMITERS if one not in (":", "\x1f", "^", "~")])
def test_the_delimiter_is_found_over_the_whole_file(delimiter: str) -> None:
    lines = [
        "What we heard, so far; by phone",
        "",
        *(delimiter.join([f"Amna {n}", f"09{n}", "bread and milk" if n % 2 else ""]) for n in range(9)),
    ]
    book = open_book("\n".join(lines).encode(), "x.csv")
    assert book.delimiter == delimiter
    assert rows(book)[3][:2] == ["Amna 1", "091"]


def test_lines_are_numbered_as_a_spreadsheet_program_shows_them() -> None:
    book = open_book(b'name,note\nAmna,"one\ntwo"\n\n\nOmar,x\n\n\n', "x.csv")
    assert [(line, cells[:1]) for line, cells in book.grid(0)] == [
        (1, ["name"]),
        (2, ["Amna"]),
        (3, []),
        (4, []),
        (5, ["Omar"]),
    ]


def test_a_few_broken_letters_are_shown_and_told() -> None:
    book = open_book("اسم,هاتف\n".encode() * 50 + b"x\xff,1\n", "x.csv")
    assert book.notes[0].message == "1 letters are damaged and shown as �, the first in line 51."


def test_many_rows_cost_little_memory() -> None:
    line = [f"cell {n}" for n in range(15)]
    data = render([f"c{n}" for n in range(15)], itertools.repeat(line, 20_000))
    tracemalloc.start()
    book = open_book(data, "x.csv")
    assert sum(1 for _ in book.grid(0)) == 20_001
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_an_old_workbook_is_read_and_its_dangers_are_not() -> None:
    cells: list[tuple[int, int, str | float]] = [(0, 0, "name"), (0, 1, "qty"), (1, 0, "آمنة"), (1, 1, 3.0)]
    book = open_book(compounds.compound({"Workbook": compounds.workbook(cells)}), "old.xls")
    assert (book.format, rows(book)) == ("xls", [["name", "qty"], ["آمنة", 3]])
    refused = [
        ({"Workbook": compounds.workbook(cells, sealed=True)}, "sheet.encrypted"),
        ({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}, "sheet.encrypted"),
        ({"WordDocument": b"x"}, "sheet.other_document"),
        ({"Workbook": compounds.workbook([*cells, (65535, 65535, 1.0)])}, "sheet.too_many_columns"),
    ]
    for streams, code in refused:
        with pytest.raises(Refusal) as error:
            open_book(compounds.compound(streams), "old.xls")
        assert error.value.code == code

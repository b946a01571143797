"""The reader finds every fault at its line, and what the writer writes comes back unchanged and harmless."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.reach.sheets import cells
from taawun.reach.sheets.csvfile import Column, Table, read_table
from taawun.reach.sheets.writing import protect, render, unprotect, write_table

COLUMNS = [
    Column("id", cells.text, ("الرقم",), required=True, filled=True),
    Column("quantity", cells.number, ("الكمية", "how many")),
    Column("note", cells.note),
]


def read(text: str | bytes, columns: list[Column] = COLUMNS) -> Table:
    return read_table(text if isinstance(text, bytes) else text.encode(), columns, name="needs.csv")


def errors(text: str | bytes) -> list[str]:
    return [str(error) for error in read(text).errors]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_end_is_read(delimiter: str, mark: bytes, line_end: str) -> None:
    lines = [f"Quantity{delimiter}ID", f"٥{delimiter}A1", f"2.5{delimiter}A2", ""]
    table = read(mark + line_end.join(lines).encode())
    assert table.errors == []
    assert [(row.line, row["id"], row["quantity"], row["note"]) for row in table.rows] == [
        (2, "A1", Decimal(5), None),
        (3, "A2", Decimal("2.5"), None),
    ]


def test_headers_may_be_arabic_or_spelled_otherwise_and_unknown_columns_are_named() -> None:
    table = read("الرقم,HOW_MANY,دين,\n1,2,x,\n")
    assert table.errors == []
    assert table.rows[0].values == {"id": "1", "quantity": 2, "note": None}
    assert table.unknown_columns == ("دين",)


def test_lines_are_those_of_the_file_also_after_cells_with_line_breaks() -> None:
    text = 'id,note,quantity\n1,"first\nsecond\n\nfourth",2\n\n2,x,five\n'
    table = read(text)
    assert table.rows[0]["note"] == "first\nsecond\n\nfourth"
    assert [str(error) for error in table.errors] == [
        "needs.csv line 7, column quantity: “five” is not a number. Please write digits, such as 12."
    ]


def test_an_error_names_the_column_as_the_header_does() -> None:
    assert errors("الرقم,الكمية\n1,خمسة\n")[0].startswith("needs.csv line 2, column الكمية: ")


REFUSED = [
    ("", "needs.csv: This file is empty."),
    ("\ufeff \n ", "needs.csv: This file is empty."),
    ("id,quantity\n", "needs.csv: There is a header but no row below it."),
    ("id,quantity\n,\n , \n", "needs.csv: There is a header but no row below it."),
    ("a,b\n1,2\n", "needs.csv line 1: No column is named as expected here."),
    ("\n\nquantity\n2\n", "needs.csv line 3, column id: This column is missing."),
    ("id,ID\n1,2\n", "needs.csv line 1, column ID: This column is there twice, as “id” and “ID”."),
    ("id,quantity,how many\n1,2,3\n", "needs.csv line 1, column how many: This column is there twice, as “quantity” and “how many”."),
    ("id,x,x\n1,2,3\n", "needs.csv line 1, column x: This column is there twice"),
    ("id,quantity\n1\n", "needs.csv line 2: This row and the header differ in length: 1 and 2 cells."),
    ("id,quantity\n1,2,3\n", "needs.csv line 2: This row and the header differ in length: 3 and 2 cells."),
    ("id,quantity\n,3\n", "needs.csv line 2, column id: This cell is empty."),
    ("id,quantity\n1,nan\n", "needs.csv line 2, column quantity: “nan” is not a number."),
    ("id,quantity\n1,inf\n", "needs.csv line 2, column quantity: “inf” is not a number."),
    ("id,quantity\n1,1e3\n", "needs.csv line 2, column quantity: “1e3” is not a number."),
    ("id,quantity\n1,-3\n", "needs.csv line 2, column quantity: An amount cannot be below zero."),
    ("id,quantity\n1,0\n", "needs.csv line 2, column quantity: The amount is zero."),
    ("id,quantity\n1,1.500\n", "needs.csv line 2, column quantity: “1.500” can mean 1500 or 1.500."),
    ("id,quantity\n1," + "9" * 40 + "\n", "needs.csv line 2, column quantity: This number is too long."),
    ("id,note\n1," + "x" * 30_000 + "\n", "needs.csv line 2, column note: This text is too long."),
    ('id,note\n1,"a"b"\n', "needs.csv line 2: A quotation mark stands inside a cell."),
    ('id,note\n1,ok\n2,"never closed\n3,x\n', "needs.csv line 3: A cell that begins here never ends"),
    ('id,note\n2,"' + "never closed\n" * 20_000, "needs.csv line 2: A cell that begins here never ends"),
    ("id,note\n1,a\0b\n", "needs.csv line 2: There is a zero byte in this line"),
    ("id,note\n1,x\n2,café\n".encode("cp1252"), "needs.csv line 3: A letter in this line is not written in UTF-8"),
    ("id,note\n1,سلام\n".encode("cp1256"), "needs.csv line 2: A letter in this line is not written in UTF-8"),
    ("id,note\n1,x\n".encode("utf-16"), "needs.csv: This file is written in UTF-16."),
    ("id,note\n1,x\n".encode("utf-16-le"), "needs.csv: This file is written in UTF-16."),
    (b"PK\x03\x04" + b"\0" * 90, "needs.csv: This is a workbook or an archive, not a CSV file."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1", "needs.csv: This is a workbook or an archive, not a CSV file."),
    (b"%PDF-1.7\n", "needs.csv: This is not a table at all."),
    (b"id\n" + b"x\n" * 26_300_000, "needs.csv: This file is larger than 50 MB."),
    (b"id,note\n" + b"x,y\n" * 100_001, "needs.csv line 100002: There are more than 100000 rows."),
    (",".join(f"c{n}" for n in range(400)) + "\n1\n", "needs.csv line 1: There are more than 300 columns."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "beginning"), REFUSED, ids=[row[1][11:60] for row in REFUSED])
def test_what_cannot_be_read_is_refused_at_its_place(text: str | bytes, beginning: str) -> None:
    found = errors(text)
    assert found
    assert found[0].startswith(beginning)


@pytest.mark.parametrize(
    ("name", "beginning"), [("nothing.csv", "nothing.csv: There is no such file."), ("", "This is a folder.")]
)
def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path, name: str, beginning: str) -> None:
    assert beginning in str(read_table(tmp_path / name, COLUMNS).errors[0])


@given(st.lists(st.sampled_from(["1,2", "1,x", "a,1,2", ",", "b,5", '"c\nd",1', ",7"]), min_size=1, max_size=20))
def test_every_row_is_good_or_has_an_error_and_none_is_lost(lines: list[str]) -> None:
    table = read("id,quantity\n" + "\n".join(lines) + "\n")
    filled = [line for line in lines if line != ","]
    in_error = {error.line for error in table.errors if error.line}
    assert len(table.rows) + len(in_error) == len(filled)


CELLS = [
    (cells.day_or_moment, "2026-05-14", "2026-05-14"),
    (cells.day_or_moment, "٢٠٢٦-٠٥-١٤ ٠٩:٣٠", "2026-05-14 09:30:00"),
    (cells.day_or_moment, "۲۰۲۶/۵/۱۴", "2026-05-14"),
    (cells.day_or_moment, "২০২৬-০৫-১৪", "2026-05-14"),
    (cells.day_or_moment, "2026-05-14T23:59:10", "2026-05-14 23:59:00"),
    (cells.day_or_moment, "14/05/2026", "2026-05-14"),
    (cells.day_or_moment, "5/14/2026", "2026-05-14"),
    (cells.day_or_moment, "5.5.2026", "2026-05-05"),
    (cells.day_or_moment, "05/06/2026", "“05/06/2026” can mean two different days. Please write 2026-06-05 or 2026-05-06."),
    (cells.day_or_moment, "31/02/2026", "The day “31/02/2026” does not exist."),
    (cells.day_or_moment, "14/05/26", "“14/05/26” is not a day."),
    (cells.day_or_moment, "0026-05-14", "The year in “0026-05-14” cannot be right."),
    (cells.day_or_moment, "tomorrow", "“tomorrow” is not a day."),
    (cells.day_or_moment, "09:30", "“09:30” is not a day."),
    (cells.day_or_moment, "2026-05-14 25:00", "The hour in “2026-05-14 25:00” cannot be read."),
    (cells.day_or_moment, "2026-05-14T09:30Z", "The hour in “2026-05-14T09:30Z” cannot be read."),
    (cells.latitude, "31.52", "31.52"),
    (cells.latitude, "٣١٫٥٢", "31.52"),
    (cells.latitude, "-31,5", "-31.5"),
    (cells.latitude, "−90", "-90.0"),
    (cells.latitude, "90.001", "90.001 degrees do not exist here. Please write a number from -90 to 90."),
    (cells.longitude, "180", "180.0"),
    (cells.longitude, "-181", "-181 degrees do not exist here."),
    (cells.longitude, "nan", "“nan” is not a number of degrees."),
    (cells.longitude, "1e2", "“1e2” is not a number of degrees."),
    (cells.languages, "Arabic, اردو / en", "('ar', 'ur', 'en')"),
    (cells.languages, "عربي و إنجليزي and Nubian", "('ar', 'en', 'nubian')"),
    (cells.phone, "+249 912-300-101", "+249912300101"),
    (cells.phone, "0912 300 101", "0912 300 101"),
    (cells.phone, "xOPT2", "xOPT2"),
    (cells.plus_code, "8g4qgccr+9v", "Point(latitude"),
    (cells.plus_code, "GCCR+9V", "“GCCR+9V” is not a full plus code."),
    (cells.choice({"yes": True, "نعم": True}, "yes, no"), "نَعَم", "True"),
    (cells.choice({"yes": True}, "yes, no"), "perhaps", "“perhaps” is not one of the words expected here. Please write one of: yes, no."),
]  # fmt: skip


@pytest.mark.parametrize(("parse", "cell", "expected"), CELLS, ids=[row[1] for row in CELLS])
def test_cells(parse, cell: str, expected: str) -> None:  # type: ignore[no-untyped-def]
    try:
        found = str(parse(cell))
    except ValueError as error:
        found = str(error)
    assert found.startswith(expected)


@given(
    st.floats(-90, 90).map(lambda value: round(value, 7)),
    st.sampled_from(["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "০১২৩৪৫৬৭৮৯"]),
)
def test_degrees_in_four_digit_systems(value: float, digits: str) -> None:
    written = f"{value:.7f}".translate(str.maketrans("0123456789", digits))
    assert cells.latitude(written) == value


UNTOUCHED = ["31.52", "-34.4667", "+961", "+9613123456", "-7", "1e5", "", "a=b", "R1", "سلام", "'tis", "0912"]
MARKED = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋cmd", "－2+3", "＠x", "=HYPERLINK(1)", "-x", " =1", "+961-3-123", "'=1", "+249 912"]  # fmt: skip


@pytest.mark.parametrize("cell", UNTOUCHED)
def test_numbers_phones_and_words_stay_as_they_are(cell: str) -> None:
    assert protect(cell) == cell


@pytest.mark.parametrize("cell", MARKED)
def test_what_a_spreadsheet_would_run_is_marked(cell: str) -> None:
    assert protect(cell) == "'" + cell
    assert unprotect(protect(cell)) == cell


@given(st.text(st.sampled_from("'=+-@\t\r\n \u200b\ufeff＝a1.,;\"سe"), max_size=8))
def test_marking_is_undone_exactly(cell: str) -> None:
    assert unprotect(protect(cell)) == cell


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2, max_size=2),
        max_size=5,
    )
)
def test_every_text_comes_back_from_the_file_and_none_starts_a_formula(rows: list[list[str]]) -> None:
    data = render(["a", "b"], rows)
    found = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:]
    assert [[unprotect(cell) for cell in row] for row in found] == rows
    for cell in (cell for row in found for cell in row):
        assert protect(unprotect(cell)) == cell


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_table(path, ["id", "quantity", "note"], [["=x", "5", "سطر\nثان"], ["'=y", "-3", "+1 (x)"]])
    table = read_table(path, [Column("id", str, required=True), Column("quantity", str), Column("note", str)])
    assert [dict(row.values) for row in table.rows] == [
        {"id": "=x", "quantity": "5", "note": "سطر\nثان"},
        {"id": "'=y", "quantity": "-3", "note": "+1 (x)"},
    ]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_table_that_fails_half_way_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")

    def rows():  # type: ignore[no-untyped-def]
        yield ["1"]
        raise RuntimeError("the disk is on fire")

    with pytest.raises(RuntimeError):
        write_table(path, ["id"], rows())
    with pytest.raises(OSError):
        write_table(tmp_path / "no" / "folder.csv", ["id"], [["1"]])
    assert path.read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == ["out.csv"]

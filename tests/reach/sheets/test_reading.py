"""From a messy sheet to records: every line comes out once, what is understood is right, and what is not is said."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.ground.values.place import Point
from taawun.ground.values.refusal import Refusal, sentence
from taawun.reach.sheets import dates, judging, lexicon
from taawun.reach.sheets.book import Book, open_book
from taawun.reach.sheets.phones import read_phones
from taawun.reach.sheets.plan import Plan, Record, Skipped
from taawun.reach.sheets.reading import Setting, read_records, suggest

HERE = Path(__file__).parent
REAL = sorted((HERE.parents[2].parent / "shared" / "data" / "sheets").glob("*"))
HOME = Setting(dt.date(2026, 4, 10), region="SD", centre=Point(15.6, 32.5), areas=("Tuti", "Bahri"))


def sheet(*lines: list[object]) -> Book:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return open_book(out.getvalue().encode(), "sheet.csv")


def read(book: Book, plan: Plan | None = None, setting: Setting = HOME) -> tuple[list[Record], list[Skipped]]:
    found = list(read_records(book, plan or suggest(book, setting), setting))
    return [one for one in found if isinstance(one, Record)], [one for one in found if isinstance(one, Skipped)]


def targets(book: Book, setting: Setting = HOME) -> list[str]:
    return [one.target or (f"!{one.sensitive}" if one.sensitive else "-") for one in suggest(book, setting).columns]


# -- columns --------------------------------------------------------------------------------------------------------


def golden(name: str) -> list[tuple[str, list[list[str]]]]:
    """Sheets with a line of answers below their heads; several answers, parted by blanks, may be right."""
    blocks: list[tuple[str, list[list[str]]]] = []
    for line in (HERE / name).read_text("utf-8").splitlines():
        if line.startswith("# "):
            blocks.append((line.lstrip("# "), []))
        elif line:
            blocks[-1][1].append(line.split("|"))
    return blocks


@pytest.mark.parametrize(
    ("lines"), [one[1] for one in golden("columns.txt")], ids=[one[0] for one in golden("columns.txt")]
)
def test_columns_are_understood_in_nine_languages(lines: list[list[str]]) -> None:
    heads, wanted, *rows = lines
    found = targets(sheet(heads, *rows), Setting(dt.date(2026, 4, 10)))
    assert found == [found[place] if want == "-details" else want for place, want in enumerate(wanted)]


def test_most_columns_of_stranger_sheets_are_understood_too() -> None:
    right = wanted = 0
    for name, (heads, answers, *rows) in golden("columns_more.txt"):
        found = targets(sheet(heads, *rows), Setting(dt.date(2026, 4, 10)))
        for place, answer in enumerate(answers):
            if "-" not in answer.split():
                wanted += 1
                right += found[place] in answer.split()
    assert wanted > 220
    assert right / wanted >= 0.95


def test_accuracy_is_judged_as_a_person_would(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Name,Phone,Religion,Shoe\nAmna,0912300101,x,4\n", "utf-8")
    (tmp_path / "a.csv.json").write_text(
        json.dumps(
            {"columns": {"Name": "name", "Phone": ["phone", "email"], "Religion": "sensitive", "Shoe": "quantity"}}
        )
    )
    judged = judging.judge(tmp_path)
    assert (judged.right, judged.wanted, judged.leaked) == (2, 3, 0)
    assert [(one.header, one.wanted, one.found) for one in judged.misses] == [("Shoe", "quantity", "-")]


SENSITIVE = [
    ("Religion", "religion"), ("Medical conditions", "health"), ("رقم الهوية", "id_number"), ("الحالة الاجتماعية", "marital"),
    ("Nationalité", "ethnicity"), ("Situation administrative", "legal"), ("IBAN", "bank"), ("TC Kimlik No", "id_number"),
    ("Medeni hali", "marital"), ("وضعیت تاهل", "marital"), ("کد ملی", "id_number"), ("شناختی کارڈ نمبر", "id_number"), ("مذہب", "religion"),
    ("Agama", "religion"), ("NIK", "id_number"), ("ধর্ম", "religion"), ("জাতীয় পরিচয়পত্র নম্বর", "id_number"), ("Kabila", "ethnicity"),
    ("Hali ya ndoa", "marital"), ("Immigration status?", "legal"), ("Do you have any disability?", "health"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "kind"), SENSITIVE, ids=[one[0] for one in SENSITIVE])
def test_what_must_not_be_stored_is_named_and_never_mapped(head: str, kind: str) -> None:
    assert targets(sheet(["Name", head, "Need"], ["Amna", "+249912300101", "Bread"]))[1] == f"!{kind}"


def test_a_person_can_add_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "lexicons" / "columns"
    folder.mkdir(parents=True)
    (folder / "de.toml").write_text('[targets]\nphone = "rückrufnummer"\n', "utf-8")
    monkeypatch.setenv("TAAWUN_DATA", str(tmp_path))
    lexicon.columns.cache_clear()
    from taawun.reach.sheets import naming

    naming.said.cache_clear()
    try:
        assert targets(sheet(["Rückrufnummer"], ["12"]))[0] == "phone"
        (folder / "de.toml").write_text("[targets\n", "utf-8")
        lexicon.columns.cache_clear()
        with pytest.raises(Refusal) as refused:
            lexicon.columns()
        assert "de.toml" in sentence(refused.value)
    finally:
        monkeypatch.undo()
        lexicon.columns.cache_clear()
        naming.said.cache_clear()


# -- the table in the sheet -----------------------------------------------------------------------------------------


def test_what_is_no_row_is_left_out_and_named_line_by_line() -> None:
    book = sheet(
        ["Flood response, needs by phone"], [], ["Contact", "", "Need", ""], ["Name", "Phone", "Item", "How many"],
        ["NORTH", "", "", ""], ["Amna", "0912300101", "Bread", 2], [], ["Name", "Phone", "Item", "How many"],
        ["FALSE", "", "", "FALSE"], ["Omar", "0912300102", "Bread", 3], ["", "ControlBegin", "", ""], ["", "Comment", "x", ""],
        ["", "ControlEnd", "", ""], ["Total", "", "", 5], [], ["Driver", "Car", "Delivery date", "Notes"], ["Sam", "van", "x", "y"],
    )  # fmt: skip
    plan = suggest(book, HOME)
    assert plan.header_lines == (3, 4)
    records, skipped = read(book, plan)
    assert [(one.line, one.values["name"]) for one in records] == [(6, "Amna"), (10, "Omar")]
    assert {one.line: one.code for one in skipped} == {
        1: "row.title", 2: "row.blank", 3: "row.header", 4: "row.header", 5: "row.heading", 7: "row.blank", 8: "row.header_again",
        9: "row.boxes", 11: "row.control", 12: "row.control", 13: "row.control", 14: "row.total", 15: "row.blank",
        16: "row.other_table", 17: "row.other_table",
    }  # fmt: skip
    assert all(one.message for one in skipped)


def test_a_line_a_person_chose_names_the_columns() -> None:
    book = sheet(["Name", "Need"], ["Amna", "Bread"], ["Driver", "Phone number"], ["Sam", "0912300101"])
    plan = suggest(book, HOME, header_line=3)
    assert (plan.header_lines, plan.first_line) == ((3,), 4)
    none = suggest(book, HOME, header_line=0)
    assert (none.header_lines, none.first_line) == ((), 1)


def test_the_sheet_that_holds_the_table_is_chosen_and_merged_heads_are_joined() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "Read me first"
    needs = book.create_sheet("Requests")
    for line in (["Contact", None, "Need", None], ["Name", "Phone", "Item", "Qty"], ["Amna", 912300101, "Bread", 2]):
        needs.append(line)
    needs.merge_cells("A1:B1")
    needs.merge_cells("C1:D1")
    hidden = book.create_sheet("old")
    hidden.append(["Name", "Phone", "Item", "Quantity", "Address"])
    hidden.append(["x", "1", "Bread", 1, "y"])
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    opened = open_book(out.getvalue(), "x.xlsx")
    plan = suggest(opened, HOME)
    assert (plan.sheet_name, plan.header_lines, plan.direction, plan.direction_reason) == (
        "Requests",
        (1, 2),
        "request",
        "columns",
    )
    ((record,), _) = read(opened, plan)
    assert record.values["phone"] == ("+249912300101",)
    assert (record.values["name"], record.values["kind"], record.values["quantity"]) == ("Amna", "food.bread", 2)


CELLS = st.one_of(
    st.none(), st.integers(-5, 10**14), st.floats(allow_nan=True), st.booleans(), st.dates(), st.text(max_size=20),
    st.sampled_from(["Bread", "0912300101", "05/06/2026", "n/a", "total", "ControlBegin", "Name", "=1+1", "#REF!", "1,5 kg", "١٢", "x" * 400]),
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(
    heads=st.lists(st.one_of(CELLS, st.sampled_from(["Name", "Phone", "Need", "Qty", "Date", "Lat", "Lng", "Urgent?", "From", "Days", "Done?"])), min_size=1, max_size=9),
    lines=st.lists(st.lists(CELLS, max_size=9), max_size=8),
)  # fmt: skip
def test_every_line_comes_out_once_whatever_is_in_it(heads: list[object], lines: list[list[object]]) -> None:
    try:
        book = sheet(heads, *lines)
    except (Refusal, csv.Error):
        return
    plan = suggest(book, HOME)
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan
    plan = plan.with_dates("dmy")
    found = list(read_records(book, plan, HOME))
    assert [one.line for one in found] == [line for line, _ in book.grid(0)]
    for one in found:
        for problem in one.problems if isinstance(one, Record) else ():
            assert problem.message and problem.line == one.line and problem.header


@pytest.mark.parametrize("path", REAL or [None], ids=lambda path: path and path.name)
def test_real_sheets_are_read_line_by_line(path: Path | None) -> None:
    if path is None:
        pytest.skip("the real sheets are not beside this checkout")
    book = open_book(path, path.name)
    plan = suggest(book, Setting(dt.date(2026, 4, 10))).with_dates("mdy")
    found = list(read_records(book, plan, Setting(dt.date(2026, 4, 10))))
    assert [one.line for one in found] == [line for line, _ in book.grid(plan.sheet)]
    assert all(
        problem.message and problem.header for one in found if isinstance(one, Record) for problem in one.problems
    )


def test_the_control_block_of_the_delivery_sheet_and_its_drivers_are_told_apart() -> None:
    path = next((one for one in REAL if one.name == "restaurant-template-v300.csv"), None)
    if path is None:
        pytest.skip("the real sheets are not beside this checkout")
    _, skipped = read(open_book(path, path.name), None, Setting(dt.date(2026, 4, 10)))
    assert sum(1 for one in skipped if one.code == "row.control") == 58


# -- cells ----------------------------------------------------------------------------------------------------------

PHONES = [
    ("0912 300 101", ["+249912300101"], []),
    ("٠٩١٢٣٠٠١٠١", ["+249912300101"], []),
    ("(091) 230-0101 or 0912300102", ["+249912300101", "+249912300102"], []),
    ("0912300101 / 0912300102\n0912300103", ["+249912300101", "+249912300102", "+249912300103"], []),
    ("home: 0912300101 (after 5)", ["+249912300101"], []),
    ("0912/300101", ["+249912300101"], []),
    ("9.12300101E8", ["+249912300101"], []),
    ("9.1E8", ["9.1E8"], ["phone.rounded"]),
    ("+2526XXXXXXX", [], ["phone.masked"]),
    ("XXXXXXX", [], ["phone.masked"]),
    ("same number as before", [], ["phone.no_number"]),
    ("(2  )    -", [], ["phone.no_number"]),
    ("00249912300101", ["+249912300101"], []),
    ("211", ["211"], ["phone.kept"]),
]


@pytest.mark.parametrize(("text", "numbers", "codes"), PHONES, ids=[one[0] for one in PHONES])
def test_phones_as_people_and_spreadsheets_write_them(text: str, numbers: list[str], codes: list[str]) -> None:
    found, doubts = read_phones(text, "SD")
    assert (found, [one.code for one in doubts]) == (numbers, codes)


VALUES = [
    ("Date needed", "2026-05-14", dt.date(2026, 5, 14)), ("Date needed", "14.05.26 9:30", dt.datetime(2026, 5, 14, 9, 30)),
    ("Date needed", "١٤/٠٥/٢٠٢٦", dt.date(2026, 5, 14)), ("Date needed", "1447/09/01", dt.date(2026, 2, 18)),
    ("Date needed", "۱۴۰۴/۱۲/۲۹", dt.date(2026, 3, 20)), ("Date needed", "৫ মার্চ ২০২৬", dt.date(2026, 3, 5)),
    ("Date needed", "Thursday, 14 mai 2026", dt.date(2026, 5, 14)), ("Date needed", "46156", dt.date(2026, 5, 14)),
    ("Date needed", "3 رمضان 1447", dt.date(2026, 2, 20)), ("Date needed", "14 آذار 2026", dt.date(2026, 3, 14)),
    ("How many", "٣ كراتين", Decimal(3)), ("How many", "2.5 kg", Decimal("2.5")), ("How many", "two boxes", Decimal(2)), ("How many", "~12", Decimal(12)),
    ("How many", "خمسة", Decimal(5)), ("How urgent?", "URGENT – today!", 3), ("How urgent?", "غير عاجل", 0), ("How urgent?", "cette semaine", 1),
    ("Household size", "2 adults, 3 children", 5), ("Household size", "৪ জন", 4), ("Days available", "Mon-Wed, Fri", (0, 1, 2, 4)),
    ("Days available", "السبت والأحد", (5, 6)), ("Days available", "hafta sonu", (5, 6)), ("Time needed", "9:0am", 540), ("Time needed", "5pm", 1020),
    ("Time needed", "9am-5pm", 540), ("Time needed", "17h30", 1050), ("Time needed", "الصباح", 480), ("Status", "تم التسليم", "done"),
    ("Lat", "15°37'12\"N", 15.62), ("Languages spoken", "Arabic & French", ("ar", "fr")), ("Email", "<Amna@example.org>", ("Amna@example.org",)),
    ("Visible to", "members only", "members"), ("Plus code", "8G4QGCCR+9V", "8G4QGCCR+9V"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "cell", "value"), VALUES, ids=[f"{one[0]} {one[1]}" for one in VALUES])
def test_cells_in_many_languages_become_values(head: str, cell: str, value: object) -> None:
    book = sheet([head, "Lng", "What do you need?"], [cell, "32.51", "Bread"])
    plan = suggest(book, HOME)
    plan = Plan.from_json({**plan.to_json(), "open_only": False})
    ((record,), _) = read(book, plan)
    assert record.values[plan.columns[0].target] == (pytest.approx(value) if isinstance(value, float) else value)
    assert record.good


DOUBTS = [
    ("How many", "5-6", "cell.range"), ("How many", "3 eggs 2 milk", "cell.numbers"), ("How many", "1.500", "number.ambiguous"),
    ("Date needed", "31/02/2026", "cell.no_such_day"), ("Need", "zxqv", "cell.no_kind"), ("How many", "0", "amount.zero"),
    ("How many", "#REF!", "cell.formula_error"), ("Phone", "same as above", "cell.same"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "cell", "code"), DOUBTS, ids=[f"{one[0]} {one[1]}" for one in DOUBTS])
def test_what_cannot_be_read_is_said_with_its_place(head: str, cell: str, code: str) -> None:
    book = sheet(["Name", head], ["Amna", cell])
    plan = suggest(book, HOME).with_target(1, suggest(sheet(["Name", head], ["Amna", ""]), HOME).columns[1].target)
    ((record,), _) = read(book, plan)
    assert [(one.code, one.line, one.header) for one in record.problems] == [(code, 2, head)]
    assert cell[:3] in record.problems[0].message or code.startswith("amount")


def test_the_order_of_day_and_month_is_settled_by_the_whole_column_or_asked() -> None:
    def order(*cells: str, head: str = "Date needed") -> str:
        return suggest(sheet([head, "Need"], *([cell, "Bread"] for cell in cells)), HOME).columns[0].order

    assert order("03/04/2026", "25/04/2026") == "dmy"
    assert order("03/04/2026", "04/25/2026") == "mdy"
    assert order("03/04/2026", "04/03/2026") == "unknown"
    assert order("03/04/2026", "12/05/2025", head="Timestamp") == "unknown"
    # Nobody asked in the future: on the tenth of April it can only be the fifth of January … or so.
    assert order("01/05/2026", "01/06/2026", head="Timestamp") == "mdy"
    book = sheet(["Date needed", "Need"], ["03/04/2026", "Bread"])
    plan = suggest(book, HOME)
    with pytest.raises(Refusal) as refused:
        list(read_records(book, plan, HOME))
    assert refused.value.facts["example"] == "03/04/2026"
    ((record,), _) = read(book, plan.with_dates("mdy"))
    assert record.values["date"] == dt.date(2026, 3, 4)


@settings(max_examples=60, deadline=None)
@given(day=st.dates(dt.date(2000, 1, 1), dt.date(2030, 12, 31)), style=st.sampled_from(["{d:02}/{m:02}/{y}", "{d}.{m}.{y}", "{y}-{m:02}-{d:02}"]), digits=st.sampled_from(["latn", "arab", "arabext", "beng"]))  # fmt: skip
def test_days_come_back_in_four_digit_systems(day: dt.date, style: str, digits: str) -> None:
    from taawun.ground.words.digits import to_digits

    taken = dates.take_apart(to_digits(style.format(d=day.day, m=day.month, y=day.year), digits))  # type: ignore[arg-type]
    assert taken is not None
    assert dates.to_moment(taken, "dmy") == day


def test_the_persian_calendar_agrees_with_known_days() -> None:
    known = {
        (1399, 12, 30): (2021, 3, 20),
        (1400, 1, 1): (2021, 3, 21),
        (1403, 12, 30): (2025, 3, 20),
        (1404, 1, 1): (2025, 3, 21),
        (1404, 7, 1): (2025, 9, 23),
    }
    for (year, month, day), wanted in known.items():
        taken = dates.take_apart(f"{year}/{month}/{day}")
        assert taken is not None
        assert dates.to_day(taken, "") == dt.date(*wanted)


POINTS = [
    ("15.61", "32.51", (15.61, 32.51), []), ("15,61", "32,51", (15.61, 32.51), []), ("32.51", "15.61", None, ["place.turned"]),
    ("51.5", "-0.1", None, ["place.far"]), ("0", "0", None, ["place.null"]), ("15.61", "", None, ["place.half"]),
]  # fmt: skip


@pytest.mark.parametrize(("latitude", "longitude", "point", "codes"), POINTS)
def test_points_that_cannot_be_here_are_left_out_and_told(
    latitude: str, longitude: str, point: object, codes: list[str]
) -> None:
    ((record,), _) = read(sheet(["Lat", "Lng", "Need"], [latitude, longitude, "Bread"]))
    assert [one.code for one in record.problems] == codes
    assert record.good
    assert (record.values.get("latitude"), record.values.get("longitude")) == (point or (None, None))


def test_latitude_and_longitude_in_each_others_column_are_turned_for_the_whole_sheet() -> None:
    book = sheet(["Lat", "Lng", "Need"], *([32.5 + n / 100, 15.6, "Bread"] for n in range(6)))
    assert targets(book)[:2] == ["longitude", "latitude"]


def test_one_question_with_many_answers_becomes_several_kinds() -> None:
    kobo = sheet(
        ["needs/bread", "needs/blanket", "_id", "_uuid", "_submission_time"],
        [1, 1, 7, "u", "2026-03-01T06:21:00"], [0, 1, 8, "v", "2026-03-02T06:21:00"],
    )  # fmt: skip
    records, _ = read(kobo)
    assert [one.kinds for one in records] == [("food.bread", "household.blankets"), ("household.blankets",)]
    forms = sheet(["Timestamp", "What do you need?"], ["3/25/2026 10:00:00", "Bread, Blanket (warm)"])
    assert read(forms)[0][0].kinds == ("food.bread", "household.blankets")


def test_what_is_done_is_left_out_and_both_directions_are_read() -> None:
    book = sheet(
        ["Type", "Item", "Status"], ["Need", "Bread", "open"], ["Offer", "Bread", ""], ["Need", "Bread", "Delivered"]
    )
    records, skipped = read(book)
    assert [one.values["direction"] for one in records] == ["request", "offer"]
    assert [(one.line, one.message) for one in skipped if one.counts] == [
        (4, "This is not open any more (“Delivered”).")
    ]


def test_a_header_of_the_wrong_table_leaves_nothing_to_read() -> None:
    plan = suggest(sheet(["Sprocket", "Widget"], ["a1", "b2"], ["c3", "d4"]), HOME)
    assert not plan.targets
    assert {one.code for one in plan.questions} == {"direction", "kind"}


def test_a_plan_that_was_tampered_with_is_refused() -> None:
    plan = suggest(sheet(["Name"], ["Amna"]), HOME).to_json()
    for bad in (
        {},
        {**plan, "version": 9},
        {**plan, "columns": [{"column": 0, "header": "x", "target": "password"}]},
        "no",
    ):
        with pytest.raises(Refusal):
            Plan.from_json(bad)

"""The door without a server: two sheets in, a plan out that the coordinator can work from, or every fault at its line."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from taawun.house.commands import match_reading
from taawun.house.commands.match import main
from taawun.house.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "docs" / "samples"

HEADER_REQUESTS = "id,kind,quantity,unit,area,lat,lng,from,to,urgency,can split,languages,name,phone\n"
HEADER_OFFERS = "id,kind,quantity,unit,area,lat,lng,from,to,languages,name,phone\n"


@pytest.fixture
def desk(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Two sheets on a desk, and the plan made from them."""

    class Desk:
        folder = tmp_path
        requests, offers, plan = tmp_path / "requests.csv", tmp_path / "offers.csv", tmp_path / "plan.csv"

        def lay(self, requests: str, offers: str, *, header: bool = True) -> None:
            self.requests.write_text((HEADER_REQUESTS if header else "") + requests, "utf-8")
            self.offers.write_text((HEADER_OFFERS if header else "") + offers, "utf-8")

        def run(self, *options: str) -> int:
            return main([str(self.requests), str(self.offers), "-o", str(self.plan), *options])

        def rows(self) -> list[dict[str, str]]:
            text = self.plan.read_text("utf-8-sig")
            return list(csv.DictReader(io.StringIO(text, newline="")))

    return Desk()


def brief(rows: list[dict[str, str]]) -> list[tuple[str, str, str, str]]:
    return [(row["request"], row["offer"], row["quantity"], row["unit"]) for row in rows]


def test_the_samples_become_a_plan(desk, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    assert main([str(SAMPLES / "requests.csv"), str(SAMPLES / "offers.csv"), "-o", str(desk.plan)]) == 0
    assert brief(desk.rows()) == [
        ("R1", "O1", "6", "portions"),
        ("R2", "O2", "4", "وجبات"),
        ("R3", "O4", "7", "boxes"),
        ("R4", "O5", "2.5", "kg"),
        ("R5", "O6", "15", "pieces"),
        ("R5", "", "5", "pieces"),
        ("R6", "", "1", ""),
    ]
    first = desk.rows()[0]
    assert first["why"] == "0.2 km away; both speak Arabic; possible on Thu 14 May, 12:00 to 14:00; needed now"
    assert (first["for whom"], first["their phone"], first["giver's phone"]) == (
        "Amna Osman", "+249912300101", "+249912300201",
    )  # fmt: skip
    said = capsys.readouterr().out
    assert "6 requests: 4 met in full, 1 in part, 1 not met." in said
    assert "5 tasks, 7.1 km in all." in said
    assert desk.plan.read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_plan_is_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(SAMPLES / "requests.csv"), str(SAMPLES / "offers.csv"), "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["summary"] | {"gap": None} == {
        "requests": 6, "met_in_full": 4, "met_in_part": 1, "not_met": 1, "distance_km": 7.1,
        "proven_best": True, "gap": None, "complete": True,
    }  # fmt: skip
    assert plan["tasks"][3]["quantity"] == 2.5
    assert {one["request"]: one["reason"] for one in plan["unmet"]} == {"R5": "taken", "R6": "nobody"}


def test_arabic_digits_and_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(SAMPLES / "requests.csv"), str(SAMPLES / "offers.csv"), "--json", "--language", "ar"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert "٠٫٢" in plan["tasks"][0]["why"]
    assert "الخميس" in plan["tasks"][0]["why"]


WHY_NOT = [
    ("nobody has it", "1,Blanket,1,,,,,,,,,,,", "O,Bread,1,,,,,,,,,", "Nobody offers this."),
    ("another unit", "1,Rice,1,kg,,,,,,,,,,", "O,Rice,1,bags,,,,,,,,", "It is offered, but counted in another unit."),
    (
        "too far", "1,Bread,1,,,15.6,32.5,,,,,,,", "O,Bread,1,,,17.6,32.5,,,,,",
        "The nearest offer is 222.4 km away, and the limit is 50 km.",
    ),
    (
        "no time", "1,Bread,1,,,,,2026-05-14,2026-05-14,,,,,", "O,Bread,1,,,,,2026-05-15,,,,",
        "Whoever offers this near enough is not free at that time.",
    ),
    (
        "whole", "1,Bread,7,,,,,,,,no,,,", "O,Bread,5,,,,,,,,,",
        "It must come from one giver whole (7 pieces), and the largest offer near enough is 5 pieces.",
    ),
    (
        "no part so small", "1,Flour,3,kg,,,,,,,yes,,,", "O,Flour,0.5,kg,,,,,,,,",
        "All offers near enough are too small: the largest is 500 g.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("request_row", "offer_row", "reason"), [row[1:] for row in WHY_NOT], ids=[row[0] for row in WHY_NOT]
)
def test_an_unmet_need_says_why(desk, request_row: str, offer_row: str, reason: str) -> None:  # type: ignore[no-untyped-def]
    desk.lay(request_row + "\n", offer_row + "\n")
    assert desk.run() == 0
    (row,) = desk.rows()
    assert (row["status"], row["offer"]) == ("not met", "")
    assert row["why"].startswith(reason)


def test_the_urgent_one_gets_the_last_portion_and_the_other_reads_why(desk) -> None:  # type: ignore[no-untyped-def]
    desk.lay("1,Bread,2,,,,,,,week,,,,\n2,خبز,2,,,,,,,عاجل,,,,\n", "O,food.bread,2,,,,,,,,,\n")
    assert desk.run() == 0
    assert [(row["request"], row["status"]) for row in desk.rows()] == [("1", "not met"), ("2", "planned")]
    assert desk.rows()[0]["why"] == "What is offered near enough is all given away in this plan."


def test_units_of_one_measure_meet_and_keep_their_own_words(desk) -> None:  # type: ignore[no-untyped-def]
    desk.lay("1,Flour,500,g,,,,,,,,,,\n2,Flour,1.5,كيلو,,,,,,,,,,\n", "O,Flour,2,kg,,,,,,,,\n")
    assert desk.run() == 0
    assert brief(desk.rows()) == [("1", "O", "500", "g"), ("2", "O", "1.5", "كيلو")]


def test_a_request_that_cannot_be_split_gets_it_whole_from_one(desk) -> None:  # type: ignore[no-untyped-def]
    desk.lay("1,Bread,7,,A,,,,,,no,,,\n2,Bread,7,,A,,,,,,yes,,,\n", "O,Bread,4,,A,,,,,,,\nP,Bread,10,,A,,,,,,,\n")
    assert desk.run() == 0
    assert brief(desk.rows()) == [
        ("1", "P", "7", "pieces"), ("2", "O", "4", "pieces"), ("2", "P", "3", "pieces"),
    ]  # fmt: skip


def test_every_fault_is_named_at_its_line_and_nothing_is_written(desk, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    desk.lay(
        "1,Bread,1,,,,,,,,,,,\n"
        "3,Bread,some,,,,,,,,,,,\n"
        '2,"Bread\nfrom the oven",1,,,91,32,,,,,,,\n'
        "1,Bread,1,,,15,,,,,,,,\n"
        "4,Bread,1.5,,,,,2026-05-14,2026-05-13,,,,,\n"
        "5,Bread,1,,,,,,,at once,perhaps,,,\n"
        "6,Flour,0.0001,kg,,,,,,,,,,\n"
        "7,Flour,2000000,kg,,,,,,,,,,\n",
        "O,,1,,,,,01/02/2026,,,,\nP,Bread,1,,,,,2026-05-32,,,,\n",
    )
    assert desk.run("--dates", "dmy") == 2
    assert not desk.plan.exists()
    said = capsys.readouterr()
    assert said.out == ""
    places = [line.partition(": ")[0] for line in said.err.splitlines() if " line " in line or "errors" in line]
    assert places == [
        "requests.csv line 3, column quantity",
        "requests.csv line 6, column to",
        "requests.csv line 7, column can split",
        "requests.csv line 8, column quantity",
        "requests.csv line 9, column quantity",
        "offers.csv line 2, column kind",
        "offers.csv line 3, column from",
        "7 errors; nothing was written.",
    ]
    assert "requests.csv: Understood: id ← id; kind ← kind; quantity ← quantity" in said.err


def test_what_only_spoils_one_cell_is_told_and_the_row_still_counts(desk, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    desk.lay("1,Bread,one,,,91,32,,,,,,,\n1,Bread,1,,,15,,,,at once upon,,,,\n", "O,Bread,5,,,,,,,,,\n")
    assert desk.run() == 0
    said = capsys.readouterr().out
    assert "requests.csv line 2, column lat: Latitude and longitude of “91, 32” seem to be swapped" in said
    assert "requests.csv line 3, column lat: Only one half of the point is there" in said
    assert "requests.csv: “1” stands on line 2 and on line 3. They are taken for two rows." in said
    assert [row["request"] for row in desk.rows()] == ["1", "1 (line 3)"]


def test_a_day_that_can_be_two_is_answered_by_an_option_or_refused_at_its_line(  # type: ignore[no-untyped-def]
    desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.lay("1,Bread,1,,,,,03/03/2026,,,,,,\n2,Bread,1,,,,,05/06/2026,,,,,,\n", "O,Bread,5,,,,,,,,,\n")
    assert desk.run() == 2
    assert (
        "requests.csv line 3, column from: “05/06/2026” can mean 2026-06-05 or 2026-05-06." in capsys.readouterr().err
    )
    assert desk.run("--dates", "mdy") == 0
    assert "possible from Wed 6 May" in desk.rows()[1]["why"]


def test_faulty_rows_can_be_left_out_by_name(desk, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    desk.lay("1,Bread,some,,,,,,,,,,,\n2,Bread,1,,,,,,,,,,,\n", "O,Bread,5,,,,,,,,,\n")
    assert desk.run("--skip-faulty") == 0
    assert "requests.csv: Left out, line 2: quantity: “some” is not a number." in capsys.readouterr().out
    assert brief(desk.rows()) == [("2", "O", "1", "pieces")]


def test_a_messy_workbook_with_both_sides_becomes_a_workbook(desk, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    """Titles above the table, a total below, Arabic beside English, one file for both sides, the plan with real numbers."""
    book = openpyxl.Workbook()
    needs = book.active
    needs.title = "Requests"
    for row in (
        ["Flood response 2026"], [], ["Who?", "What do they need?", "How many", "Neighbourhood", "رقم الهاتف", "Diagnosis"],
        ["Amna", "Cooked meal", 6, "Tuti", 912300101, "x"], ["Omar", "وجبة مطبوخة", "٤ وجبات", "Bahri", "+249912300102", "y"],
        ["Total", None, 10],
    ):  # fmt: skip
        needs.append(row)
    offers = book.create_sheet("Offers")
    for row in (
        ["Kitchen", "Item", "Qty", "Area", "Mobile"],
        ["Tuti kitchen", "Cooked meal", 20, "Tuti", "0912300201"],
    ):
        offers.append(row)
    path = desk.folder / "flood.xlsx"
    book.save(path)
    plan = desk.folder / "plan.xlsx"
    assert main([str(path), str(path), "-o", str(plan)]) == 0
    said = capsys.readouterr().out
    assert "Read from the sheet “Requests”." in said
    assert "The columns are named in line 3." in said
    assert "Left out, line 6: This line is a total." in said
    assert "columns not read and not copied: Diagnosis." in said
    rows = list(openpyxl.load_workbook(plan)["plan"].values)
    assert [(row[1], row[4], row[8]) for row in rows[1:]] == [("line 4", 6, "Amna"), ("line 5", 4, "Omar")]


def test_fifty_errors_are_shown_and_the_rest_counted(desk, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    desk.lay("".join(f"{n},Bread,xx,,,,,,,,,,,\n" for n in range(120)), "O,Bread,1,,,,,,,,,\n")
    assert desk.run("--json") == 2
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 53
    assert "… and 70 errors more." in said.err
    answer = json.loads(said.out)
    assert answer["errors_total"] == 120
    assert answer["errors"][0] == {
        "file": "requests.csv", "line": 2, "column": "quantity",
        "message": "“xx” is not a number. Please write digits, such as 12.",
    }  # fmt: skip


def test_an_existing_plan_is_replaced_only_when_told_and_a_sheet_never(desk) -> None:  # type: ignore[no-untyped-def]
    desk.lay("1,Bread,1,,,,,,,,,,,\n", "O,Bread,1,,,,,,,,,\n")
    desk.plan.write_text("yesterday")
    with pytest.raises(Trouble, match="is there already"):
        desk.run()
    assert desk.plan.read_text() == "yesterday"
    assert desk.run("--force") == 0
    assert desk.rows()[0]["status"] == "planned"
    before = desk.requests.read_text()
    link = desk.folder / "link.csv"
    link.symlink_to(desk.requests)
    for target in (desk.requests, link):
        with pytest.raises(Trouble, match="would overwrite"):
            main([str(desk.requests), str(desk.offers), "-o", str(target), "--force"])
    assert desk.requests.read_text() == before
    with pytest.raises(Trouble, match="no folder"):
        main([str(desk.requests), str(desk.offers), "-o", str(desk.folder / "x" / "y.csv")])


def test_columns_nobody_asked_for_are_named_and_not_copied(desk, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    desk.lay("id,kind,diagnosis\n1,Bread,secret words\n", "id,kind,urgency\nO,Bread,now\n", header=False)
    assert desk.run() == 0
    said = capsys.readouterr().out
    assert "requests.csv: columns not read and not copied: diagnosis." in said
    assert "offers.csv: columns not read and not copied: urgency." in said
    assert "secret words" not in desk.plan.read_text("utf-8")


def test_cells_that_would_run_as_formulas_are_harmless_in_the_plan(desk) -> None:  # type: ignore[no-untyped-def]
    desk.lay('=1+1,Bread,1,,@here,,,,,,,,"=HYPERLINK(""x"")",+249912300101\n', "-2+3,Bread,1,,,,,,,,,-7\n")
    assert desk.run() == 0
    row = desk.rows()[0]
    assert (row["request"], row["for whom"], row["their area"]) == ("'=1+1", '\'=HYPERLINK("x")', "'@here")
    assert (row["offer"], row["their phone"], row["giver's phone"]) == ("'-2+3", "+249912300101", "")


@pytest.mark.parametrize(
    "option", [["--limit-km", "nan"], ["--limit-km", "-1"], ["--limit-km", "ten"], ["--seconds", "0"]]
)
def test_options_that_make_no_sense_are_refused(desk, option: list[str], capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SystemExit) as stopped:
        desk.run(*option)
    assert stopped.value.code == 2
    assert f"argument {option[0]}: {option[1]} is not" in capsys.readouterr().err


def test_without_a_project_a_database_or_a_server(desk) -> None:  # type: ignore[no-untyped-def]
    """As the launcher runs it: a process of its own, in which no settings exist."""
    keep = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO", "TAAWUN", "DATABASE"))}
    arguments = [str(SAMPLES / "requests.csv"), str(SAMPLES / "offers.csv"), "-o", str(desk.plan), "--language", "ar"]
    done = subprocess.run(
        [sys.executable, "-m", "taawun.house.commands", "match", *arguments],
        capture_output=True, text=True, cwd=desk.folder, env=keep, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(desk.plan.read_text("utf-8-sig").splitlines()) == 8
    assert "plan.csv" in done.stdout


@pytest.mark.parametrize(
    "sheet",
    sorted((ROOT.parent / "shared" / "data" / "sheets").glob("*")) or [None],
    ids=lambda sheet: sheet and sheet.name,
)
def test_real_sheets_become_a_plan_or_are_refused_in_words(
    desk, sheet: Path | None, capsys: pytest.CaptureFixture[str]
) -> None:  # type: ignore[no-untyped-def]
    if sheet is None:
        pytest.skip("the real sheets are not beside this checkout")
    code = main([str(sheet), str(SAMPLES / "offers.csv"), "-o", str(desk.plan), "--dates", "dmy"])
    said = capsys.readouterr()
    if code == 0:
        assert desk.plan.exists()
        return
    assert code == 2
    assert re.search(re.escape(sheet.name) + r"( line \d+)?(, column [^:]+)?: \w", said.err)
    assert not desk.plan.exists()


def test_every_option_and_target_is_explained_in_the_manual() -> None:
    manual = (ROOT / "docs" / "match.md").read_text("utf-8")
    for option in (
        "--dates",
        "--requests-sheet",
        "--offers-sheet",
        "--skip-faulty",
        "--json",
        "--limit-km",
        "--seconds",
    ):
        assert f"`{option}" in manual, option


def test_the_samples_have_no_fault_and_use_the_catalogue() -> None:
    for name, asking in (("requests.csv", True), ("offers.csv", False), ("messy.csv", True)):
        sheet = match_reading.read_sheet(SAMPLES / name, name, asking=asking, today=date(2026, 5, 1))
        assert sheet.errors == []
        assert sum(entry.in_catalogue for entry in sheet.entries) >= 4

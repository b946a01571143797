"""Rounds without a server: two messy sheets in, rounds a person can drive out, and a sentence for every row that is in none."""

import csv
import io
import json
import re
from pathlib import Path

import openpyxl
import pytest

from taawun.house.commands import plan_reading as reading
from taawun.house.commands.plan import main
from taawun.house.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "docs" / "samples"
DEPOT = ("--depot", "Store=15.605,32.528")
FAST = ("--seconds", "0.3")


@pytest.fixture
def desk(tmp_path: Path):  # type: ignore[no-untyped-def]
    class Desk:
        deliveries, carriers, out, map = (tmp_path / name for name in ("d.csv", "c.csv", "rounds.csv", "rounds.html"))

        def plan(self, deliveries: str, carriers: str, *options: str) -> list[dict[str, str]]:
            self.deliveries.write_text(deliveries, "utf-8")
            self.carriers.write_text(carriers, "utf-8")
            options = options if "--depot" in options or "nodepot" in options else (*DEPOT, *options)
            options = tuple(one for one in options if one != "nodepot")
            assert main([str(self.deliveries), str(self.carriers), "-o", str(self.out), "--force", *FAST, *options]) == 0
            return list(csv.DictReader(io.StringIO(self.out.read_text("utf-8-sig"), newline="")))

    return Desk()


def bringing(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    return {row["request"]: row for row in rows if row["what to do"] == "bring"}


def left(rows: list[dict[str, str]]) -> dict[str, str]:
    return {row["request"]: row["why"] for row in rows if row["what to do"] == "not planned"}


CARRIERS = "name,vehicle,lat,lng,from,to,boxes,may carry\nSalma,car,15.61,32.52,09:00,17:00,20,medicine\nMusa,bicycle,15.60,32.53,09:00,17:00,4,\n"


def test_the_samples_become_rounds_with_a_map(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, drawing = tmp_path / "rounds.xlsx", tmp_path / "rounds.html"
    files = [str(SAMPLES / "deliveries.csv"), str(SAMPLES / "carriers.csv")]
    assert main([*files, "-o", str(out), "--map", str(drawing), *DEPOT, *FAST]) == 0
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["rounds", "carriers", "not planned"]
    rows = [[cell.value for cell in row] for row in book["rounds"].iter_rows(min_row=2)]
    by_request = {row[11]: row for row in rows if row[4] == "bring"}
    assert by_request["D4"][1] == "Salma", "only she may carry medicine"
    assert by_request["D5"][1] == "Salma", "the sheet says so"
    assert by_request["D6"][1] == "Relief van", "only the van has a cold box"
    assert "10:00" <= by_request["D1"][3] <= "12:00" and by_request["D7"][1] == "Relief van"
    assert [row[1].value for row in book["not planned"].iter_rows(min_row=2)] == ["D9"]
    page = drawing.read_text("utf-8")
    assert page.count("<circle") == 8 and "<script" not in page and not re.search(r"(src|href)=", page)
    assert "خديجة" in page and out.stat().st_mode & 0o077 == 0 and drawing.stat().st_mode & 0o077 == 0
    said = capsys.readouterr().out
    assert "8 deliveries are planned." in said and "1 is not planned" in said and "middle of their area" in said


def test_what_cannot_be_planned_is_named_and_the_rest_is_planned(desk, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    rows = desk.plan(
        "id,lat,lng,boxes,time window,needs\nA,15.61,32.53,1,,\nB,15.61,32.53,1,14:00-11:00,\nC,-33.9,151.2,1,,\n"
        "D,15.61,32.53,500,,\nE,,,1,,\nF,NaN,32.5,1,,\nG,15.61,32.53,1,05:00-06:00,\nH,15.61,32.53,1,,cash\nI,15.61,32.53,x,,\n",
        CARRIERS,
    )
    assert list(bringing(rows)) == ["A"]
    why = left(rows)
    assert "ends (11:00) before it begins (14:00)" in why["B"]
    assert "too far" in why["C"] and "bigger than" in why["D"] and "no place" in why["E"]
    assert "at that time" in why["G"] and "may bring it" in why["H"] and "is not a number" in why["I"]
    assert len(why) == 8, "a point that is none is told too"


def test_no_carriers_no_deliveries_and_nowhere_to_load(desk) -> None:  # type: ignore[no-untyped-def]
    rows = desk.plan("id,lat,lng\nA,15.6,32.5\n", "name,vehicle,from,to\nSalma,car,17:00,09:00\n")
    assert list(left(rows)) == ["A"]
    with pytest.raises(Trouble, match="where the goods lie"):
        desk.plan("id,lat,lng\nA,15.6,32.5\n", "name,vehicle\nSalma,car\n", "nodepot")
    with pytest.raises(Trouble, match="not understood"):
        desk.plan("id,lat,lng\nA,15.6,32.5\n", "name,vehicle\nSalma,car\n", "--depot", "here")
    desk.deliveries.write_text("id,lat,lng\n", "utf-8")
    assert main([str(desk.deliveries), str(desk.carriers), "-o", str(desk.out), "--force"]) == 2


def test_picked_up_before_it_is_brought_and_by_the_same_carrier(desk) -> None:  # type: ignore[no-untyped-def]
    rows = desk.plan(
        "id,lat,lng,boxes,pickup point\nA,15.61,32.53,2,\"15.64, 32.50\"\nB,15.62,32.52,1,\"15.58, 32.55\"\n", CARRIERS, "nodepot"
    )
    for request in ("A", "B"):
        tasks = [(row["what to do"], row["carrier"], int(row["no."])) for row in rows if row["request"] == request]
        (first, who, before), (second, same, after) = tasks
        assert (first, second) == ("pick up", "bring") and who == same and before < after


def test_without_a_depot_goods_lie_at_home_and_loads_are_respected(desk) -> None:  # type: ignore[no-untyped-def]
    lines = "".join(f"N{n},15.6{n},32.5{n},3\n" for n in range(8))
    rows = desk.plan("id,lat,lng,boxes\n" + lines, CARRIERS, "nodepot", "--aim", "balanced")
    assert len(bringing(rows)) == 8
    aboard = 0.0
    for row in rows:
        if row["what to do"] == "load":
            aboard = float(row["what"].split()[0])
        elif row["what to do"] == "bring":
            aboard -= 3
            assert aboard >= 0


def test_the_same_in_arabic_and_as_json(desk, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    sheet = "الاسم;خط العرض;خط الطول;صناديق;الفترة\nخديجة;١٥٫٦١;٣٢٫٥٣;٢;١٠:٠٠-١٢:٠٠\n"
    desk.deliveries.write_text(sheet, "utf-8")
    desk.carriers.write_text("الاسم;المركبة;السعة\nيوسف;دراجة;٥\n", "utf-8")
    files = [str(desk.deliveries), str(desk.carriers)]
    assert main([*files, "--json", *DEPOT, *FAST, "--language", "ar", "--map", str(desk.map)]) == 0
    told = json.loads(capsys.readouterr().out)
    [only] = told["rounds"]
    assert only["carrier"] == "يوسف" and only["stops"][-1]["task"] == "bring" and only["stops"][-1]["begins"] >= "10:00"
    assert told["summary"]["planned"] == 1 and 'dir="rtl"' in desk.map.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "hours"),
    [("10-12", (10, 12)), ("9:30–11", (9.5, 11)), ("2pm to 4 pm", (14, 16)), ("١٠ إلى ١٢", (10, 12)), ("8h30 à 10h", (8.5, 10))],
)
def test_hours_as_people_write_them(text: str, hours: tuple[float, float]) -> None:
    assert reading._hours(text) == tuple(round(one * 3600) for one in hours)


def test_no_two_columns_of_a_side_share_a_name() -> None:
    for section in ("deliveries", "carriers", "vehicles", "abilities", "places"):
        seen: dict[str, str] = {}
        for meaning, phrases in reading.words(section).items():
            for phrase in phrases:
                assert seen.setdefault(phrase, meaning) == meaning, (section, phrase)

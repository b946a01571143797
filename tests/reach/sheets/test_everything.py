"""Everything out: each table whole, no name without a reason, every look recorded, and all of it comes back as it was."""

import csv
import io
import json
import zipfile
from datetime import datetime

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from taawun.community.circles.actions import add_member
from taawun.ground.journal.models import Entry
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.ground.words.clean import clean_line, clean_text, has_visible, looks_personal
from taawun.ground.words.errors import WordsError
from taawun.practice.aid import actions as aid
from taawun.practice.aid.actions import Private
from taawun.practice.aid.models import Intent
from taawun.reach.messages import following
from taawun.reach.messages.models import Notice
from taawun.reach.sheets import actions
from taawun.reach.sheets.actions import Choices
from taawun.reach.sheets.everything import tables
from taawun.reach.sheets.exporting import take_everything
from taawun.reach.sheets.writing import protect, unprotect


@pytest.fixture
def filled(world):
    need = world.need(
        "Zeynep", summary="=HYPERLINK(1)", private=Private("Zeynep K.", "+442079460123", "-2+3 door", "@all")
    )
    world.offer("Yusuf", 8)
    promise = aid.claim(world.actor("Yusuf"), need.id, quantity=2, now=world.now)
    aid.deliver(world.actor("Yusuf"), promise.id, quantity=2, now=world.now)
    add_member(
        world.actor("Amina"), name="Um Ali", address="020 7946 0130", door="third floor", consented=True, now=world.now
    )
    following.follow(world.circle, now=world.now)
    return world


def taken(world, form: str, **more: object) -> bytes:
    fields: dict[str, object] = {"personal": False, "why": ""} | more
    return take_everything(world.actor("Amina"), form, now=world.now, **fields)[0]  # type: ignore[arg-type]


def rows_of(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8-sig"), newline="")))


def test_every_table_is_there_described_and_without_a_name(filled):
    archive = zipfile.ZipFile(io.BytesIO(taken(filled, "zip")))
    package = json.loads(archive.read("datapackage.json"))
    assert [one["name"] for one in package["resources"]] == [
        "needs", "offers", "promises", "happenings", "members", "organisations", "areas", "kinds", "notices",
    ]  # fmt: skip
    for resource in package["resources"]:
        rows = rows_of(archive, resource["name"])
        if rows:
            assert list(rows[0]) == [one["name"] for one in resource["schema"]["fields"]]
    [need] = rows_of(archive, "needs")
    assert (need["summary"], need["quantity"], need["done"]) == ("'=HYPERLINK(1)", "5", "2")
    [promise] = rows_of(archive, "promises")
    assert promise["request"] == need["id"] and promise["state"] == "delivered"
    assert [one["promise"] for one in rows_of(archive, "happenings")] == [promise["id"]]
    assert len(rows_of(archive, "members")) == 4 and rows_of(archive, "notices")
    plain = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for secret in ("Zeynep", "Um Ali", "7946", "-2+3 door", "third floor"):
        assert secret not in plain
    assert not Entry.objects.filter(name="vault.revealed").exists()


def test_with_a_reason_names_are_there_each_look_is_recorded_and_the_others_hear(filled):
    filled.join("Rima", "coordinator")
    with pytest.raises(Refusal, match=r"export\.why"):
        taken(filled, "xlsx", personal=True, why="    ")
    with pytest.raises(Refusal, match="forbidden"):
        take_everything(filled.actor("Yusuf"), "xlsx", personal=False, why="", now=filled.now)
    book = openpyxl.load_workbook(io.BytesIO(taken(filled, "xlsx", personal=True, why="the server moves")))
    header, need = list(book["needs"].iter_rows(values_only=True))
    known = dict(zip(header, need, strict=True))
    assert (known["name"], known["phone"], known["door"], known["details"]) == (
        "Zeynep K.", "+442079460123", "-2+3 door", "@all",
    )  # fmt: skip
    assert isinstance(known["posted_at"], datetime) and known["quantity"] == 5
    assert {cell.data_type for row in book["needs"].iter_rows() for cell in row} <= {"s", "n", "d", "b"}
    members = {row[8]: row for row in book["members"].iter_rows(min_row=2, values_only=True)}
    assert members["Um Ali"][9] == "+442079460130" and members["Yusuf"][9] is None
    looked = Entry.objects.filter(name="vault.revealed")
    assert looked.count() == looked.values("subject_id").distinct().count() >= 2
    assert "the server moves" not in "".join(Entry.objects.values_list("body", flat=True))
    following.follow(filled.circle, now=filled.now)
    told = Notice.objects.filter(name="sheet.exported_personal").values_list("agent_id", flat=True)
    assert list(told) == [filled.accounts["Rima"].agent_id]


def test_the_tables_ask_no_more_for_more_rows(filled, django_assert_max_num_queries):
    for _number in range(30):
        filled.need("Zeynep")
    with django_assert_max_num_queries(40):
        taken(filled, "zip", personal=True, why="the server moves")
    assert len(tables()) == 9


NASTY = st.text(
    st.one_of(
        st.sampled_from("'=+-@\t\r\n ,;\"|＝＋－＠\u200b\u200f\ufeff٣سé1"),
        st.characters(exclude_categories=["Cs", "Cn"]),
    ),
    max_size=30,
)


def stored(text: str, *, one_line: bool) -> str:
    """Return the text as the vault would hold it: what no door lets in is not what has to come back."""
    try:
        cleaned = clean_line(text, 100) if one_line else clean_text(text, 400, 10)
    except WordsError:
        return ""
    return cleaned if has_visible(cleaned) and not looks_personal(cleaned) else ""


def forget_all(world) -> None:
    world.open()
    for intent in Intent.objects.filter(circle=world.circle):
        store.erase_rows([intent.id])
        intent.delete()


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    # Shrinking reads a sheet a thousand times; the failing values are in the message.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
@example(rows=[("", "", "FALSE", ""), ("TRUE", "-", "", "n/a")], form="zip")
@given(
    rows=st.lists(st.tuples(NASTY, NASTY, NASTY, NASTY), min_size=1, max_size=4), form=st.sampled_from(["zip", "xlsx"])
)
def test_what_goes_out_comes_back_as_it_was(world, other_world, rows, form):
    """Needs with the nastiest texts, taken away with names, brought into another community: each text is the same."""
    told = [
        (stored(name, one_line=True), stored(door, one_line=False), stored(details, one_line=False), stored(summary, one_line=True))
        for name, door, details, summary in rows
    ]  # fmt: skip
    forget_all(world)
    for name, door, details, summary in told:
        world.need("Zeynep", 5, summary=summary, private=Private(name, "+442079460123", door, details))
    data = taken(world, form, personal=True, why="the round trip")
    if form == "zip":
        data = zipfile.ZipFile(io.BytesIO(data)).read("needs.csv")
    other = other_world.actor("Omar")
    load = actions.hand_in(other, data, f"needs.{form}", now=world.now)
    load = actions.choose(other, load.id, Choices(basis="agreed"), now=world.now)
    load = actions.start_bring(other, actions.start_check(other, load.id, now=world.now).id, now=world.now)
    assert load.counts["rows_new"] == len(told) == load.counts["rows"]
    found = []
    for intent in Intent.objects.filter(circle=other_world.circle):
        fields = store.reveal(other.viewer, [intent.id], "test", circle_id=intent.circle_id, now=world.now)[intent.id]
        assert (fields["phone"], intent.quantity, intent.kind) == ("+442079460123", 5, "food.cooked_meal")
        found.append((fields.get("name", ""), fields.get("door", ""), fields.get("details", ""), intent.summary))
    # Who gave no name is called by her display name.
    assert sorted(found) == sorted((name or "Zeynep", *rest) for name, *rest in told), told
    forget_all(other_world)
    actions.Brought.objects.all().delete()
    actions.Import.objects.all().delete()


@given(NASTY)
def test_a_cell_is_marked_and_unmarked_exactly(text):
    assert unprotect(protect(text)) == text

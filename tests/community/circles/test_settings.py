"""What coordinators change: settings, areas, the catalogue. Each change is on the record by its name."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from taawun.community.circles import actions, catalogue, kinds
from taawun.community.circles.forms import SettingsForm
from taawun.community.circles.models import Area, Circle
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience, Entry
from taawun.ground.values.refusal import Refusal
from tests.community.conftest import Browser, measured, text_of


def of(town, *rest: str) -> str:
    return "/".join(["", "c", town.circle.slug, "settings", *rest, ""])


def fields_of(town, **changes) -> dict:
    """The form as a browser would send it back."""
    town.circle.refresh_from_db()
    fields = SettingsForm.of(town.circle) | changes
    return {name: value for name, value in fields.items() if value is not False}


def test_settings_are_changed_and_the_record_names_which(town):
    changes = {"name": "Harbour and Hill", "welcome": "We meet\n\n\non Fridays.", "is_public": False, "resolution": 6}
    answer = Browser(town.accounts["Amina"]).send(of(town), fields_of(town, **changes))
    assert answer.status_code == 302
    town.circle.refresh_from_db()
    assert (town.circle.name, town.circle.welcome) == ("Harbour and Hill", "We meet\n\non Fridays.")
    assert (town.circle.is_public, town.circle.resolution) == (False, 6)
    town.open()
    said = json.loads(Entry.objects.get(name="circle.changed").body)["data"]["settings"]
    assert sorted(said) == ["is_public", "name", "resolution", "welcome"]


def test_what_did_not_change_is_not_on_the_record(town):
    assert Browser(town.accounts["Amina"]).send(of(town), fields_of(town)).status_code == 302
    town.open()
    assert not Entry.objects.filter(name="circle.changed").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "x" * 121), ("name", "\x00"), ("place_name", " "), ("place_name", "p" * 121),
        ("languages", []), ("languages", ["xx"]), ("region", "ZZ"), ("region", ""), ("time_zone", "Moon/Base"),
        ("time_zone", ""), ("welcome", "w" * 2001), ("welcome", "\n".join("x" * 31)), ("welcome", "w" * 900_000),
        ("accept_claims", "sometimes"), ("accept_claims", ""), ("resolution", "9"), ("resolution", "4"),
        ("resolution", "seven"),
    ],
)  # fmt: skip
def test_each_wrong_setting_is_named_and_nothing_changes(town, field, value):
    fields = fields_of(town, name="Another name") | {field: value}
    answer = Browser(town.accounts["Amina"]).send(of(town), fields)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    before = town.circle.name
    town.circle.refresh_from_db()
    assert town.circle.name == before


@pytest.mark.parametrize("name", ["Yusuf", "Ghada"])
def test_only_coordinators_change_anything(town, name):
    browser, actor, now = Browser(town.accounts[name]), town.actor(name), timezone.now()
    for page in ((), ("areas",), ("kinds",), ("kinds", "add"), ("kinds", "k", "food.bread")):
        assert browser.get(of(town, *page)).status_code == 403
        assert browser.send(of(town, *page), fields_of(town)).status_code in (403, 405)
    for act in (
        lambda: actions.add_area(actor, "A", None, now=now),
        lambda: actions.change_settings(actor, **SettingsForm.of(town.circle), now=now),
        lambda: actions.change_kind(
            actor, "food.bread", names={}, unit="piece", icon="bread", sensitive=False, hidden=True, now=now
        ),
    ):
        with pytest.raises(Refusal, match="forbidden"):
            act()


def test_areas_are_added_moved_and_renamed(town):
    browser = Browser(town.accounts["Amina"])
    assert browser.send(of(town, "areas"), {"name": "Old Town", "position": "34.44, 35.85"}).status_code == 302
    town.open()
    area = Area.objects.get(name="Old Town")
    cell = area.cell
    assert browser.send(of(town, "areas", str(area.id)), {"name": "Old Quarter"}).status_code == 302
    area.refresh_from_db()
    assert (area.name, area.cell) == ("Old Quarter", cell)
    # A short plus code is read from where the community lies.
    browser.send(of(town, "areas", str(area.id)), {"name": "Old Quarter", "position": "FVRX+2X"})
    town.open()
    area.refresh_from_db()
    assert area.cell != cell


@pytest.mark.parametrize(
    ("fields", "field", "status"),
    [
        ({"name": ""}, "name", 422), ({"name": "x" * 81}, "name", 422), ({"name": "\u200b"}, "name", 422),
        ({"name": "Harbour Quarter"}, "name", 409), ({"name": "A", "position": "north"}, "position", 422),
        ({"name": "A", "position": "95; 3"}, "position", 422),
        ({"name": "A", "latitude": "x", "longitude": "3"}, "position", 422),
    ],
)  # fmt: skip
def test_a_wrong_area_is_refused(town, fields, field, status):
    answer = Browser(town.accounts["Amina"]).send(of(town, "areas"), fields)
    assert answer.status_code == status
    assert answer.context["form"].errors[field]
    town.open()
    assert Area.objects.count() == 1


def test_the_neighbours_area_cannot_be_touched(town, hill):
    area = actions.add_area(hill.actor("Omar"), "Hilltop", None, now=timezone.now())
    browser = Browser(town.accounts["Amina"])
    assert browser.get(of(town, "areas", str(area.id))).status_code == 404
    assert browser.send(of(town, "areas", str(area.id)), {"name": "Mine"}).status_code == 404


def test_a_kind_is_renamed_hidden_and_made_delicate(town):
    browser = Browser(town.accounts["Amina"])
    fields = {"name_en": "Flatbread", "name_ar": "رغيف", "unit": "bag", "icon": "bread", "sensitive": "on"}
    assert browser.send(of(town, "kinds", "k", "food.bread"), fields).status_code == 302
    town.circle.refresh_from_db()
    kind = kinds.find(town.circle, "food.bread")
    assert (kind.name, kind.unit, kind.sensitive, kind.hidden) == ("Flatbread", "bag", True, False)
    with translation.override("ar"):
        assert kinds.find(town.circle, "food.bread").name == "رغيف"
    browser.send(of(town, "kinds", "k", "food.bread"), {"unit": "bag", "icon": "bread", "hidden": "on"})
    town.circle.refresh_from_db()
    assert kinds.find(town.circle, "food.bread").name == str(catalogue.BY_CODE["food.bread"].name)
    assert "food.bread" not in {kind.code for kind in kinds.offered(town.circle)}
    # Hidden from those who choose, it can still be found by those who would show it again.
    assert "hidden" in text_of(browser.get(of(town, "kinds"), {"search": "bread"}))


def test_a_kind_of_ones_own_is_added_and_found_by_its_name(town):
    browser = Browser(town.accounts["Amina"])
    fields = {"name_en": "Olive press hour", "unit": "hour", "icon": "tools"}
    assert browser.send(of(town, "kinds", "add"), fields).status_code == 302
    town.circle.refresh_from_db()
    assert kinds.read(town.circle, "olive press hour").unit == "hour"
    page = text_of(browser.get(of(town, "kinds"), {"search": "olive"}))
    assert "Olive press hour" in page
    code = next(code for code in town.circle.kind_changes if code.startswith("own."))
    assert browser.get(of(town, "kinds", "k", code)).status_code == 200
    assert browser.send(of(town, "kinds", "k", code), {"unit": "hour", "icon": "tools"}).status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name_en": ""}, "name_en"), ({"name_en": "x" * 81}, "name_en"), ({"name_en": "a\x00"}, "name_en"),
        ({"unit": "furlong"}, "unit"), ({"unit": ""}, "unit"), ({"icon": "no-such"}, "icon"), ({"icon": ""}, "icon"),
        ({"icon": "sign-out"}, "icon"),
    ],
)  # fmt: skip
def test_a_wrong_kind_is_refused(town, changes, field):
    fields = {"name_en": "Olive press", "unit": "hour", "icon": "tools"} | changes
    answer = Browser(town.accounts["Amina"]).send(of(town, "kinds", "add"), fields)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    town.circle.refresh_from_db()
    assert town.circle.kind_changes == {}


@pytest.mark.parametrize("code", ["no.such", "own.", "%00", "x" * 3000, "..", "é"])
def test_a_kind_nobody_knows_is_not_there(town, code):
    assert Browser(town.accounts["Amina"]).get(f"/c/{town.circle.slug}/settings/kinds/k/{code}/").status_code == 404


def test_kinds_of_ones_own_are_limited(town, monkeypatch):
    monkeypatch.setattr("taawun.community.circles.actions.setting_up.OWN_KINDS_MAX", 1)

    def add() -> None:
        actions.change_kind(
            town.actor("Amina"), None, names={"en": "X"}, unit="piece", icon="other", sensitive=False, hidden=False,
            now=timezone.now(),
        )  # fmt: skip

    add()
    with pytest.raises(Refusal, match="kind.too_many"):
        add()


def test_the_same_form_twice_changes_once(town):
    browser, fields = Browser(town.accounts["Amina"]), {"key": str(uuid.uuid4()), "name": "Old Town"}
    assert browser.post(of(town, "areas"), fields).status_code == 302
    assert browser.post(of(town, "areas"), fields).status_code == 302
    town.open()
    assert Area.objects.filter(name="Old Town").count() == 1


def test_pages_of_settings_are_small_and_ask_little(town):
    actions.add_area(town.actor("Amina"), "Old Town", None, now=timezone.now())
    area = Area.objects.get(name="Old Town")
    pages = [(), ("areas",), ("areas", str(area.id)), ("kinds",), ("kinds", "add"), ("kinds", "k", "food.bread")]
    for language in ("en", "ar"):
        town.accounts["Amina"].language = language
        town.accounts["Amina"].save(update_fields=["language"])
        for page in pages:
            found = measured(Browser(town.accounts["Amina"]), of(town, *page))
            assert found.queries <= 8, (page, found)
            assert found.bytes_compressed <= 14_000, (page, language, found)


def test_the_zone_of_the_circle_holds_on_its_pages(town):
    """Fourteen hours ahead of the server, an entry of this evening was written tomorrow."""
    Circle.objects.filter(pk=town.circle.pk).update(time_zone="Pacific/Kiritimati")
    evening = datetime(2026, 5, 18, 23, 30, tzinfo=UTC)
    town.open()
    record.append(
        town.circle.id, "area.added", actor_id=None, subject_id=None, data={}, now=evening, audience=Audience.MEMBERS
    )
    page = text_of(Browser(town.accounts["Amina"]).get(f"/c/{town.circle.slug}/record/"))
    assert "Tue 19 May, 13:30" in page
    assert timezone.get_current_timezone_name() == "UTC"

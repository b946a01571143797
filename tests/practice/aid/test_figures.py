"""Figures without names: what they count, what they hide, and who gets which of them."""

import io
import uuid
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from taawun.community.circles import actions as circles
from taawun.community.people.models import AgentKind
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, actions
from taawun.practice.aid.queries import figures as counting

pytestmark = pytest.mark.django_db
QUARTER = counting.Quarter(2025, 2)


def helped(world, giver: str, need, *, hours: int = 4, on_behalf_of=None) -> None:
    promise = actions.claim(world.actor(giver), need.id, on_behalf_of=on_behalf_of, now=world.now)
    actions.deliver(world.actor(giver), promise.id, now=world.now + timedelta(hours=hours))


@pytest.fixture
def busy(world):
    """Six people ask for meals in May; six ask for rides in June, of whom two go without; one asks for bread in April."""
    for number in range(6):
        world.join(f"Neighbour {number}")
    area = circles.add_area(world.actor("Amina"), "Mill Lane", None, now=world.now)
    world.now = datetime(2025, 4, 10, 9, tzinfo=UTC)
    world.need("Zeynep", 1, kind="food.bread")
    world.now = datetime(2025, 5, 18, 9, tzinfo=UTC)
    for number in range(6):
        helped(world, "Yusuf", world.need(f"Neighbour {number}", 3, area_id=area.id), hours=number + 1)
    world.now = datetime(2025, 6, 2, 9, tzinfo=UTC)
    for number in range(6):
        need = world.need(f"Neighbour {number}", 1, kind="transport.ride")
        if number < 4:
            helped(world, "Yusuf", need)
    return world


def test_what_is_counted_and_what_is_hidden(busy):
    found = counting.figures(busy.circle, QUARTER, now=busy.now)
    by_group = {one.code: one for one in found.groups}
    # Alone in April: hidden, and with it the smallest other month, or the total would give her away.
    assert found.months[0].is_hidden
    assert sum(one.is_hidden for one in found.months) >= 2
    # Two who went without are a small group: how many asked is told, how many were helped is not.
    assert by_group["transport"].met is None
    assert by_group["food"].met is None, "with the total and the rides hidden alone, the rest would tell"
    areas = {one.name: one for one in found.areas}
    assert areas["Mill Lane"].people == 6


def test_a_table_without_small_groups_is_whole(busy):
    for number in range(4, 6):
        busy.now = datetime(2025, 6, 3, 9, tzinfo=UTC)
        need = next(
            one for one in access.visible_intents(busy.circle, busy.actor("Amina"))
            if one.agent_id == busy.accounts[f"Neighbour {number}"].agent_id and one.kind == "transport.ride"
        )  # fmt: skip
        helped(busy, "Yusuf", need)
    quarter = counting.Quarter(2025, 3)
    busy.now = datetime(2025, 7, 6, 9, tzinfo=UTC)
    for number in range(6):
        helped(busy, "Yusuf", busy.need(f"Neighbour {number}", 3), hours=2 * number + 2)
    found = counting.figures(busy.circle, quarter, now=busy.now)
    (food,) = found.groups
    assert (food.asked, food.people, food.met, food.unmet, food.reached, food.percent) == (6, 6, 6, 0, 6, 100)
    assert food.median_hours == 7 and dict(food.quantities) == {"portion": 18}
    assert found.total.met == 6 and found.total.quantities is None


def test_an_organisations_figures_do_not_show_the_rest_of_the_circle(busy):
    kitchen = circles.add_member(
        busy.actor("Amina"), name="Kitchen", kind=AgentKind.ORGANISATION, consented=True, now=busy.now
    ).agent
    busy.now = datetime(2025, 8, 3, 9, tzinfo=UTC)
    for number in range(6):
        helped(busy, "Amina", busy.need(f"Neighbour {number}", 2), on_behalf_of=kitchen.id)
    quarter = counting.Quarter(2025, 3)
    own = counting.figures(busy.circle, quarter, organisation_id=kitchen.id, now=busy.now)
    assert own.groups[0].met == 6
    # One more helped by somebody else: all minus the organisation's would be that one person.
    helped(busy, "Yusuf", busy.need("Zeynep", 1))
    own = counting.figures(busy.circle, quarter, organisation_id=kitchen.id, now=busy.now)
    assert own.groups[0].is_hidden


def test_the_link_shows_finished_quarters_to_anybody_until_it_is_ended(busy):
    busy.now = timezone.now()
    # All of it happened long before the quarter the clock stands in.
    link = actions.share_figures(busy.actor("Amina"), None, now=busy.now)
    assert actions.share_figures(busy.actor("Amina"), None, now=busy.now).pk == link.pk
    busy.circle.is_public = False
    busy.circle.save(update_fields=["is_public"])
    address = reverse("aid:shared_figures", args=[busy.circle.slug, actions.secret_of_figures(link)])
    browser = Client(SERVER_NAME="localhost")
    answer = browser.get(address + "?period=2025-Q2")
    text = answer.content.decode()
    assert answer.status_code == 200 and "May 2025" in text
    assert not any(name in text for name in ("Neighbour 0", "Neighbour 5", "Zeynep", "Yusuf"))
    busy.open()
    with pytest.raises(Refusal):
        actions.share_figures(busy.actor("Yusuf"), None, now=busy.now)
    actions.end_sharing_figures(busy.actor("Amina"), None, now=busy.now)
    assert browser.get(address).status_code == 410
    assert browser.get(reverse("aid:shared_figures", args=["no-such", "x"])).status_code == 410


def test_the_file_says_what_the_page_says(busy):
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(busy.accounts["Amina"])
    path = reverse("sheets:figures_file", args=[busy.circle.slug, "csv"]) + "?period=2025-Q2"
    text = browser.get(path).content.decode("utf-8-sig")
    assert "hidden" in text and "Mill Lane" in text and "Neighbour" not in text
    book = browser.get(path.replace(".csv", ".xlsx")).content
    assert len([one for one in zipfile.ZipFile(io.BytesIO(book)).namelist() if "worksheets/sheet" in one]) == 3
    assert browser.get(path.replace("2025-Q2", str(uuid.uuid4()))).status_code == 404

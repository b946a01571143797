"""A stop put on another round: dragged with a script, its cost shown before it is let go; by a form without one."""

import re

# Minutes and kilometres, in the language of the seed's coordinator.
COST = re.compile(r"[+−±]\S+ د، \S+ كم|لا طريق إضافيا")


def rounds(page):
    """How many stops each round has, by what stands on the page."""
    lists = page.locator(".run")
    return [lists.nth(at).locator(".stops a").count() for at in range(lists.count())]


def hold(page, at):
    """Take hold of a stop of the first round and bring it over the second; what it costs is then said."""
    stop = page.locator(".run").nth(0).locator(".stops > li[draggable=true]").nth(at)
    stop.hover()
    page.mouse.down()
    over = page.locator(".run").nth(1).locator(".stops")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    for step in range(1, 4):
        page.mouse.move(box["x"] + 10 * step, box["y"] + 10 + step)
    page.locator("#drop.success, #drop.warn").wait_for(timeout=10_000)
    assert COST.search(page.inner_text("#drop"))
    return stop.locator("a").get_attribute("href")


def test_a_stop_is_dragged_to_another_round(house, visit):
    page = visit("Amina", width=1280)
    page.goto(f"{house.board}rounds/{house.facts['days'][0]}/")
    assert rounds(page) == [4, 0]
    held = hold(page, 1)
    assert not page.locator("#drop .button").first.is_visible()
    page.mouse.up()
    # Let go, it still says what it costs, and nothing is done before the button.
    page.click("#drop button[type=button]")
    assert not page.locator("#drop").is_visible()
    page.reload()
    assert rounds(page) == [4, 0]
    assert hold(page, 1) == held
    page.mouse.up()
    assert COST.search(page.inner_text("#drop"))
    with page.expect_navigation():
        page.click("#drop button.primary")
    assert rounds(page) == [3, 1]
    assert page.locator(".run").nth(1).locator(".stops a").get_attribute("href") == held


def test_without_a_script_a_form_does_the_same(house, visit):
    page = visit("Amina", scripts=False)
    page.goto(f"{house.board}rounds/{house.facts['days'][1]}/")
    assert rounds(page) == [4, 0] and page.locator("#drop").locator("visible=true").count() == 0
    day, second = page.url, page.locator(".run").nth(1).get_attribute("id").removeprefix("run-")
    page.locator(".run").nth(0).locator(".stops a").nth(1).click()
    other = page.locator("main label", has=page.locator(f"[value='{second}']"))
    assert COST.search(other.inner_text())
    other.locator("input").check()
    page.fill("[name=position]", "1")
    page.locator("form[action$='/move/'] button.primary").click()
    page.wait_for_load_state()
    assert page.url == f"{day}#run-{second}" and rounds(page) == [3, 1]

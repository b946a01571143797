"""The ways in that need a real browser: a passkey in an authenticator of Chromium's own, and leaving quickly."""

import re
from typing import Any

import pytest

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
NEUTRAL = "https://www.wikipedia.org/"


@pytest.fixture
def local(house: Any, chromium: Any) -> Any:
    """A browser at "localhost" (a passkey is bound to a name, and 127.0.0.1 is none) with an authenticator in it."""
    context = chromium.new_context(base_url=house.url.replace("127.0.0.1", "localhost"), viewport={"width": 360, "height": 800})
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    page.authenticator = tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]
    page.tools = tools
    yield page
    context.close()


def sign_in(page: Any, house: Any, who: str) -> None:
    page.goto(house.link(who))
    with page.expect_navigation():
        page.click("main form button")


def press(page: Any, selector: str) -> None:
    with page.expect_navigation():
        page.click(selector)


def test_a_passkey_is_made_and_signs_in_by_one_tap(house: Any, local: Any) -> None:
    sign_in(local, house, "Yusuf")
    local.goto("/me/keys/")
    local.fill("[name=name]", "My phone")
    press(local, "[data-passkey=create] button[type=button]")
    assert "My phone" in local.text_content("main")
    local.tools.send("WebAuthn.getCredentials", {"authenticatorId": local.authenticator})
    press(local, "header form[action='/sign-out/'] button")
    local.goto("/sign-in/?next=/me/keys/")
    press(local, "[data-passkey=get] button[type=button]")
    assert local.url.endswith("/me/keys/")
    assert re.search(r"last used", local.text_content("main"))
    # Without the finger there is no way in, and the page says so in its own words.
    press(local, "header form[action='/sign-out/'] button")
    local.tools.send(
        "WebAuthn.setUserVerified", {"authenticatorId": local.authenticator, "isUserVerified": False}
    )
    local.goto("/sign-in/")
    local.click("[data-passkey=get] button[type=button]")
    # Not by a function in the page: the page forbids what would be needed to ask it again and again.
    local.locator("[data-passkey] [role=status]", has_text="The passkey did not work").wait_for()


def test_without_a_script_the_page_says_what_to_use_instead(house: Any, chromium: Any) -> None:
    context = chromium.new_context(base_url=house.url.replace("127.0.0.1", "localhost"), java_script_enabled=False)
    page = context.new_page()
    sign_in(page, house, "Zeynep")
    page.goto("/me/keys/")
    assert "use an app with codes" in page.text_content("main")
    assert not page.is_visible("[data-passkey] button[type=button]")
    page.goto("/sign-in/lost/")
    assert page.is_visible("form.stack button.primary")
    context.close()


@pytest.mark.parametrize("how", ["tap", "escape", "no script"])
def test_leaving_quickly_takes_the_page_away(house: Any, chromium: Any, how: str) -> None:
    """The neutral page itself is not there in a test; that it is asked for, and how, is what counts."""
    context = chromium.new_context(base_url=house.url, viewport={"width": 360, "height": 800}, java_script_enabled=how != "no script")
    context.route(lambda address: not address.startswith(house.url), lambda route: route.abort())
    page = context.new_page()
    sign_in(page, house, "Zeynep")
    page.goto("/me/keys/")
    asked = []
    context.on("request", lambda request: asked.append(request))
    with page.expect_request(NEUTRAL):
        if how == "escape":
            for _press in range(3):
                page.keyboard.press("Escape")
        else:
            page.click("a.exit")
    assert [one.url for one in asked if one.resource_type == "document"] == [f"{house.url}/exit/", NEUTRAL]
    assert all("referer" not in one.headers for one in asked if one.url == NEUTRAL)
    assert not [one for one in context.cookies() if "session" in one["name"]]
    page.wait_for_timeout(300)
    if how != "no script":
        page.go_back()
        assert "/me/keys/" not in page.url.partition("?")[0]
    page.goto(house.url + "/me/keys/")
    assert "/sign-in/" in page.url
    context.close()

"""A phone that was lent: what it followed is forgotten by a button, and with the browser."""

from django.utils import timezone

from taawun.practice.aid import actions as aid
from taawun.practice.aid.actions import IntentDraft, Private
from tests.community.conftest import Browser
from tests.world import World


def test_a_browser_forgets_the_need_it_follows(world: World) -> None:
    world.open()
    draft = IntentDraft(
        direction="request", kind="food.bread", quantity=1, urgency=2, private=Private(reach="+442079460123", door="door")
    )
    _intent, code = aid.post_without_account(world.circle, draft, visitor="v", now=timezone.now())
    browser = Browser()
    answer = browser.post("/follow/", {"code": code})
    # A cookie without an age is gone when the browser is closed.
    assert answer.headers["Location"] == "/follow/need/"
    assert answer.cookies["session"]["max-age"] == ""
    assert "Forget it here" in browser.get("/follow/need/").content.decode()
    browser.post("/follow/forget/")
    assert browser.get("/follow/need/").headers["Location"] == "/follow/"
    assert "followed" not in browser.session
    assert Browser().post("/follow/", {"code": code}).status_code == 302

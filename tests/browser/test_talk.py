"""Conversations in a browser: live between two, recorded and made small with a script, and whole without one."""

import io
import re

import pytest
from PIL import Image


@pytest.fixture
def promised(house, visit):
    """A need of Zeynep that Yusuf is on; the address of what they say about it."""
    address = f"{house.board}talk/{house.facts['need']}/"
    return lambda who, **options: _opened(visit(who, **options), address)


def _opened(page, address):
    page.goto(address)
    return page


def test_what_one_says_the_other_sees_within_two_seconds(promised):
    zeynep, yusuf = promised("Zeynep"), promised("Yusuf")
    zeynep.locator(".live.on").wait_for(timeout=5000)
    yusuf.fill("[name=text]", "I am at the gate")
    yusuf.click("form[data-talk] button.primary")
    zeynep.locator(".talk", has_text="I am at the gate").wait_for(timeout=2000)
    # And taken back again, before her eyes.
    yusuf.locator(".talk .own button").last.click()
    zeynep.locator(".talk", has_text="taken back").wait_for(timeout=2000)
    assert "I am at the gate" not in zeynep.inner_text(".talk")


def test_a_voice_is_recorded_in_the_page_and_heard_by_the_other(promised):
    yusuf = promised("Yusuf", permissions=["microphone"])
    yusuf.click("details.more summary")
    record = yusuf.locator("[data-record]")
    record.click()
    yusuf.locator("[data-recorded]", has_text="1 / 60").wait_for(timeout=5000)
    record.click()
    yusuf.locator("[data-recorded]", has_text="Recorded").wait_for(timeout=5000)
    yusuf.click("form[data-talk] button.primary")
    yusuf.locator(".talk .own audio").last.wait_for(timeout=5000)
    zeynep = promised("Zeynep")
    seconds = zeynep.locator(".talk audio").last.evaluate(
        "sound => new Promise((done, failed) => {"
        " sound.onloadedmetadata = () => done(sound.duration); sound.onerror = () => failed('no sound'); sound.load();"
        " sound.preload = 'metadata'; })"
    )
    assert 0.5 < seconds < 10
    # What is said meanwhile does not cut off what she is listening to.
    zeynep.locator(".live.on").wait_for(timeout=5000)
    zeynep.evaluate(
        "() => { const sound = document.querySelector('.talk audio'); sound.loop = sound.muted = true; return sound.play(); }"
    )
    yusuf.fill("[name=text]", "while it plays")
    yusuf.click("form[data-talk] button.primary")
    zeynep.locator(".talk", has_text="while it plays").wait_for(timeout=2000)
    assert not zeynep.evaluate("document.querySelector('.talk audio').paused")


def test_without_a_microphone_the_page_says_so(promised):
    yusuf = promised("Yusuf")
    yusuf.click("details.more summary")
    yusuf.click("[data-record]")
    yusuf.locator("[data-recorded]", has_text="microphone").wait_for(timeout=5000)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_picture_goes_along(promised, scripts):
    out = io.BytesIO()
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(out, "JPEG", quality=80)
    assert len(out.getvalue()) > 1_000_000
    yusuf = promised("Yusuf", scripts=scripts)
    yusuf.click("details.more summary")
    yusuf.set_input_files(
        "[name=picture]", {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    )
    if scripts:
        # Made small before it costs anybody's credit.
        size = "document.querySelector('[name=picture]').files[0].size"
        for _ in range(100):
            if yusuf.evaluate(size) <= 150_000:
                break
            yusuf.wait_for_timeout(100)
        assert yusuf.evaluate(size) <= 150_000
        assert yusuf.evaluate("document.querySelector('[name=picture]').files[0].type") == "image/jpeg"
    shown = yusuf.locator(".talk .own img").count()
    yusuf.click("form[data-talk] button.primary")
    yusuf.wait_for_url(re.compile("#end"))
    assert yusuf.locator(".talk .own img").count() == shown + 1
    picture = yusuf.locator(".talk .own img").last
    picture.scroll_into_view_if_needed()
    yusuf.wait_for_timeout(300)
    if scripts:
        assert picture.evaluate("one => one.naturalWidth") > 0

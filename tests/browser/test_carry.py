"""A carrier's round in a browser that loses its signal: nothing tapped is lost or doubled, and nothing stays on the phone."""

import pytest

from tests.browser.serving import sign_in

# The page without signal is whole when its style, scripts and icons lie beside it.
KEPT = """async () => {
  await navigator.serviceWorker.ready;
  const store = await caches.open('taawun-carry');
  for (let i = 0; i < 100 && (await store.keys()).length < 6; i++) await new Promise(done => setTimeout(done, 100));
  return (await store.keys()).length;
}"""
DELIVERED = ".carry-stop button[value=delivered]"


@pytest.fixture
def on_round(house, visit):
    """Open one of Yusuf's rounds of today, until it is kept on the phone."""

    def open_round(number, **options):
        page = visit("" if options else "Yusuf", **options)
        address = f"{house.board}carry/{house.facts['runs'][number]}/"
        page.goto(address)
        page.locator("[data-bar] .notice.info").wait_for(timeout=10_000)
        page.evaluate(KEPT)
        return page, address

    return open_round


def standing(page, address):
    """How the round stands on the server, by place."""
    told = page.context.request.get(f"{address}standing/").json()
    return [one["state"] for one in told["stops"]]


def queued(page):
    return page.locator("[data-queue]").get_attribute("data-queue") if page.locator("[data-queue]").count() else "0"


def stored(page):
    """Everything that lies in the browser's stores, as text that could be read by who finds the phone."""
    return page.evaluate(
        """async () => {
          const text = [];
          for (const name of await caches.keys()) for (const key of await (await caches.open(name)).keys())
            text.push(key.url, await (await (await caches.open(name)).match(key)).text());
          const base = await new Promise(done => { const o = indexedDB.open('taawun-carry'); o.onsuccess = () => done(o.result); });
          const rows = {};
          rows.runs = rows.taps = rows.keys = [];
          for (const store of base.objectStoreNames) rows[store] = await new Promise(done => {
            const r = base.transaction(store).objectStore(store).getAll(); r.onsuccess = () => done(r.result); });
          for (const row of [...rows.runs, ...rows.taps]) text.push(new TextDecoder().decode(row.data), row.run || '');
          const key = rows.keys[0];
          const out = key ? await crypto.subtle.exportKey('raw', key).then(() => 'exported', () => 'kept') : 'none';
          return { text: text.join(' '), runs: rows.runs.length, taps: rows.taps.length, key: out };
        }"""
    )


def test_a_whole_round_without_signal_is_sent_when_it_comes_back(house, on_round):
    page, address = on_round(0)
    kept = stored(page)
    assert kept["runs"] == 1 and kept["key"] == "kept" and "bakery" not in kept["text"] and "Zeynep" not in kept["text"]
    page.context.set_offline(True)
    page.click("[data-run-tap=start] button")
    page.locator("[data-queue='1']").wait_for()
    # The page is closed between two taps, and opened again where there is no signal.
    page.close()
    page = page.context.new_page()
    page.goto(address)
    page.locator(".carry-stop").first.wait_for(timeout=10_000)
    assert "bakery" in page.locator(".carry-stop").first.inner_text()
    assert page.locator(".carry-stop").count() == 2
    page.click(DELIVERED)
    page.locator("[data-queue='2']").wait_for()
    page.locator("[data-over] li", has_text="waiting to send").wait_for()
    first = page.locator(".carry-stop").first
    first.locator(".more summary").click()
    first.locator("[name=quantity]").fill("٣")
    first.locator("button[value=part]").click()
    page.locator("[data-queue='3']").wait_for()
    # A slip of the code is told at the door, without signal.
    first = page.locator(".carry-stop").first
    first.locator(".more summary").click()
    first.locator("[name=code]").fill("12345")
    first.locator("button[value=delivered]").click()
    first.locator(".error").wait_for()
    first.locator("[name=code]").fill("")
    first.locator("button[value=not_there]").click()
    page.locator("[data-queue='4']").wait_for()
    page.reload()
    page.locator("[data-queue='4']").wait_for(timeout=10_000)
    again = page.locator("[data-later] [data-again]")
    missed = again.get_attribute("data-again")
    again.click()
    page.locator(f".carry-stop[data-stop='{missed}'] button[value=delivered]").click()
    page.locator("[data-queue='5']").wait_for()
    page.click(".carry-stop:not([hidden]) button[value=refused]")
    page.click(".carry-stop:not([hidden]) button[value=delivered]")
    page.locator("[data-queue='7']").wait_for()
    page.click("[data-run-tap=finish] button")
    page.locator("[data-queue='8']").wait_for()
    assert not page.locator(".carry-stop").count()
    assert standing_of(house, page, address) == ["waiting"] * 5
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator("[data-queue]").wait_for(state="detached", timeout=10_000)
    assert standing(page, address) == ["delivered", "part", "delivered", "refused", "delivered"]
    left = stored(page)
    assert (left["runs"], left["taps"], left["key"]) == (0, 0, "none")


def standing_of(house, page, address):
    """As the server has it while this browser has no signal: asked by a request that goes past the browser."""
    return standing(page, f"{house.url}{address}")


def test_what_was_cancelled_meanwhile_is_told_and_nothing_is_lost(house, on_round, visit):
    page, address = on_round(1)
    page.context.set_offline(True)
    page.click(DELIVERED)
    page.locator("[data-queue='1']").wait_for()
    # The same round on a second phone: the same stop, answered otherwise.
    other = visit("Yusuf")
    other.goto(address)
    other.locator("[data-bar] .notice.info").wait_for(timeout=10_000)
    other.click(".carry-stop button[value=refused]")
    other.locator("[data-over] li").wait_for()
    other.locator("[data-bar] .notice.info").wait_for(timeout=10_000)
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator("[data-bar] .notice.warn", has_text="answered differently").wait_for(timeout=10_000)
    assert standing(page, address)[0] == "refused" and stored(page)["taps"] == 0


def test_signed_out_meanwhile_the_taps_wait_until_she_signs_in(house, on_round, chromium):
    # A session of its own, since it ends here.
    page, address = on_round(2, storage_state=sign_in(chromium, house, "Yusuf"))
    page.context.set_offline(True)
    page.click(DELIVERED)
    page.locator("[data-queue='1']").wait_for()
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator("[data-bar] .notice", has_text="signed out").wait_for(timeout=10_000)
    assert stored(page)["taps"] == 1
    page.context.add_cookies(cookies)
    page.goto(address)
    page.locator("[data-bar] .notice.info").wait_for(timeout=10_000)
    assert standing(page, address)[0] == "delivered"
    # Signing out leaves nothing behind.
    page.click("form[action$='/sign-out/'] button")
    page.locator("header a[href^='/sign-in/']").wait_for()
    left = stored(page)
    assert (left["runs"], left["taps"]) == (0, 0) and "offline/" not in left["text"]


def test_without_a_script_the_same_forms_do_it(house, visit):
    page = visit("Yusuf", scripts=False)
    page.goto(f"{house.board}carry/{house.facts['runs'][3]}/")
    page.click(DELIVERED)
    assert page.locator(".carry-stop").count() == 2
    assert page.locator("[data-over] li").count() == 1

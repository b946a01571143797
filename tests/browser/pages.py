"""The list of pages: who opens which address, and what has to be done first where an address alone does not lead there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Facts = dict[str, Any]
# What somebody copies out of a chat: three things, in two languages, with a day and a phone.
PASTED = "urgent: need 3 packs of nappies and ٥ بطانيات near the bakery tomorrow at 9am, and a ride to the hospital. 07911 123456"


@dataclass(frozen=True)
class Shown:
    """One page. ``path`` is filled from the gallery's facts; ``then`` goes on from there to what only a click shows."""

    name: str
    who: str
    path: str
    then: Callable[[Any], None] | None = None
    status: int = 200
    core: bool = False
    # The one thing this page is for: what must be there and ready on a slow phone.
    primary: str = ""

    def address(self, facts: Facts) -> str:
        return self.path.format(**facts)

    def open(self, page: Any, facts: Facts) -> None:
        """Go there and do what leads on; the page that is then shown is the one that is looked at."""
        answer = page.goto(self.address(facts))
        if self.then is None:
            assert answer.status == self.status, (self.name, answer.status)
        else:
            self.then(page)
            page.wait_for_load_state()


def send(selector: str, **typed: str) -> Callable[[Any], None]:
    """Fill in and press. An attribute that keeps a browser from sending a wrong form is taken off first."""

    def act(page: Any) -> None:
        for name, text in typed.items():
            page.fill(f".frame [name={name}]", text)
        page.locator(selector).first.evaluate("part => { part.closest('form').noValidate = true; }")
        with page.expect_navigation():
            page.locator(selector).first.click()

    return act


def again_wrongly(page: Any) -> None:
    """Say that it comes again every so many weeks, and not how many."""
    page.click("main details summary")
    page.select_option("[name=repeat]", "weeks")
    send(GO, every="many")(page)


def code_of(fact: str) -> Callable[[Any], None]:
    """A receipt code is typed, never part of an address: the walk puts the gallery's codes into the page's context."""

    def act(page: Any) -> None:
        page.fill("[name=code]", page.gallery[fact])
        with page.expect_navigation():
            page.click("main form button.primary")

    return act


def follow_and_talk(page: Any) -> None:
    code_of("filed_agreed_code")(page)
    page.click("main a[href^='/follow/need/talk/']")


def erase_now(page: Any) -> None:
    """Choose "now" and write the wrong word."""
    page.check("[name=when][value=now]", force=True)
    send("form.panel button.danger", word="no")(page)


def corrected_wrongly(page: Any) -> None:
    page.click("main details.more summary")
    send("details.more form button.primary", name="")(page)


def erase_unasked(page: Any) -> None:
    page.click("main details summary")
    send("form[action$='/erase/'] button.danger")(page)


def known_of(fact: str) -> Callable[[Any], None]:
    """From the page of a need to what is known about its holder."""

    def act(page: Any) -> None:
        code_of(fact)(page)
        with page.expect_navigation():
            page.click("a[href$='/own/']")

    return act


def part_of(page: Any) -> None:
    """Say that more has arrived than was promised."""
    page.click("main form details summary")
    send("form[action$='/deliver/'] button.primary", quantity="99")(page)


def gone(page: Any) -> None:
    """Send the form of a claim that somebody else has used up in the meantime."""
    page.locator("form.stack").evaluate("(form, taken) => { form.action = taken; }", f"../../{page.gallery['taken']}/claim/")
    with page.expect_navigation():
        page.click("form.stack button.primary")


def failed_passkey(page: Any) -> None:
    """Answer for a passkey what no passkey answers."""
    page.locator("main form").evaluate("form => { form.action = '/sign-in/passkey/'; form.noValidate = true; }")
    with page.expect_navigation():
        page.click(GO)


def send_slip(page: Any) -> None:
    """Type a code with a wrong digit, where no script looks at it first."""
    page.click(".carry-form summary")
    send(".carry-form button.primary", code="12345")(page)


BOARD, GO = "{board}", "form.stack button.primary"
RECEIVER, GIVER, COORDINATOR, NEIGHBOUR, NOBODY = "receiver", "giver", "coordinator", "neighbour", ""
STAFF = "staff"

PAGES = [
    Shown("board", GIVER, BOARD, core=True, primary=".card .act"),
    Shown("board of a visitor", NOBODY, BOARD, primary="main a.button.primary"),
    Shown("board of a coordinator", COORDINATOR, BOARD),
    *(Shown(f"board, {section}", GIVER, BOARD + f"?show={section}") for section in ("taken", "late", "done")),
    Shown("board, needs of a group", GIVER, BOARD + "?direction=request&group=food"),
    Shown("board, one area", GIVER, BOARD + "?area={area}"),
    Shown("board, nothing there", GIVER, BOARD + "?group=celebrations"),
    Shown("board, to look at", COORDINATOR, BOARD + "?unchecked=1"),
    Shown("now", GIVER, BOARD + "now/", core=True, primary=".card .act"),
    Shown("waiting", COORDINATOR, BOARD + "waiting/"),
    Shown("asked twice", COORDINATOR, BOARD + "twice/"),
    Shown("asked twice, said to be the same", COORDINATOR, BOARD + "twice/?show=same"),
    Shown("one person or two", COORDINATOR, BOARD + "twice/persons/{twin}/"),
    Shown("one person or two, opened", COORDINATOR, BOARD + "twice/persons/{twin}/", then=send("form[action$='/open/'] button")),
    Shown("the same need", COORDINATOR, BOARD + "twice/needs/{repeat}/"),
    Shown("the same need, opened", COORDINATOR, BOARD + "twice/needs/{repeat}/", then=send("form[action$='/open/'] button")),
    Shown("match the board", COORDINATOR, BOARD + "matches/"),
    *(Shown(f"match the board, {state}", COORDINATOR, BOARD + f"matches/?show={state}") for state in ("accepted", "rejected", "stale", "unmet")),
    Shown("match the board, nothing ticked", COORDINATOR, BOARD + "matches/", then=send("main form button[value=some]")),
    Shown("how matches are judged", COORDINATOR, BOARD + "matches/rules/"),
    Shown("how matches are judged, a member", GIVER, BOARD + "matches/rules/"),
    Shown("how matches are judged, wrongly", COORDINATOR, BOARD + "matches/rules/", then=send("main form button[value=save]", radius_km="far")),
    Shown("how promises ended", GIVER, BOARD + "matches/record/"),
    Shown("how promises ended, a coordinator", COORDINATOR, BOARD + "matches/record/{giver}/"),
    Shown("rounds", COORDINATOR, BOARD + "rounds/"),
    Shown("rounds, a member", NEIGHBOUR, BOARD + "rounds/"),
    Shown("plan a day", COORDINATOR, BOARD + "rounds/new/"),
    Shown("plan a day, wrongly", COORDINATOR, BOARD + "rounds/new/", then=send(GO, on_date="2020-01-01")),
    Shown("a planned day", COORDINATOR, BOARD + "rounds/{plan}/"),
    Shown("a planned day, nothing to promise yet", COORDINATOR, BOARD + "rounds/{plan}/", then=send("#do button[value^=promise]")),
    Shown("a day being planned", COORDINATOR, BOARD + "rounds/{planning}/"),
    Shown("add needs to a day", COORDINATOR, BOARD + "rounds/{plan}/add/"),
    Shown("carriers of a day", COORDINATOR, BOARD + "rounds/{plan}/crew/"),
    Shown("who goes along", COORDINATOR, BOARD + "rounds/{plan}/runs/{plan_run}/companion/"),
    Shown("a stop of a round", COORDINATOR, BOARD + "rounds/{plan}/stops/{stop}/"),
    Shown("a stop on no round", COORDINATOR, BOARD + "rounds/{plan}/stops/{stop_waiting}/"),
    Shown("carriers", COORDINATOR, BOARD + "rounds/carriers/"),
    Shown("a carrier", COORDINATOR, BOARD + "rounds/carriers/{rider}/"),
    Shown("offer to carry", RECEIVER, BOARD + "rounds/carriers/new/"),
    Shown("offer to carry, wrongly", RECEIVER, BOARD + "rounds/carriers/new/", then=send(GO, from_time="18:00", to_time="09:00")),
    Shown("depots", COORDINATOR, BOARD + "rounds/depots/"),
    Shown("a depot", COORDINATOR, BOARD + "rounds/depots/{depot}/"),
    Shown("how rounds are planned", COORDINATOR, BOARD + "rounds/preferences/"),
    Shown("rounds that come again", COORDINATOR, BOARD + "rounds/standing/"),
    Shown("a round that comes again", COORDINATOR, BOARD + "rounds/standing/{standing}/"),
    Shown("my rounds", GIVER, BOARD + "carry/"),
    Shown("a round to carry", GIVER, BOARD + "carry/{run}/", primary=".carry-stop button.primary"),
    Shown("a round, seen by a coordinator", COORDINATOR, BOARD + "carry/{run}/"),
    Shown("a stop once more", GIVER, BOARD + "carry/{run}/stops/{missed}/"),
    Shown("a slip of the code", GIVER, BOARD + "carry/{run}/stops/{missed}/", then=send_slip),
    Shown("a round on paper", GIVER, BOARD + "carry/{run}/sheet/"),
    Shown("a round on paper, with doors", GIVER, BOARD + "carry/{run}/sheet/", then=send("form.on-screen button")),
    Shown("paper typed back", COORDINATOR, BOARD + "carry/{run}/paper/"),
    Shown("paper typed back wrongly", COORDINATOR, BOARD + "carry/{run}/paper/", then=send(GO, s3="d 25:99")),
    Shown("what was said at a door", COORDINATOR, BOARD + "carry/{run}/stops/{missed}/said/", then=send("main form button")),
    Shown("a round without signal", GIVER, BOARD + "carry/offline/"),
    Shown("a delivery that comes", NOBODY, "/coming/{coming}/"),
    Shown("a need that is on its way", RECEIVER, BOARD + "i/{carried_need}/"),
    Shown("map", NOBODY, BOARD + "map/"),
    Shown("mine of one who needs", RECEIVER, BOARD + "mine/", core=True, primary="main a.line"),
    Shown("mine of one who gives", GIVER, BOARD + "mine/"),
    Shown("ask", RECEIVER, BOARD + "ask/"),
    Shown("ask, searched", NOBODY, BOARD + "ask/?q=bread"),
    Shown("ask, nothing found", RECEIVER, BOARD + "ask/?q=zzzz"),
    Shown("offer", GIVER, BOARD + "offer/"),
    Shown("ask for a kind", RECEIVER, BOARD + "ask/food.bread/", core=True, primary=GO),
    Shown("ask for a kind, a coordinator", COORDINATOR, BOARD + "ask/food.bread/"),
    Shown("ask for a kind, a visitor", NOBODY, BOARD + "ask/food.water/"),
    Shown("ask, wrongly again and again", RECEIVER, BOARD + "ask/food.bread/", then=again_wrongly),
    Shown("what comes again, one's own", RECEIVER, BOARD + "series/{series}/"),
    Shown("what comes again, who does it", GIVER, BOARD + "series/{series}/"),
    Shown("what comes again, a coordinator", COORDINATOR, BOARD + "series/{series}/"),
    Shown("what comes again, a visitor", NOBODY, BOARD + "series/{series}/"),
    Shown("what comes again, nobody does it", GIVER, BOARD + "series/{series_open}/"),
    Shown("what comes again, paused", RECEIVER, BOARD + "series/{series_paused}/"),
    Shown("what comes again, asked to stand in", NEIGHBOUR, BOARD + "series/{series}/"),
    Shown("one date of it", NEIGHBOUR, BOARD + "i/{series_date}/"),
    Shown("change what comes again", RECEIVER, BOARD + "series/{series}/change/"),
    Shown("change what comes again, wrongly", RECEIVER, BOARD + "series/{series}/change/", then=send(GO, quantity="x")),
    Shown("ask, wrongly filled in", RECEIVER, BOARD + "ask/food.bread/", then=send(GO, quantity="many", reach="XXX")),
    Shown("offer a kind", GIVER, BOARD + "offer/housing.night_stay/"),
    Shown("need of somebody else", GIVER, BOARD + "i/{need}/", core=True, primary="main .do .button"),
    Shown("need of one's own", RECEIVER, BOARD + "i/{need}/"),
    Shown("need, a coordinator", COORDINATOR, BOARD + "i/{need}/"),
    Shown("need, a visitor", NOBODY, BOARD + "i/{need}/"),
    Shown("need, not looked at", COORDINATOR, BOARD + "i/{filed}/"),
    Shown("need, over its time", RECEIVER, BOARD + "i/{expired}/"),
    Shown("need, asked about", RECEIVER, BOARD + "i/{asked}/"),
    Shown("need, withdrawn", RECEIVER, BOARD + "i/{withdrawn}/"),
    Shown("need, entered for somebody", COORDINATOR, BOARD + "i/{on_behalf}/"),
    Shown("offer of somebody else", RECEIVER, BOARD + "i/{offer}/"),
    Shown("offer of one's own", GIVER, BOARD + "i/{offer}/"),
    Shown("offer only as a whole", RECEIVER, BOARD + "i/{whole}/"),
    Shown("what is sealed", COORDINATOR, BOARD + "i/{need}/", then=send("form[action$='/open/'] button", why="to see the page")),
    Shown("claim a need", GIVER, BOARD + "i/{need}/claim/"),
    Shown("claim an offer", RECEIVER, BOARD + "i/{offer}/claim/"),
    Shown("claim too much", GIVER, BOARD + "i/{need}/claim/", then=send(GO, quantity="900")),
    Shown("too late", GIVER, BOARD + "i/{need}/claim/", then=gone),
    Shown("promise agreed, giver", GIVER, BOARD + "k/{promise_agreed}/", core=True, primary="main button.primary"),
    Shown("promise agreed, receiver", RECEIVER, BOARD + "k/{promise_agreed}/"),
    Shown("promise agreed, coordinator", COORDINATOR, BOARD + "k/{promise_agreed}/"),
    Shown("promise to answer", GIVER, BOARD + "k/{promise_to_answer}/"),
    Shown("promise waiting for the giver", RECEIVER, BOARD + "k/{promise_to_answer}/"),
    Shown("promise to accept", RECEIVER, BOARD + "k/{promise_to_accept}/"),
    Shown("promise waiting for the receiver", GIVER, BOARD + "k/{promise_to_accept}/"),
    *(
        Shown(f"promise {state}, {who}", who, BOARD + f"k/{{promise_{state}}}/")
        for state in ("warned", "late", "delivered", "thanked", "failed", "dropped")
        for who in (GIVER, RECEIVER)
    ),
    Shown("promise received, receiver", RECEIVER, BOARD + "k/{promise_received}/"),
    Shown("promise, a wrong amount", GIVER, BOARD + "k/{promise_agreed}/", then=part_of),
    Shown("share a need", GIVER, BOARD + "i/{need}/share/"),
    Shown("share the board", NOBODY, BOARD + "share/"),
    Shown("sheet for the wall", GIVER, BOARD + "i/{need}/share/sheet/"),
    Shown("number from paper", NOBODY, "/s/"),
    Shown("number from paper, wrong", NOBODY, "/s/?code=12", status=404),
    Shown("follow", NOBODY, "/follow/"),
    Shown("follow, a wrong code", NOBODY, "/follow/", then=send(GO, code="1234 5678 1234 5678")),
    Shown("followed", NOBODY, "/follow/", then=code_of("filed_code")),
    Shown("followed, somebody is on it", NOBODY, "/follow/", then=code_of("filed_agreed_code")),
    Shown("conversation", GIVER, BOARD + "talk/{need}/"),
    Shown("conversation of who asked", RECEIVER, BOARD + "talk/{need}/"),
    Shown("conversation, a coordinator in it", COORDINATOR, BOARD + "talk/{need}/"),
    Shown("conversation, its door", COORDINATOR, BOARD + "talk/{filed_agreed}/"),
    Shown("conversation, nothing said", GIVER, BOARD + "talk/{taken}/", then=send("form.panel button.primary", text="")),
    Shown("conversations", GIVER, BOARD + "talk/"),
    Shown("conversations, none", NEIGHBOUR, BOARD + "talk/"),
    Shown("notes", COORDINATOR, BOARD + "notes/{need}/"),
    Shown("notes on a member", COORDINATOR, BOARD + "notes/{receiver}/"),
    Shown("notes to read", RECEIVER, BOARD + "notes/{need}/"),
    Shown("followed, the conversation", NOBODY, "/follow/", then=follow_and_talk),
    Shown("members", GIVER, BOARD + "members/"),
    Shown("members, a coordinator", COORDINATOR, BOARD + "members/"),
    Shown("member", GIVER, BOARD + "members/{receiver}/"),
    Shown("member, a coordinator", COORDINATOR, BOARD + "members/{receiver}/"),
    Shown("member without an account", COORDINATOR, BOARD + "members/{paper}/"),
    Shown("member's area", COORDINATOR, BOARD + "members/{paper}/area/"),
    Shown("member's keeper", COORDINATOR, BOARD + "members/{paper}/keeper/"),
    Shown("organisation", COORDINATOR, BOARD + "members/{organisation}/"),
    Shown("who acts for an organisation", COORDINATOR, BOARD + "members/{organisation}/acting/"),
    Shown("services", NOBODY, BOARD + "services/"),
    Shown("services, nothing found", NOBODY, BOARD + "services/?q=zzzz"),
    Shown("programme", NOBODY, BOARD + "services/{programme}/"),
    Shown("programme, its staff", STAFF, BOARD + "services/{programme}/"),
    Shown("handed on", COORDINATOR, BOARD + "services/handed-on/"),
    Shown("need with programmes", COORDINATOR, BOARD + "i/{referred}/"),
    Shown("need handed on", COORDINATOR, BOARD + "i/{handed_need}/"),
    Shown("hand it on", COORDINATOR, BOARD + "i/{referred}/refer/{programme}/"),
    Shown("hand it on, without a yes", COORDINATOR, BOARD + "i/{referred}/refer/{programme}/", then=send(GO)),
    Shown("organisation's board, staff", STAFF, BOARD + "o/{organisation}/"),
    Shown("organisation's board, a coordinator", COORDINATOR, BOARD + "o/{organisation}/"),
    Shown("promise handed to a programme", STAFF, BOARD + "k/{handed}/"),
    Shown("add a programme", STAFF, BOARD + "o/{organisation}/programmes/add/"),
    Shown("add a programme, of nothing", STAFF, BOARD + "o/{organisation}/programmes/add/", then=send(GO, name="Meals")),
    Shown("change a programme", STAFF, BOARD + "o/{organisation}/programmes/{programme}/"),
    Shown("what a programme can take", STAFF, BOARD + "o/{organisation}/programmes/{programme}/capacity/"),
    Shown("staff", STAFF, BOARD + "o/{organisation}/staff/"),
    Shown("staff, bring in", STAFF, BOARD + "o/{organisation}/staff/invite/"),
    Shown("staff, the link", STAFF, BOARD + "o/{organisation}/staff/invite/{staff_invitation}/"),
    Shown("staff, rights", STAFF, BOARD + "o/{organisation}/staff/{staff}/"),
    Shown("act for an organisation by a link", NOBODY, BOARD + "join/{staff_secret}/"),
    Shown("figures", COORDINATOR, BOARD + "figures/"),
    Shown("figures of an organisation", STAFF, BOARD + "o/{organisation}/figures/"),
    Shown("figures by a link", NOBODY, BOARD + "figures/shared/{figures_secret}/"),
    Shown("board of staff", STAFF, BOARD),
    Shown("add a member", COORDINATOR, BOARD + "members/add/"),
    Shown("add a member, wrongly filled in", COORDINATOR, BOARD + "members/add/", then=send("main form.stack button.primary", name="")),
    Shown("invite", COORDINATOR, BOARD + "invite/"),
    Shown("invitation", COORDINATOR, BOARD + "invite/{invitation}/"),
    Shown("join by a link", NOBODY, BOARD + "join/{secret}/"),
    Shown("join by a link, signed in", "outsider", BOARD + "join/{secret}/"),
    Shown("join by one's own link", NOBODY, BOARD + "join/{own_secret}/"),
    Shown("join, open", NOBODY, BOARD + "join/"),
    Shown("leave", NEIGHBOUR, BOARD + "leave/"),
    Shown("about the community", NOBODY, BOARD + "about/"),
    Shown("about the community, a coordinator", COORDINATOR, BOARD + "about/"),
    Shown("settings", COORDINATOR, BOARD + "settings/"),
    Shown("areas", COORDINATOR, BOARD + "settings/areas/"),
    Shown("area", COORDINATOR, BOARD + "settings/areas/{area}/"),
    Shown("kinds", COORDINATOR, BOARD + "settings/kinds/"),
    Shown("kind", COORDINATOR, BOARD + "settings/kinds/k/food.bread/"),
    Shown("kind of one's own", COORDINATOR, BOARD + "settings/kinds/k/{kind}/"),
    Shown("add a kind", COORDINATOR, BOARD + "settings/kinds/add/"),
    Shown("is everything working", COORDINATOR, BOARD + "health/"),
    Shown("record", COORDINATOR, BOARD + "record/"),
    Shown("notices", GIVER, BOARD + "notices/"),
    Shown("paste", COORDINATOR, BOARD + "paste/"),
    Shown("paste, nothing", COORDINATOR, BOARD + "paste/", then=send("main form button.primary", text="")),
    Shown("draft", COORDINATOR, BOARD + "paste/", then=send("main form button.primary", text=PASTED)),
    Shown("draft, over", COORDINATOR, BOARD + "paste/", then=send("main form button.primary", text="no longer need the blankets, thanks")),
    Shown("draft, nothing found", COORDINATOR, BOARD + "paste/", then=send("main form button.primary", text="hello")),
    Shown("sheets", COORDINATOR, BOARD + "sheets/"),
    Shown("sheets, nothing chosen", COORDINATOR, BOARD + "sheets/", then=send("#bring button.primary")),
    Shown("columns of a list", COORDINATOR, BOARD + "sheets/{load}/"),
    Shown("columns of a list, nothing said", COORDINATOR, BOARD + "sheets/{load}/", then=send("button[value=check]")),
    Shown("list, looked at", COORDINATOR, BOARD + "sheets/{load_checked}/"),
    Shown("list, brought in", COORDINATOR, BOARD + "sheets/{load_brought}/"),
    Shown("undo a list", COORDINATOR, BOARD + "sheets/{load_brought}/undo/"),
    Shown("take everything", COORDINATOR, BOARD + "sheets/everything/"),
    Shown("me", RECEIVER, "/me/"),
    Shown("ways to sign in", RECEIVER, "/me/ways/"),
    Shown("ways to sign in, none yet", GIVER, "/me/ways/"),
    Shown("passkeys and second factor", COORDINATOR, "/me/keys/"),
    Shown("an app with codes", NEIGHBOUR, "/me/keys/app/"),
    Shown("an app with codes, a wrong code", NEIGHBOUR, "/me/keys/app/", then=send(GO, code="123456")),
    Shown("codes on paper", NEIGHBOUR, "/me/keys/paper/"),
    Shown("codes on paper, made", NEIGHBOUR, "/me/keys/paper/", then=send("main form button")),
    Shown("where I am signed in", RECEIVER, "/me/devices/"),
    Shown("keep your way back", GIVER, "/me/keep/"),
    Shown("second factor", "guarded", "/sign-in/second/"),
    Shown("second factor, wrong", "guarded", "/sign-in/second/", then=send("main form.stack button:not([type=button])", code="123456")),
    Shown("a code from paper", NOBODY, "/sign-in/paper/"),
    Shown("passkey that failed", NOBODY, "/sign-in/paper/", then=failed_passkey),
    Shown("come in anew", NOBODY, "/sign-in/lost/"),
    Shown("come in anew, wrongly filled in", NOBODY, "/sign-in/lost/", then=send(GO, name="", address="nobody")),
    Shown("coming in anew, waiting", NOBODY, "/way-back/{recovery_token}/"),
    Shown("coming in anew, vouched", NOBODY, "/way-back/{recovery_granted_token}/"),
    Shown("coming in anew, open", NOBODY, "/way-back/{recovery_open_token}/"),
    Shown("is this you", NOBODY, "/way-back/{recovery_stop_token}/stop/"),
    Shown("is this you, signed in", RECEIVER, "/me/way-back/"),
    Shown("let somebody in anew", COORDINATOR, BOARD + "way-back/"),
    Shown("who asks to come in anew", COORDINATOR, BOARD + "way-back/{recovery}/"),
    Shown("who asks, opened", COORDINATOR, BOARD + "way-back/{recovery}/", then=send("main .panel form button")),
    Shown("who asks, recognised", COORDINATOR, BOARD + "way-back/{recovery}/?member={giver}"),
    Shown("who asks, vouched for", COORDINATOR, BOARD + "way-back/{recovery_granted}/"),
    Shown("the link of one's own", COORDINATOR, BOARD + "invite/{own_invitation}/"),
    Shown("confirm a phone", RECEIVER, "/me/ways/code/{attempt}/"),
    Shown("programs", RECEIVER, "/me/tokens/"),
    Shown("what I agreed to", RECEIVER, "/me/consents/"),
    Shown("my communities", COORDINATOR, "/communities/"),
    Shown("me, a coordinator", COORDINATOR, "/me/"),
    Shown("me, wrongly corrected", RECEIVER, "/me/", then=corrected_wrongly),
    Shown("erase me", RECEIVER, "/me/erase/"),
    Shown("erase me, the wrong word", RECEIVER, "/me/erase/", then=erase_now),
    Shown("erase me, the last coordinator", COORDINATOR, "/me/erase/"),
    Shown("erased", NOBODY, "/me/erased/"),
    Shown("people I blocked", RECEIVER, "/me/blocked/"),
    Shown("people I blocked, nobody", GIVER, "/me/blocked/"),
    Shown("people I blocked, no address", GIVER, "/me/blocked/", then=send("form.panel button.danger", address="nobody")),
    Shown("block a member", GIVER, BOARD + "members/{coordinator}/block/"),
    Shown("what is known about a member", COORDINATOR, BOARD + "members/{paper}/own/"),
    Shown("what is known, open", COORDINATOR, BOARD + "members/{paper}/own/", then=send("form[action$='/own/'] button")),
    Shown("erase a member, not asked", COORDINATOR, BOARD + "members/{paper}/own/", then=erase_unasked),
    Shown("followed, what is known", NOBODY, "/follow/", then=known_of("filed_code")),
    Shown("home", NOBODY, "/"),
    Shown("start", NEIGHBOUR, "/start/"),
    Shown("sign in", NOBODY, "/sign-in/"),
    Shown("sign in, not an address", NOBODY, "/sign-in/", then=send(GO, address="nobody at all")),
    Shown("code", NOBODY, "/sign-in/", then=send(GO, address="somebody@example.org")),
    Shown("link", NOBODY, "{links[outsider][2]}"),
    Shown("not found", NOBODY, "/nothing/here/", status=404),
    Shown("refused", GIVER, BOARD + "settings/", status=403),
    Shown("gone link", NOBODY, "/sign-in/link/nothing/", status=410),
]  # fmt: skip
CORE = [page for page in PAGES if page.core]

"""The list of pages: who opens which address, and what has to be done first where an address alone does not lead there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Facts = dict[str, Any]


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


def code_of(fact: str) -> Callable[[Any], None]:
    """A receipt code is typed, never part of an address: the walk puts the gallery's codes into the page's context."""

    def act(page: Any) -> None:
        page.fill("[name=code]", page.gallery[fact])
        with page.expect_navigation():
            page.click("main form button.primary")

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


BOARD, GO = "{board}", "form.stack button.primary"
RECEIVER, GIVER, COORDINATOR, NEIGHBOUR, NOBODY = "receiver", "giver", "coordinator", "neighbour", ""

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
    Shown("follow", NOBODY, "/follow/"),
    Shown("follow, a wrong code", NOBODY, "/follow/", then=send(GO, code="1234 5678 1234 5678")),
    Shown("followed", NOBODY, "/follow/", then=code_of("filed_code")),
    Shown("followed, somebody is on it", NOBODY, "/follow/", then=code_of("filed_agreed_code")),
    Shown("members", GIVER, BOARD + "members/"),
    Shown("members, a coordinator", COORDINATOR, BOARD + "members/"),
    Shown("member", GIVER, BOARD + "members/{receiver}/"),
    Shown("member, a coordinator", COORDINATOR, BOARD + "members/{receiver}/"),
    Shown("member without an account", COORDINATOR, BOARD + "members/{paper}/"),
    Shown("member's area", COORDINATOR, BOARD + "members/{paper}/area/"),
    Shown("member's keeper", COORDINATOR, BOARD + "members/{paper}/keeper/"),
    Shown("organisation", COORDINATOR, BOARD + "members/{organisation}/"),
    Shown("who acts for an organisation", COORDINATOR, BOARD + "members/{organisation}/acting/"),
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
    Shown("record", COORDINATOR, BOARD + "record/"),
    Shown("notices", GIVER, BOARD + "notices/"),
    Shown("sheets", COORDINATOR, BOARD + "sheets/"),
    Shown("me", RECEIVER, "/me/"),
    Shown("ways to sign in", RECEIVER, "/me/ways/"),
    Shown("ways to sign in, none yet", GIVER, "/me/ways/"),
    Shown("confirm a phone", RECEIVER, "/me/ways/code/{attempt}/"),
    Shown("programs", RECEIVER, "/me/tokens/"),
    Shown("what I agreed to", RECEIVER, "/me/consents/"),
    Shown("my communities", COORDINATOR, "/communities/"),
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

"""What the header and the tab bar of every page show. It reads what the page's door opened and asks the database nothing."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle
from taawun.ground.site.parts import Link
from taawun.ground.words.formats import format_date
from taawun.house import watch


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return the entries of the header and the tab bar for this request."""
    circle: Circle | None = getattr(request, "circle", None)
    actor: Actor | None = getattr(request, "actor", None)
    context: dict[str, Any] = {"circle": circle, "actor": actor, "home_url": reverse("circles:home")}
    # A request refused at the door (a foreign host name) has an error page too, and nobody was looked up for it.
    user = getattr(request, "user", None)
    is_known = user is not None and user.is_authenticated
    if is_known:
        context["sign_out_url"] = reverse("people:sign_out")
    else:
        context["sign_in_url"] = _sign_in_url(request, circle)
    context["exit_url"] = reverse("people:exit")
    context["urging"] = _urging(request, actor, user if is_known else None)
    if circle is not None:
        context["home_url"] = reverse("aid:board", args=[circle.slug])
        context["live_url"] = f"/live/{circle.slug}/"
        context["nav"] = _entries(request.path, circle, actor)
        if actor is not None and not actor.is_member and not circle.is_public:
            # Staff of an organisation from outside: what there is of the circle for them is the organisation's board.
            own = next(iter(sorted(actor.represents)), None)
            context["home_url"] = reverse("aid:organisation", args=[circle.slug, own]) if own else reverse("circles:mine")
        if actor is not None and (actor.is_member or actor.is_staff):
            context["notices_url"] = reverse("messages:notices", args=[circle.slug])
        if actor is not None and actor.is_member:
            context["rounds_url"] = reverse("delivery:rounds", args=[circle.slug])
        if actor is not None and actor.is_coordinator:
            context["sheets_url"] = reverse("sheets:sheets", args=[circle.slug])
        if actor is not None and actor.is_member and actor.is_guardian:
            context["paste_url"] = reverse("messages:paste", args=[circle.slug])
            context["health_url"] = reverse("house_health", args=[circle.slug])
    elif is_known:
        # Away from the communities the name above leads to the list of them, not back to the only one.
        context["home_url"] = reverse("circles:mine")
    return context


def _urging(request: HttpRequest, actor: Actor | None, account: Any) -> dict[str, object] | None:
    """Return the one thing that has to be said on every page to this person, with where to see to it; mostly nothing."""
    if account is not None and account.way_back_asked_at is not None:
        text = _("Somebody asks to be let into your account anew. If that is not you, stop it.")
        return {"text": text, "label": _("Look at it"), "url": reverse("circles:my_recovery"), "look": "danger", "icon": "danger"}
    if actor is None or request.path.startswith(reverse("people:keys")):
        return None
    if actor.rests and account is not None and account.second_factor_since is not None:
        onward = urlencode({"next": request.get_full_path()})
        return {
            "text": _("Your role rests here until you show your second factor."), "label": _("Show it now"),
            "url": f"{reverse('people:second')}?{onward}", "look": "warn", "icon": "key",
        }  # fmt: skip
    if actor.rests:
        text = _("Your role rests until you set up a second factor; until then you are a plain member.")
    elif (illness := _illness(request, actor)) is not None:
        return illness
    elif actor.second_factor_due is not None:
        text = _("Your role asks for a second factor by %(day)s.") % {"day": format_date(actor.second_factor_due)}
    else:
        return None
    look = {"look": "warn" if actor.rests else "info", "icon": "key"}
    return {"text": text, "label": _("Set it up"), "url": reverse("people:keys"), **look}


def _illness(request: HttpRequest, actor: Actor) -> dict[str, object] | None:
    """Tell coordinators what is gravely wrong with the house: their people wait, and nobody else may be looking."""
    wrong = watch.grave() if actor.is_coordinator else ()
    url = reverse("house_health", args=[actor.circle.slug])
    if not wrong or request.path == url:
        return None
    text = {
        "worker": _("The work in the background stands still: nothing is sent or reminded."),
        "jobs": _("Work in the background is waiting for long."),
        "mail": _("Mail does not leave."),
        "disk": _("The disk is nearly full."),
        "backup": _("There is no backup of today."),
    }.get(wrong[0], _("Something is not working."))
    return {"text": text, "label": _("See what to do"), "url": url, "look": "warn", "icon": "danger"}


def _sign_in_url(request: HttpRequest, circle: Circle | None) -> str:
    """Return where to sign in and come back from. The circle's country says how its people write phone numbers."""
    page = reverse("people:sign_in")
    asked = {} if request.path.startswith(page) or request.path == "/" else {"next": request.get_full_path()}
    if circle is not None:
        asked["region"] = circle.region
    return f"{page}?{urlencode(asked)}" if asked else page


def _entries(path: str, circle: Circle, actor: Actor | None) -> list[Link]:
    """Return the tab bar. A phone shows the first five; a desk has room for what the fifth leads to as well."""
    is_member = actor is not None and actor.is_member
    board, ask = ("aid:board", _("Board"), "board"), ("aid:ask", _("Ask or offer") if is_member else _("Ask"), "plus")
    community = ("circles:about", pgettext("everything of the community", "Ours"), "circle")
    places = ("aid:map", _("Map"), "map")
    if is_member:
        shown = [board, ("aid:now", _("Now"), "now"), ask, ("aid:mine", _("Mine"), "mine"), community]
        shown += [("aid:waiting", _("Waiting"), "clock"), places, ("circles:members", _("Members"), "people")]
        shown += [("circles:record", _("Record"), "journal")]
        shown.append(("delivery:rounds", _("Rounds"), "truck"))
    else:
        shown = [board, ask, places, community] if circle.is_public else []
    if actor is not None and actor.is_coordinator:
        shown.append(("circles:settings", _("Settings"), "settings"))
    addresses = {name: reverse(name, args=[circle.slug]) for name, _label, _icon in shown}
    here = _nearest(path, addresses)
    entries = [
        Link(label, addresses[name], icon, current=name == here, primary=name == "aid:ask")
        for name, label, icon in shown
    ]
    return entries if actor is None else _own_boards(path, circle, actor, len(shown)) + entries


def _own_boards(path: str, circle: Circle, actor: Actor, beside: int) -> list[Link]:
    """Return the board of the organisation somebody acts for who is no member: it is what she comes for."""
    if actor.is_member:
        return []
    addresses = [reverse("aid:organisation", args=[circle.slug, one]) for one in sorted(actor.represents)[: 5 - beside]]
    return [
        Link(pgettext("of the organisation", "Its board"), one, "organisation", current=path.startswith(one))
        for one in addresses
    ]


def _nearest(path: str, addresses: dict[str, str]) -> str:
    """Return the entry a page belongs to: the one whose address its own begins with, the longest if several."""
    board = addresses.get("aid:board", "")
    above = [name for name, url in addresses.items() if url != board and path.startswith(url)]
    if path == board:
        return "aid:board"
    return max(above, key=lambda name: len(addresses[name]), default="")

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
    if circle is not None:
        context["home_url"] = reverse("aid:board", args=[circle.slug])
        context["live_url"] = f"/live/{circle.slug}/"
        context["nav"] = _entries(request.path, circle, actor)
        if actor is not None and actor.is_member:
            context["notices_url"] = reverse("messages:notices", args=[circle.slug])
        if actor is not None and actor.is_coordinator:
            context["sheets_url"] = reverse("sheets:sheets", args=[circle.slug])
    elif is_known:
        # Away from the communities the name above leads to the list of them, not back to the only one.
        context["home_url"] = reverse("circles:mine")
    return context


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
    else:
        shown = [board, ask, places, community]
    if actor is not None and actor.is_coordinator:
        shown.append(("circles:settings", _("Settings"), "settings"))
    addresses = {name: reverse(name, args=[circle.slug]) for name, _label, _icon in shown}
    here = _nearest(path, addresses)
    return [
        Link(label, addresses[name], icon, current=name == here, primary=name == "aid:ask")
        for name, label, icon in shown
    ]


def _nearest(path: str, addresses: dict[str, str]) -> str:
    """Return the entry a page belongs to: the one whose address its own begins with, the longest if several."""
    board = addresses["aid:board"]
    above = [name for name, url in addresses.items() if url != board and path.startswith(url)]
    if path == board:
        return "aid:board"
    return max(above, key=lambda name: len(addresses[name]), default="")

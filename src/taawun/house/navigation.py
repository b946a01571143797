"""What the header and the tab bar of every page show."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from taawun.ground.site.parts import Link


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return the header's and the tab bar's entries from what the page's door opened; no query of its own."""
    circle, actor = getattr(request, "circle", None), getattr(request, "actor", None)
    context: dict[str, Any] = {"circle": circle, "actor": actor}
    if request.user.is_authenticated:
        context["sign_out_url"] = "/sign-out/"
    else:
        context["sign_in_url"] = f"/sign-in/?{urlencode({'next': request.get_full_path()})}"
    if circle is not None:
        context |= {"home_url": reverse("aid:board", args=[circle.slug]), "live_url": f"/live/{circle.slug}/"}
        here = request.path
        links = [("board", _("Board"), "board"), ("now", _("Now"), "now"), ("ask", _("Ask"), "plus"), ("mine", _("Mine"), "mine")]
        context["nav"] = [
            Link(label, reverse(f"aid:{name}", args=[circle.slug]), icon, reverse(f"aid:{name}", args=[circle.slug]) == here,
                 primary=name == "ask")
            for name, label, icon in links
        ]
    return context

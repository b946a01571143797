"""The page that says whether the house is well, for coordinators: the same findings the operator gets from doctor."""

from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from taawun.community.circles.access import open_for_coordinator
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page
from taawun.community.circles.models import Circle
from taawun.ground.jobs import health as jobs_health
from taawun.house import wellness


@require_safe
@circle_page(access=open_for_coordinator)
def health(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponse:
    """Show every finding, what is not well first."""
    found = list(wellness.of_everything(settings.CONFIG, jobs_health.ask, now=datetime.now(UTC)))
    shown = [(names().get(one.name, one.name), one) for one in sorted(found, key=lambda one: one.well)]
    return render(request, "house/health.html", {"findings": shown, "all_well": all(one.well for one in found)})


def names() -> dict[str, str]:
    return {
        "worker": _("Work in the background"),
        "jobs": _("What is waiting to be done"),
        "mail": pgettext("letters", "Mail"),
        "disk": _("The disk"),
        "backup": _("Backups"),
        "rehearsal": _("Trying a backup"),
        "clock": _("The clock"),
    }

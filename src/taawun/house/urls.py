"""Every door of the house."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

from taawun.ground.site.pages import style
from taawun.house import pages
from taawun.house.api.urls import door, not_found

handler400 = "taawun.ground.site.pages.bad_request"
handler403 = "taawun.ground.site.pages.forbidden"
handler404 = "taawun.ground.site.pages.not_found"
handler500 = "taawun.ground.site.pages.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("taawun.community.circles.urls")),
    path("", include("taawun.community.people.urls")),
    path("", include("taawun.community.conversations.urls")),
    path("", include("taawun.practice.aid.urls")),
    path("", include("taawun.practice.delivery.urls")),
    path("", include("taawun.reach.messages.urls")),
    path("", include("taawun.reach.sheets.urls")),
    path("c/<str:slug>/health/", pages.health, name="house_health"),
    path("api/v1/", include("taawun.house.api.urls")),
    # A program that asks for another version, or misspells, gets an answer it can read.
    re_path(r"^api/", door(not_found), name="api_elsewhere"),
]

if settings.DEBUG:
    urlpatterns += [path("style/", style), path("style/<str:part>/", style)]

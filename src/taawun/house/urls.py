"""Every door of the house."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from taawun.ground.site.pages import style

handler400 = "taawun.ground.site.pages.bad_request"
handler403 = "taawun.ground.site.pages.forbidden"
handler404 = "taawun.ground.site.pages.not_found"
handler500 = "taawun.ground.site.pages.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("taawun.community.circles.urls")),
    path("", include("taawun.community.people.urls")),
    path("", include("taawun.community.conversations.urls")),
    path("", include("taawun.practice.aid.urls")),
    path("", include("taawun.reach.messages.urls")),
    path("", include("taawun.reach.sheets.urls")),
    path("api/v1/", include("taawun.house.api.urls")),
]

if settings.DEBUG:
    urlpatterns += [path("style/", style), path("style/<str:part>/", style)]

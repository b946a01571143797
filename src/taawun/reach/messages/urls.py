"""The addresses of messages."""

from django.urls import path

from taawun.reach.messages import pages, pasting

app_name = "messages"

urlpatterns = [
    path("c/<str:slug>/notices/", pages.notices, name="notices"),
    path("c/<str:slug>/notices/mail/", pages.choose_mail, name="mail"),
    path("c/<str:slug>/paste/", pasting.paste, name="paste"),
    path("still/<str:token>/", pages.still, name="still"),
    path("quiet/<str:token>/", pages.quiet, name="quiet"),
]

"""The addresses of sheets."""

from django.urls import path

from taawun.reach.sheets import pages

app_name = "sheets"

urlpatterns = [
    path("c/<str:slug>/sheets/", pages.sheets, name="sheets"),
    path("c/<str:slug>/sheets/model.csv", pages.model, name="model"),
    path("c/<str:slug>/sheets/<str:section>.csv", pages.download, name="download"),
]

"""The addresses of the house, and those of sheets."""

from django.urls import include, path

from taawun.house.urls import urlpatterns as house

urlpatterns = [*house, path("", include("taawun.reach.sheets.urls"))]

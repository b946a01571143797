"""The addresses these tests need."""

from django.urls import include, path

urlpatterns = [path("api/v1/", include("taawun.house.api.urls"))]

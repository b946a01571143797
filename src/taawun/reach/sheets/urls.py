"""The addresses of sheets."""

from django.urls import path

from taawun.reach.sheets.pages import bringing, figures, taking

app_name = "sheets"

urlpatterns = [
    path("c/<str:slug>/figures/figures.<str:ending>", figures.of_circle, name="figures_file"),
    path(
        "c/<str:slug>/o/<uuid:organisation_id>/figures/figures.<str:ending>",
        figures.of_organisation,
        name="own_figures_file",
    ),
    path("c/<str:slug>/sheets/", bringing.sheets, name="sheets"),
    path("c/<str:slug>/sheets/everything/", taking.everything, name="everything"),
    path("c/<str:slug>/sheets/model.csv", taking.model, name="model"),
    path("c/<str:slug>/sheets/<str:section>.csv", taking.download, name="download"),
    path("c/<str:slug>/sheets/<uuid:load_id>/", bringing.load, name="load"),
    path("c/<str:slug>/sheets/<uuid:load_id>/columns/", bringing.columns, name="columns"),
    path("c/<str:slug>/sheets/<uuid:load_id>/mend/", bringing.mend, name="mend"),
    path("c/<str:slug>/sheets/<uuid:load_id>/problems.csv", bringing.problems, name="problems"),
    path("c/<str:slug>/sheets/<uuid:load_id>/bring/", bringing.bring, name="bring"),
    path("c/<str:slug>/sheets/<uuid:load_id>/undo/", bringing.undo, name="undo"),
    path("c/<str:slug>/sheets/<uuid:load_id>/discard/", bringing.discard, name="discard"),
]

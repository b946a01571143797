"""The addresses of conversations and notes."""

from django.urls import path

from taawun.community.conversations.pages import notes, talking

app_name = "conversations"
TALK = "c/<str:slug>/talk/"
THREAD = TALK + "<uuid:thread_id>/"

urlpatterns = [
    path(TALK, talking.mine, name="mine"),
    path(THREAD, talking.talk, name="talk"),
    path(THREAD + "back/<uuid:message_id>/", talking.take_back, name="take_back"),
    path(THREAD + "media/<uuid:medium_id>/", talking.medium, name="medium"),
    path(THREAD + "media/<uuid:medium_id>/small/", talking.medium, {"size": "small"}, name="medium_small"),
    path(THREAD + "step-in/", talking.step_in, name="step_in"),
    path(THREAD + "step-out/", talking.step_out, name="step_out"),
    path("c/<str:slug>/notes/<uuid:about_id>/", notes.notes, name="notes"),
    path("c/<str:slug>/notes/<uuid:note_id>/destroy/", notes.take_back, name="destroy_note"),
]

"""The addresses of carrying: on the carrier's phone, on paper, and for whoever waits."""

from django.urls import path

from taawun.practice.delivery.pages import carry_phone, carrying, coming

CARRY = "c/<str:slug>/carry/"
RUN = CARRY + "<uuid:run_id>/"

urlpatterns = [
    path(CARRY, carrying.rounds, name="carry"),
    path(CARRY + "find/", carrying.find_paper, name="carry_find"),
    path(CARRY + "worker.js", carry_phone.worker, name="carry_worker"),
    path(CARRY + "offline/", carry_phone.offline, name="carry_offline"),
    path(RUN, carrying.one_round, name="carry_round"),
    path(RUN + "stops/<uuid:stop_id>/", carrying.door, name="carry_door"),
    path(RUN + "stops/<uuid:stop_id>/said/", carrying.proof, name="carry_proof"),
    path(RUN + "photos/<uuid:tap_id>/", carrying.photo, name="carry_photo"),
    path(RUN + "start/", carrying.say_of_run, {"what": "start"}, name="carry_start"),
    path(RUN + "finish/", carrying.say_of_run, {"what": "finish"}, name="carry_finish"),
    path(RUN + "drop/", carrying.drop_out, name="carry_drop"),
    path(RUN + "sheet/", carrying.sheet, name="carry_sheet"),
    path(RUN + "paper/", carrying.paper, name="carry_paper"),
    path(RUN + "news/", carry_phone.news, name="carry_news"),
    path(RUN + "standing/", carry_phone.standing, name="carry_standing"),
    path(RUN + "along/", carry_phone.along, name="carry_along"),
    path(RUN + "sync/", carry_phone.sync, name="carry_sync"),
    path("coming/<str:token>/", coming.coming, name="coming"),
    path("coming/<str:token>/not-now/", coming.say, {"what": "not_now"}, name="coming_not_now"),
    path("coming/<str:token>/after-all/", coming.say, {"what": "after_all"}, name="coming_after_all"),
]

"""The addresses of delivery: planning here, carrying in ``carry_urls``."""

from django.urls import path

from taawun.practice.delivery import carry_urls
from taawun.practice.delivery.pages import fleet, rounds

app_name = "delivery"
ROUNDS = "c/<str:slug>/rounds/"
PLAN = ROUNDS + "<uuid:plan_id>/"
STOP = PLAN + "stops/<uuid:stop_id>/"
CARRIER = ROUNDS + "carriers/<uuid:carrier_id>/"
STANDING = ROUNDS + "standing/<uuid:standing_id>/"

urlpatterns = [
    path(ROUNDS, rounds.rounds, name="rounds"),
    path(ROUNDS + "new/", rounds.begin, name="plan_new"),
    path(ROUNDS + "carriers/", fleet.carriers, name="carriers"),
    path(ROUNDS + "carriers/new/", fleet.carrier_edit, name="carrier_new"),
    path(CARRIER, fleet.carrier_edit, name="carrier"),
    path(CARRIER + "vet/", fleet.carrier_vet, name="carrier_vet"),
    path(CARRIER + "pause/", fleet.carrier_do, {"verb": "pause"}, name="carrier_pause"),
    path(CARRIER + "resume/", fleet.carrier_do, {"verb": "resume"}, name="carrier_resume"),
    path(CARRIER + "end/", fleet.carrier_do, {"verb": "end"}, name="carrier_end"),
    path(ROUNDS + "depots/", fleet.depots, name="depots"),
    path(ROUNDS + "depots/new/", fleet.depot_edit, name="depot_new"),
    path(ROUNDS + "depots/<uuid:depot_id>/", fleet.depot_edit, name="depot"),
    path(ROUNDS + "depots/<uuid:depot_id>/end/", fleet.depot_end, name="depot_end"),
    path(ROUNDS + "preferences/", fleet.preferences, name="preferences"),
    path(ROUNDS + "standing/", fleet.standing_runs, name="standing"),
    path(ROUNDS + "standing/new/", fleet.standing_edit, name="standing_new"),
    path(STANDING, fleet.standing_edit, name="standing_edit"),
    path(STANDING + "pause/", fleet.standing_do, {"verb": "pause"}, name="standing_pause"),
    path(STANDING + "resume/", fleet.standing_do, {"verb": "resume"}, name="standing_resume"),
    path(STANDING + "end/", fleet.standing_do, {"verb": "end"}, name="standing_end"),
    path(PLAN, rounds.plan, name="plan"),
    path(PLAN + "do/", rounds.do, name="plan_do"),
    path(PLAN + "add/", rounds.add, name="plan_add"),
    path(PLAN + "crew/", rounds.crew, name="plan_crew"),
    path(PLAN + "map.svg", rounds.drawing, name="plan_map"),
    path(PLAN + "progress/", rounds.progress, name="plan_progress"),
    path(PLAN + "runs/<uuid:run_id>/companion/", rounds.companion, name="companion"),
    path(STOP, rounds.stop, name="stop"),
    path(STOP + "cost/", rounds.cost, name="stop_cost"),
    path(STOP + "move/", rounds.move, name="stop_move"),
    path(STOP + "change/", rounds.change, name="stop_change"),
    path(STOP + "lock/", rounds.do_stop, {"verb": "lock"}, name="stop_lock"),
    path(STOP + "unlock/", rounds.do_stop, {"verb": "unlock"}, name="stop_unlock"),
    path(STOP + "out/", rounds.do_stop, {"verb": "out"}, name="stop_out"),
    *carry_urls.urlpatterns,
]

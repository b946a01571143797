"""The addresses of aid."""

from django.urls import path

from taawun.practice.aid.pages import boards, commitments, intents, posting, receipts

app_name = "aid"
CIRCLE = "c/<str:slug>/"

urlpatterns = [
    path(CIRCLE, boards.board, name="board"),
    path(CIRCLE + "now/", boards.now, name="now"),
    path(CIRCLE + "waiting/", boards.waiting, name="waiting"),
    path(CIRCLE + "map/", boards.places, name="map"),
    path(CIRCLE + "mine/", boards.mine, name="mine"),
    path(CIRCLE + "ask/", posting.choose, {"direction": "request"}, name="ask"),
    path(CIRCLE + "offer/", posting.choose, {"direction": "offer"}, name="offer"),
    path(CIRCLE + "ask/<str:code>/", posting.post, {"direction": "request"}, name="ask_kind"),
    path(CIRCLE + "offer/<str:code>/", posting.post, {"direction": "offer"}, name="offer_kind"),
    path(CIRCLE + "i/<uuid:intent_id>/", intents.intent, name="intent"),
    path(CIRCLE + "i/<uuid:intent_id>/card/", intents.card, name="card"),
    path(CIRCLE + "i/<uuid:intent_id>/claim/", intents.claim, name="claim"),
    path(CIRCLE + "i/<uuid:intent_id>/propose/", intents.propose, name="propose"),
    path(CIRCLE + "i/<uuid:intent_id>/renew/", intents.renew, name="renew"),
    path(CIRCLE + "i/<uuid:intent_id>/withdraw/", intents.withdraw, name="withdraw"),
    path(CIRCLE + "i/<uuid:intent_id>/check/", intents.check, name="check"),
    path(CIRCLE + "i/<uuid:intent_id>/open/", intents.open_details, name="open_details"),
    path(CIRCLE + "k/<uuid:commitment_id>/", commitments.commitment, name="commitment"),
    path(CIRCLE + "k/<uuid:commitment_id>/<str:verb>/", commitments.move, name="move"),
    path("follow/", receipts.enter, name="follow"),
    path("follow/need/", receipts.need, name="followed"),
    path("follow/need/<str:verb>/", receipts.act, name="followed_act"),
]

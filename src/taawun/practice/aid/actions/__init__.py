"""The only code that writes aid: posting intents, agreeing on help, fulfilling it, and the upkeep duties."""

from taawun.practice.aid.actions.agreeing import accept, claim, drop_out, hand_over, propose, still_on_it
from taawun.practice.aid.actions.fulfilling import deliver, fail, receive, thank
from taawun.practice.aid.actions.posting import (
    IntentDraft,
    Private,
    check,
    give_receipt,
    post,
    post_without_account,
    renew,
    withdraw,
)
from taawun.practice.aid.actions.programmes import (
    ProgrammeDraft,
    add_programme,
    change_programme,
    end_programme,
    open_programme,
    set_capacity,
)
from taawun.practice.aid.actions.referring import decline, refer, take, take_from_list, take_off_list
from taawun.practice.aid.actions.series import Again
from taawun.practice.aid.actions.sharing_figures import (
    end_sharing_figures,
    link_to_share,
    secret_of_figures,
    share_figures,
)
from taawun.practice.aid.actions.upkeep import keep_series, keep_up

__all__ = [
    "Again",
    "IntentDraft",
    "Private",
    "ProgrammeDraft",
    "accept",
    "add_programme",
    "change_programme",
    "check",
    "claim",
    "decline",
    "deliver",
    "drop_out",
    "end_programme",
    "end_sharing_figures",
    "fail",
    "give_receipt",
    "hand_over",
    "keep_series",
    "keep_up",
    "link_to_share",
    "open_programme",
    "post",
    "post_without_account",
    "propose",
    "receive",
    "refer",
    "renew",
    "secret_of_figures",
    "set_capacity",
    "share_figures",
    "still_on_it",
    "take",
    "take_from_list",
    "take_off_list",
    "thank",
    "withdraw",
]

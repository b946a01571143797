"""The only code that writes aid: posting intents, agreeing on help, fulfilling it, and the upkeep duties."""

from taawun.practice.aid.actions.agreeing import accept, claim, decline, drop_out, hand_over, propose, still_on_it
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
from taawun.practice.aid.actions.upkeep import keep_up

__all__ = [
    "IntentDraft",
    "Private",
    "accept",
    "check",
    "claim",
    "decline",
    "deliver",
    "drop_out",
    "fail",
    "give_receipt",
    "hand_over",
    "keep_up",
    "post",
    "post_without_account",
    "propose",
    "receive",
    "renew",
    "still_on_it",
    "thank",
    "withdraw",
]

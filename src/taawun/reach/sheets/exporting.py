"""Everything, taken away by a coordinator: what leaves the house is on the record before it leaves."""

from contextlib import nullcontext
from datetime import datetime
from typing import Final

from django.db import transaction

from taawun.community.circles.actor import Actor
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.reach.sheets import actions
from taawun.reach.sheets.everything import Taking, write_xlsx, write_zip
from taawun.reach.sheets.workbook import TooLong

FORMS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
WHY_LENGTH_MIN: Final = 5


def take_everything(
    actor: Actor, form: str, *, personal: bool, why: str, right_to_left: bool = False, now: datetime
) -> tuple[bytes, str]:
    """Return everything the community has as a file, and a name for it.

    With personal data only for a reason; then each person's look is recorded, last in the transaction, and the file is
    handed out when that is committed.
    """
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    if form not in FORMS:
        raise Refusal("setting.unknown", "form")
    reason = why.strip()
    if personal and len(reason) < WHY_LENGTH_MIN:
        raise Refusal("export.why", "why")
    circle = actor.circle
    with transaction.atomic():
        # The reason itself may name somebody, and the journal cannot be erased: it says that there was one.
        looking = (
            store.look_through(actor.viewer, "export", circle_id=circle.id, now=now) if personal else nullcontext(None)
        )
        with looking as look:
            taking = Taking(circle, look, now)
            try:
                data = write_xlsx(taking, right_to_left=right_to_left) if form == "xlsx" else write_zip(taking)
            except TooLong:
                raise Refusal("export.too_long", "form") from None
        actions.record_export(actor, personal=personal, form=form, now=now)
    return data, f"everything.{form}"

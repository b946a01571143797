"""The only code that writes circles. One function a verb; each is one transaction with its journal entry."""

from taawun.community.circles.actions.joining import (
    end_invitation,
    invite,
    join_by_link,
    join_open,
    open_invited_account,
    open_joining_account,
)
from taawun.community.circles.actions.members import (
    add_member,
    end_representative,
    leave,
    look_after,
    name_representative,
    remove_member,
    set_area,
    set_roles,
)
from taawun.community.circles.actions.recovery import (
    ask_recovery,
    decline_recovery,
    see_to_recoveries,
    stop_own_recovery,
    stop_recovery,
    use_recovery,
    vouch,
)
from taawun.community.circles.actions.setting_up import (
    KnownAreas,
    add_area,
    area_of,
    change_area,
    change_kind,
    change_settings,
    set_up,
)
from taawun.community.circles.actions.staff import change_rights, end_staff_invitation, invite_staff

__all__ = [
    "KnownAreas",
    "add_area",
    "add_member",
    "area_of",
    "ask_recovery",
    "change_area",
    "change_kind",
    "change_rights",
    "change_settings",
    "decline_recovery",
    "end_invitation",
    "end_representative",
    "end_staff_invitation",
    "invite",
    "invite_staff",
    "join_by_link",
    "join_open",
    "leave",
    "look_after",
    "name_representative",
    "open_invited_account",
    "open_joining_account",
    "remove_member",
    "see_to_recoveries",
    "set_area",
    "set_roles",
    "set_up",
    "stop_own_recovery",
    "stop_recovery",
    "use_recovery",
    "vouch",
]

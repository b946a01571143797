"""The sentences of this room's refusals."""

from django.utils.translation import gettext_lazy as _

from taawun.ground.values import refusal

refusal.register(
    {
        "circle.name": _("Give your community a name, for example the name of your street or quarter."),
        "circle.place": _("Write where you are: the town, the quarter or the village."),
        "circle.languages": _("Choose at least one language your people read."),
        "circle.region": _("Choose a country, so that phone numbers are read as they are written there."),
        "circle.time_zone": _("Choose a time zone from the list."),
        "circle.key": _("Open the link that was printed where Taawun was started; it lets you set up the first community."),
        "circle.by_invitation": _("People join this community by invitation. Ask somebody who belongs to it for a link."),
        "area.name": _("Write the name of the area, for example Harbour Quarter."),
        "area.exists": _("There is already an area with this name."),
        "area.unknown": _("Choose one of the areas in the list."),
        "area.too_many": _("At most %(limit)s areas are possible."),
        "place.not_a_position": _("Write a plus code, or latitude and longitude, for example 33.89, 35.50."),
        "invitation.for_another": _("This link was made for somebody else. Sign out first if it is yours."),
        "member.acts_alone": _("This member has an account or named people, and needs nobody else to act for them."),
        "member.no_account": _("Choose somebody who has an account."),
        "invitation.ended": _("This invitation is no longer valid. Ask the person who gave it to you for a new one."),
        "member.exists": _("This person already belongs to the community."),
        "member.last_coordinator": _("A community needs a coordinator. Give somebody else this role first."),
        "member.unknown": _("Choose one of the members of this community."),
        "staff.no_right": _("Choose at least one thing they may do for the organisation."),
        "staff.right_unknown": _("Choose from the list what they may do for the organisation."),
        "staff.not_yours_to_give": _("You can only give what you may do yourself. Ask whoever gave it to you."),
        "staff.no_such_right": _("You were not given this for the organisation. Ask whoever manages its staff."),
        "twin.state": _("Say that it is the same person (same), that it is not (different), or take it back (likely)."),
        "role.unknown": _("Choose roles from the list: member, coordinator, treasurer, guardian."),
        "kind.unknown": _("Choose what it is about from the list."),
        "kind.name": _("Write a name for this kind, in at least one language."),
        "kind.too_many": _("At most %(limit)s kinds of your own are possible. Hide or rename one instead."),
        "kind.exists": _("There is already a kind with this name."),
        "recovery.community": _("Write the name of your community, or the address of its page."),
        "recovery.no_link": _("This link is not one of ours. Open it whole, as it was given to you."),
        "recovery.not_open": _("This door is not open yet, or was used already. Look at the page again."),
        "recovery.ended": _("This request has ended. Whoever still needs a way in asks anew."),
        "recovery.herself": _("Nobody vouches for herself. Ask another coordinator."),
        "recovery.said": _("You have given your word already. Now another coordinator has to."),
        "recovery.too_new": _("Only coordinators who held this role before the request can vouch."),
        "recovery.member_too_new": _("This member joined too recently for anybody here to vouch for them."),
        "recovery.other_member": _("Another coordinator has recognised somebody else. Talk to each other first."),
        "recovery.another": _("There is another request about this member already. Decline one of the two."),
        "recovery.no_account": _("Choose a person of this community who has an account."),
        "setting.unknown": _("Choose one of the values in the list."),
    }
)

"""The addresses of circles. The board at ``c/<slug>/`` belongs to the practice of aid."""

from django.urls import path

from taawun.community.circles.pages import home, joining, members, own, record, recovery, settings, staff

app_name = "circles"
CIRCLE = "c/<str:slug>/"
MEMBER = CIRCLE + "members/<uuid:agent_id>/"
STAFF = CIRCLE + "o/<uuid:organisation_id>/staff/"

urlpatterns = [
    path("", home.home, name="home"),
    path("start/", home.start, name="start"),
    path("communities/", home.mine, name="mine"),
    path("sign-in/lost/", recovery.lost, name="lost"),
    path("way-back/<str:token>/", recovery.standing, name="recovery_standing"),
    path("way-back/<str:token>/stop/", recovery.stop, name="recovery_stop"),
    path("me/way-back/", recovery.mine, name="my_recovery"),
    path("me/way-back/<uuid:recovery_id>/stop/", recovery.stop_mine, name="stop_my_recovery"),
    path(CIRCLE + "way-back/", recovery.recoveries_page, name="recoveries"),
    path(CIRCLE + "way-back/<uuid:recovery_id>/", recovery.recovery, name="recovery"),
    path(CIRCLE + "way-back/<uuid:recovery_id>/vouch/<uuid:agent_id>/", recovery.vouch, name="recovery_vouch"),
    path(CIRCLE + "way-back/<uuid:recovery_id>/decline/", recovery.decline, name="recovery_decline"),
    path(CIRCLE + "about/", settings.about, name="about"),
    path(CIRCLE + "invite/", joining.invite, name="invite"),
    path(CIRCLE + "invite/<uuid:invitation_id>/", joining.invitation, name="invitation"),
    path(CIRCLE + "invite/<uuid:invitation_id>/picture/", joining.invitation_picture, name="invitation_picture"),
    path(CIRCLE + "invite/<uuid:invitation_id>/end/", joining.end_invitation, name="end_invitation"),
    path(CIRCLE + "join/", joining.join_open, name="join_open"),
    path(CIRCLE + "join/<str:secret>/", joining.join, name="join"),
    path(CIRCLE + "leave/", joining.leave, name="leave"),
    path(CIRCLE + "members/", members.members, name="members"),
    path(CIRCLE + "members/add/", members.add, name="member_add"),
    path(MEMBER, members.member, name="member"),
    path(MEMBER + "roles/", members.set_roles, name="member_roles"),
    path(MEMBER + "area/", members.set_area, name="member_area"),
    path(MEMBER + "private/", members.show_private, name="member_private"),
    path(MEMBER + "invite/", joining.invite_member, name="member_invite"),
    path(MEMBER + "keeper/", members.keeper, name="member_keeper"),
    path(MEMBER + "acting/", members.representative, name="representative"),
    path(MEMBER + "acting/<uuid:person_id>/end/", members.end_representative, name="end_representative"),
    path(MEMBER + "remove/", members.remove, name="member_remove"),
    path(MEMBER + "block/", own.block, name="member_block"),
    path(MEMBER + "own/", own.own, name="member_own"),
    path(MEMBER + "own/take/", own.take, name="member_take"),
    path(MEMBER + "own/erase/", own.erase, name="member_erase"),
    path(CIRCLE + "settings/", settings.settings, name="settings"),
    path(CIRCLE + "settings/areas/", settings.areas, name="areas"),
    path(CIRCLE + "settings/areas/<uuid:area_id>/", settings.area, name="area"),
    path(CIRCLE + "settings/kinds/", settings.catalogue_page, name="kinds"),
    path(CIRCLE + "settings/kinds/add/", settings.kind, name="kind_add"),
    path(CIRCLE + "settings/kinds/k/<str:code>/", settings.kind, name="kind"),
    path(STAFF, staff.staff, name="staff"),
    path(STAFF + "invite/", staff.invite, name="staff_invite"),
    path(STAFF + "invite/<uuid:invitation_id>/", staff.invitation, name="staff_invitation"),
    path(STAFF + "invite/<uuid:invitation_id>/end/", staff.end_invitation, name="staff_end_invitation"),
    path(STAFF + "<uuid:person_id>/", staff.one, name="staff_one"),
    path(STAFF + "<uuid:person_id>/end/", staff.end, name="staff_end"),
    path(CIRCLE + "record/", record.record, name="record"),
    path(CIRCLE + "record/export/", record.export, name="export"),
]

"""The addresses of people."""

from django.urls import path

from taawun.community.people.pages import devices, keys, language, me, mine, second, sign_in

app_name = "people"

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/<uuid:attempt_id>/", sign_in.code, name="code"),
    path("sign-in/link/<str:token>/", sign_in.link, name="link"),
    path("sign-in/second/", second.second, name="second"),
    path("sign-in/passkey/", second.passkey, name="passkey"),
    path("sign-in/passkey/options/", second.passkey_options, name="passkey_options"),
    path("sign-in/paper/", second.paper_code, name="paper_code"),
    path("exit/", devices.leave, name="exit"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("language/", language.language, name="language"),
    path("me/", mine.mine, name="me"),
    path("me/take/", mine.take, name="take"),
    path("me/erase/", mine.erase, name="erase"),
    path("me/erase/off/", mine.call_off, name="call_off"),
    path("me/erased/", mine.erased, name="erased"),
    path("me/blocked/", mine.blocked, name="blocked"),
    path("me/blocked/<uuid:block_id>/remove/", mine.unblock, name="unblock"),
    path("me/ways/", me.ways, name="ways"),
    path("me/ways/code/<uuid:attempt_id>/", me.verify, name="verify"),
    path("me/ways/<uuid:contact_id>/send/", me.send_code, name="send_code"),
    path("me/ways/<uuid:contact_id>/remove/", me.remove_contact, name="remove_contact"),
    path("me/password/", me.set_password, name="set_password"),
    path("me/sessions/end/", me.end_sessions, name="end_sessions"),
    path("me/keep/", devices.way_back, name="way_back"),
    path("me/keys/", keys.keys, name="keys"),
    path("me/keys/passkeys/", keys.add_passkey, name="add_passkey"),
    path("me/keys/passkeys/options/", keys.passkey_options, name="add_passkey_options"),
    path("me/keys/passkeys/<uuid:passkey_id>/rename/", keys.rename_passkey, name="rename_passkey"),
    path("me/keys/passkeys/<uuid:passkey_id>/remove/", keys.remove_passkey, name="remove_passkey"),
    path("me/keys/app/", keys.app, name="code_app"),
    path("me/keys/app/picture/", keys.app_picture, name="code_app_picture"),
    path("me/keys/app/remove/", keys.remove_app, name="remove_code_app"),
    path("me/keys/paper/", keys.paper_codes, name="paper"),
    path("me/keys/paper/file/", keys.paper_file, name="paper_file"),
    path("me/devices/", devices.devices, name="devices"),
    path("me/devices/end/", devices.end, name="end_session"),
    path("me/devices/exit/", devices.choose_exit, name="choose_exit"),
    path("me/tokens/", me.tokens, name="tokens"),
    path("me/tokens/<uuid:token_id>/revoke/", me.revoke_token, name="revoke_token"),
    path("me/consents/", me.consents, name="consents"),
]

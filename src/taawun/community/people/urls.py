"""The addresses of people."""

from django.urls import path

from taawun.community.people.pages import language, me, sign_in

app_name = "people"

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/<uuid:attempt_id>/", sign_in.code, name="code"),
    path("sign-in/link/<str:token>/", sign_in.link, name="link"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("language/", language.language, name="language"),
    path("me/", me.profile, name="me"),
    path("me/ways/", me.ways, name="ways"),
    path("me/ways/code/<uuid:attempt_id>/", me.verify, name="verify"),
    path("me/ways/<uuid:contact_id>/send/", me.send_code, name="send_code"),
    path("me/ways/<uuid:contact_id>/remove/", me.remove_contact, name="remove_contact"),
    path("me/password/", me.set_password, name="set_password"),
    path("me/sessions/end/", me.end_sessions, name="end_sessions"),
    path("me/tokens/", me.tokens, name="tokens"),
    path("me/tokens/<uuid:token_id>/revoke/", me.revoke_token, name="revoke_token"),
    path("me/consents/", me.consents, name="consents"),
]

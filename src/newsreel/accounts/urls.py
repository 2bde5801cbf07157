"""The addresses of accounts: django-allauth's pages, each by itself so that each has an access rule, and our own."""

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.socialaccount import views as social
from allauth.usersessions import views as sessions
from django.urls import URLPattern, URLResolver, include, path, re_path

from newsreel.accounts import captcha_views, sign_on, views

own: list[URLPattern] = [
    path("", views.home, name="home"),
    path("export/", views.export, name="export"),
    path("delete/", views.delete, name="delete"),
    path("sessions/<id:session>/end/", views.end_session, name="end_session"),
    path("captcha/", captcha_views.new, name="captcha"),
    re_path(r"^captcha/(?P<token>[-\w]{1,64})/picture\.png$", captcha_views.picture, name="captcha_picture"),
    re_path(r"^captcha/(?P<token>[-\w]{1,64})/sound\.wav$", captcha_views.sound, name="captcha_sound"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((own, "accounts"))),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("register/", account.signup, name="account_signup"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("email/", account.email, name="account_email"),
    path("confirm-email/", account.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]{1,200})/$", account.confirm_email, name="account_confirm_email"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]{1,20})-(?P<key>.{1,100})/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("second-factor/", include("allauth.mfa.urls")),
    path("sessions/", reauthentication_required(allow_get=True)(sessions.list_usersessions), name="usersessions_list"),
    path("sign-on/<slug:provider_id>/login/", sign_on.login, name="openid_connect_login"),
    path("sign-on/<slug:provider_id>/login/callback/", sign_on.callback, name="openid_connect_callback"),
    path("sign-on/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("sign-on/error/", social.login_error, name="socialaccount_login_error"),
    path("sign-on/register/", social.signup, name="socialaccount_signup"),
    path("sign-on/connections/", social.connections, name="socialaccount_connections"),
]

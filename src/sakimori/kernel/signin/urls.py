"""Addresses of signing in. allauth's names, our pages: what is not listed here cannot be reached."""

from __future__ import annotations

from allauth.socialaccount import views as social_views
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.utils.module_loading import import_string
from django.views.generic import RedirectView

from .views import entrance, language, mine, setup, users

_to_mine = RedirectView.as_view(pattern_name="signin_mine")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", entrance.SignIn.as_view(), name="account_login"),
    path("out/", entrance.SignOut.as_view(), name="account_logout"),
    path("stopped/", entrance.inactive, name="account_inactive"),
    path("code/", entrance.SecondStep.as_view(), name="mfa_authenticate"),
    path("passkey/", entrance.PasskeyEntrance.as_view(), name="mfa_login_webauthn"),
    path("demonstration/<int:person_id>/", entrance.demonstrate, name="signin_demonstrate"),
    path("language/", language.choose, name="signin_language"),
    path("again/", mine.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("again/code/", mine.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path("again/passkey/", mine.PasskeyAgain.as_view(), name="mfa_reauthenticate_webauthn"),
    path("setup/", setup.choose, name="signin_setup"),
    path("mine/", mine.mine, name="signin_mine"),
    path("mine/password/", mine.change_password, name="account_change_password"),
    path("mine/password/judge/", mine.judge_password, name="signin_judge"),
    path("mine/duress/", mine.duress, name="signin_duress"),
    path("mine/sessions/end/", mine.end_other_sessions, name="signin_end_others"),
    path("mine/sessions/<int:session_id>/end/", mine.end_session, name="signin_end_session"),
    path("mine/factors/", _to_mine, name="mfa_index"),
    path("mine/factors/app/", mine.AddApp.as_view(), name="mfa_activate_totp"),
    path("mine/factors/app/remove/", mine.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("mine/factors/passkeys/", _to_mine, name="mfa_list_webauthn"),
    path("mine/factors/passkeys/add/", mine.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("mine/factors/passkeys/<int:pk>/remove/", mine.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("mine/factors/passkeys/<int:pk>/name/", mine.RenamePasskey.as_view(), name="mfa_edit_webauthn"),
    path("mine/factors/codes/", mine.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("mine/factors/codes/renew/", mine.RenewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("mine/factors/codes/download/", mine.DownloadCodes.as_view(), name="mfa_download_recovery_codes"),
    path("users/", users.users, name="signin_users"),
    path("users/report/", users.report, name="signin_report"),
    path("users/open/<int:person_id>/", users.open_account, name="signin_open"),
    path("users/<int:account_id>/", users.user, name="signin_user"),
    path("users/<int:account_id>/<slug:action_id>/", users.act, name="signin_act"),
]
if settings.SAKIMORI_PROVIDERS:
    urlpatterns += [
        path("sso/cancelled/", social_views.login_cancelled, name="socialaccount_login_cancelled"),
        path("sso/error/", social_views.login_error, name="socialaccount_login_error"),
        *(
            path("sso/", include(import_string(f"{app}.urls.urlpatterns")))
            for app in settings.SAKIMORI_PROVIDER_APPS
        ),
    ]

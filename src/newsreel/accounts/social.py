"""Where django-allauth's single sign-on asks us: which provider there is, and what goes out to it."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from newsreel.accounts import sign_on
from newsreel.accounts.models import User
from newsreel.accounts.outgoing import Session
from newsreel.core.settings import settings


class Adapter(DefaultSocialAccountAdapter):
    """One provider, as the settings have it at this moment; nothing of it is a row."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """The provider of the settings, where they name one."""
        chosen = settings()
        named = provider in (None, sign_on.SSO, sign_on.Provider.id) and client_id in (None, chosen.oidc_client)
        if not (chosen.oidc_url and chosen.oidc_client and named):
            return []
        return [
            SocialApp(
                provider=sign_on.Provider.id,
                provider_id=sign_on.SSO,
                name=chosen.oidc_name or _("Single sign-on"),
                client_id=chosen.oidc_client,
                secret=chosen.oidc_secret,
                settings={"server_url": chosen.oidc_url, "oauth_pkce_enabled": True},
            )
        ]

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> sign_on.Provider:
        """The provider. SocialApp.DoesNotExist where there is none, or it is called otherwise."""
        return sign_on.Provider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def list_providers(self, request: HttpRequest) -> list[sign_on.Provider]:
        """It alone."""
        return [sign_on.Provider(request, app=app) for app in self.list_apps(request)]

    def get_requests_session(self) -> Session:
        """The one gate."""
        return Session()

    def new_user(self, request: HttpRequest, sociallogin: Any) -> User:
        """Somebody who is kept in the session until a name is chosen: a time that the database would fill in cannot be."""
        return User(joined_at=timezone.now())

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whoever is new chooses a name."""
        return False

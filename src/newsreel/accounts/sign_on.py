"""Single sign-on by OpenID Connect: django-allauth's, with the provider from our settings and every answer verified.

What it leaves out is added here: the nonce, the signature of ID tokens whatever way they came, whose discovery document it
is, and that a request cannot add scopes or parameters of its own.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from newsreel.accounts import tokens
from newsreel.core.errors import NewsreelError
from newsreel.core.settings import settings
from newsreel.fetching.targets import parse_target

SSO = "sso"  # the one provider's name in addresses and rows
WELL_KNOWN = "/.well-known/openid-configuration"
KEPT_SECONDS = 300.0
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_known: dict[str, tuple[float, dict[str, Any]]] = {}


def issuer() -> str:
    """Whose discovery document it must be: the provider that the setting names."""
    return settings().oidc_url.removesuffix(WELL_KNOWN).rstrip("/")


class Adapter(OpenIDConnectOAuth2Adapter):
    """One login: what the provider's addresses are, and who it says it was."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's discovery document, kept for some minutes. OAuth2Error where it is not one to be followed."""
        url = settings().oidc_url
        kept = _known.get(url)
        if kept is None or time.monotonic() > kept[0]:
            with get_adapter().get_requests_session() as session:
                kept = (time.monotonic() + KEPT_SECONDS, _judged(session.get(issuer() + WELL_KNOWN).json()))
            _known.clear()
            _known[url] = kept
        return kept[1]

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **options: Any) -> Any:
        """Who logs in. OAuth2Error where the provider's answers do not fit each other, or our request."""
        config, id_token = self.openid_config, options["response"].get("id_token")
        if not isinstance(id_token, str):
            raise OAuth2Error("The provider sent no ID token.")
        with get_adapter().get_requests_session() as session:
            keys = session.get(config["jwks_uri"]).json()
            claims = tokens.verified(id_token, keys, issuer=config["issuer"], client=app.client_id, nonce=self.nonce)
            userinfo: dict[str, Any] = {}
            if config.get("userinfo_endpoint"):
                bearer = {"Authorization": f"Bearer {token.token}"}
                userinfo = session.get(config["userinfo_endpoint"], headers=bearer).json()
        return self.get_provider().sociallogin_from_response(request, tokens.person(claims, userinfo))

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """The access token, which is used once and not kept."""
        if not isinstance(data, dict) or not isinstance(data.get("access_token"), str):
            raise OAuth2Error("The provider sent no access token.")
        return SocialToken(token=data["access_token"])


class Provider(OpenIDConnectProvider):
    """The provider of the settings."""

    oauth2_adapter_class = Adapter

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **_: Any
    ) -> HttpResponse:
        """To the provider, with PKCE, state and nonce; an error page where it cannot be reached."""
        nonce = secrets.token_urlsafe(32)
        wishes = {"scope": self.get_default_scope(), "auth_params": {"nonce": nonce}, "nonce": nonce}
        process = "connect" if process == "connect" else "login"
        try:
            return super().redirect(request, process, next_url, data, **wishes)
        except OAuth2Error as error:
            return render_authentication_error(request, self, exception=error)

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Of the provider too: the same number at another provider is another person."""
        return hashlib.sha256(f"{issuer()}\x00{data['sub']}".encode()).hexdigest()


class Callback(OAuth2CallbackView):
    """Back from the provider."""

    def _get_state(self, request: HttpRequest, provider: Provider) -> tuple[dict[str, Any] | None, HttpResponse | None]:
        state, answer = super()._get_state(request, provider)
        if state is not None:
            self.adapter.nonce = str(state.get("nonce", ""))
            if request.GET.get("iss", issuer()).rstrip("/") != issuer():  # RFC 9207
                return None, render_authentication_error(request, provider)
        return state, answer


@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Asks, and on POST goes to the provider: by a page that leads on, for a browser follows no redirect of a form to
    another site where the Content-Security-Policy says form-action 'self'.
    """
    try:
        answer: HttpResponse = OAuth2LoginView.adapter_view(Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    target = answer.headers.get("Location", "")
    if request.method != "POST" or not target.startswith(("http://", "https://")):
        return answer
    page = render(request, "socialaccount/go_on.html", {"target": target, "bare": True})
    page.headers["Cache-Control"] = "no-store"
    return page


@require_http_methods(["GET", "HEAD"])
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Logs in, registers or connects whom the provider names."""
    try:
        answer: HttpResponse = Callback.adapter_view(Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return answer


def _judged(config: dict[str, Any]) -> dict[str, Any]:
    """A discovery document whose addresses may be used. What they lead to is judged at the gate."""
    if str(config.get("issuer", "")).rstrip("/") != issuer():
        raise OAuth2Error("The provider's document is another one's.")
    secure = urlsplit(issuer()).scheme == "https"
    named = [config.get(name) for name in _ENDPOINTS]
    if config.get("userinfo_endpoint"):
        named.append(config["userinfo_endpoint"])
    for address in named:
        try:
            target = parse_target(address if isinstance(address, str) else "")
        except NewsreelError:
            raise OAuth2Error("The provider's document names an address that is none.") from None
        if secure and target.scheme != "https":
            raise OAuth2Error("The provider's document names an address without TLS.")
    return config

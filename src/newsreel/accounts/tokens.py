"""What a provider of single sign-on says of somebody: the ID token, verified, and nothing that is not signed or does not fit it."""

from __future__ import annotations

import hmac
from typing import Any

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

# Of the provider's key pair alone. 'none' signs nothing, and HS256 would take a public key for a secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY = 60  # seconds by which clocks may differ
_KEPT = ("sub", "email", "email_verified", "preferred_username", "name")
_LONGEST = 254


def verified(id_token: str, keys: dict[str, Any], *, issuer: str, client: str, nonce: str) -> dict[str, Any]:
    """The claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7). OAuth2Error where anything is not as it must be."""
    try:
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key=_key_of(id_token, keys),
            algorithms=list(ALGORITHMS),
            issuer=issuer,
            audience=client,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, RecursionError):
        raise OAuth2Error("The ID token is not valid.") from None
    if not nonce or not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise OAuth2Error("The ID token answers another request.")
    audience = claims["aud"]
    if ("azp" in claims or (isinstance(audience, list) and len(audience) > 1)) and claims.get("azp") != client:
        raise OAuth2Error("The ID token was made for somebody else.")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise OAuth2Error("The ID token names nobody.")
    return claims


def person(claims: dict[str, Any], userinfo: dict[str, Any]) -> dict[str, Any]:
    """What is kept of somebody: who it is, and an address where the provider has verified it."""
    if userinfo and userinfo.get("sub") != claims["sub"]:
        raise OAuth2Error("The provider speaks of two different people.")
    said = {name: value for name, value in {**claims, **userinfo}.items() if name in _KEPT}
    found = {name: value for name, value in said.items() if isinstance(value, str) and len(value) <= _LONGEST}
    if said.get("email_verified") in (True, "true") and "email" in found:
        return {**found, "sub": claims["sub"], "email_verified": True}
    found.pop("email", None)
    return {**found, "sub": claims["sub"], "email_verified": False}


def _key_of(id_token: str, keys: dict[str, Any]) -> Any:
    """The provider's key that the token says it is signed by; its only one where it does not say."""
    header = jwt.get_unverified_header(id_token)
    found = jwt.PyJWKSet.from_dict(keys).keys
    fitting = [key for key in found if key.public_key_use in (None, "sig") and header.get("kid") in (None, key.key_id)]
    if header.get("kid") is None and len(fitting) > 1:
        raise OAuth2Error("The ID token does not say by which key it is signed.")
    if not fitting:
        raise OAuth2Error("The ID token is signed by a key that the provider does not have.")
    return fitting[0]

"""The company's identity providers (OpenID Connect, SAML): named in one file, off without it. Knows no Django.

``SAKIMORI_SSO`` is the path of a YAML file; docs/howto/single-sign-on.md shows both kinds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from sakimori.lib import strictyaml


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One identity provider as the file names it."""

    id: str
    title: str
    kind: Literal["oidc", "saml"]
    client: str = ""  # oidc: client id
    secret_file: str = ""  # oidc: path of a file with the client secret
    server: str = ""  # oidc: address of the issuer
    entity: str = ""  # saml: the provider's entity id
    sign_on: str = ""  # saml: its single sign-on address
    certificate_file: str = ""  # saml: path of its certificate
    second_factor: bool = False  # the provider asks for a second factor itself
    mail_attribute: str = "email"


@dataclass(frozen=True, kw_only=True)
class Providers:
    """The whole file."""

    providers: tuple[Provider, ...] = field(default_factory=tuple)


def load(path: str) -> tuple[Provider, ...]:
    """Read the file; nothing without one. Raises ContentError for what it does not know."""
    return strictyaml.load(Path(path), Providers, name=path).providers if path else ()


def apps(providers: tuple[Provider, ...]) -> list[str]:
    """Return the framework applications that the providers need."""
    kinds = {"oidc": "openid_connect", "saml": "saml"}
    return [f"allauth.socialaccount.providers.{kinds[kind]}" for kind in sorted({p.kind for p in providers})]


def framework_settings(providers: tuple[Provider, ...]) -> dict[str, Any]:
    """Return allauth's SOCIALACCOUNT_PROVIDERS."""
    found: dict[str, Any] = {}
    oidc = [_oidc(p) for p in providers if p.kind == "oidc"]
    saml = [_saml(p) for p in providers if p.kind == "saml"]
    if oidc:
        found["openid_connect"] = {"APPS": oidc, "OAUTH_PKCE_ENABLED": True}
    if saml:
        found["saml"] = {"APPS": saml}
    return found


def origins(providers: tuple[Provider, ...]) -> list[str]:
    """Return where a sign-in form may lead: the content policy names them."""
    addresses = [urlsplit(p.server or p.sign_on) for p in providers]
    return sorted({f"{a.scheme}://{a.netloc}" for a in addresses if a.netloc})


def _oidc(provider: Provider) -> dict[str, Any]:
    secret = Path(provider.secret_file).read_text("utf-8").strip() if provider.secret_file else ""
    return {
        "provider_id": provider.id,
        "name": provider.title,
        "client_id": provider.client,
        "secret": secret,
        "settings": {"server_url": provider.server},
    }


def _saml(provider: Provider) -> dict[str, Any]:
    certificate = Path(provider.certificate_file).read_text("utf-8").strip()
    return {
        "provider_id": provider.id,
        "name": provider.title,
        "client_id": provider.id,
        "settings": {
            "attribute_mapping": {"uid": provider.mail_attribute, "email": provider.mail_attribute},
            "idp": {"entity_id": provider.entity, "sso_url": provider.sign_on, "x509cert": certificate},
            "advanced": {"want_assertion_signed": True, "reject_deprecated_algorithm": True},
        },
    }

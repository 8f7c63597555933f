"""The company's identity providers: off without a file, refused with a sentence, joined by verified mail only."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount, SocialLogin
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client, RequestFactory
from oidc_provider_mock import User as Somebody
from oidc_provider_mock import run_server_in_thread

from sakimori.config import single_sign_on
from sakimori.kernel.signin.adapters import SocialAdapter
from sakimori.kernel.signin.models import Account
from sakimori.lib import clock
from sakimori.lib.strictyaml import ContentError

OIDC = """
providers:
  - {id: entra, title: 社内ID, kind: oidc, client: abc, secret_file: SECRET, server: "https://login.example.jp/v2.0"}
  - {id: adfs, title: 社内認証, kind: saml, entity: "https://adfs.example.jp/trust",
     sign_on: "https://adfs.example.jp/ls/", certificate_file: CERTIFICATE}
"""
WALK = """
import django
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
client = Client(headers={"host": "localhost"})
page = client.get("/signin/")
text = page.content.decode()
assert "社内IDでサインイン" in text and "社内認証でサインイン" in text, text
assert "form-action 'self' https://adfs.example.jp https://login.example.jp" in page["Content-Security-Policy"]
led = client.post("/signin/sso/saml/adfs/login/")
assert led.status_code == 302 and led["Location"].startswith("https://adfs.example.jp/ls/?SAMLRequest="), led
described = client.get("/signin/sso/saml/adfs/metadata/")
assert b"EntityDescriptor" in described.content
from allauth.socialaccount.models import SocialAccount
from sakimori.kernel.signin.tests.conftest import account_of, person
from sakimori.kernel.signin.tests.test_providers import asked, login
from sakimori.kernel.signin.adapters import SocialAdapter
account = account_of(person("山田 太郎", "ヤマダ タロウ", "E1001", "yamada@example.jp"))
SocialAdapter().pre_social_login(asked(), login("YAMADA@example.jp", verified=True))
assert SocialAccount.objects.get().user == account.person.user
print("walked")
"""


def written(folder: Path, text: str) -> Path:
    (folder / "secret").write_text("top\n")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "adfs")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(clock.now())
        .not_valid_after(clock.now() + timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    (folder / "idp.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    path = folder / "sso.yaml"
    path.write_text(
        text.replace("SECRET", str(folder / "secret")).replace("CERTIFICATE", str(folder / "idp.pem")),
        "utf-8",
    )
    return path


def test_without_a_file_there_is_no_provider_and_no_page_of_one(client: Client, db: None) -> None:
    assert settings.SAKIMORI_PROVIDERS == ()
    assert client.get("/signin/sso/saml/x/login/")["Location"].startswith("/signin/?next=")
    assert "socialaccount.providers" not in " ".join(settings.INSTALLED_APPS)


def test_a_file_becomes_allauths_settings(tmp_path: Path) -> None:
    providers = single_sign_on.load(str(written(tmp_path, OIDC)))
    made = single_sign_on.framework_settings(providers)
    [oidc], [saml] = made["openid_connect"]["APPS"], made["saml"]["APPS"]
    assert (oidc["client_id"], oidc["secret"]) == ("abc", "top")
    assert made["openid_connect"]["OAUTH_PKCE_ENABLED"] is True
    assert saml["settings"]["advanced"]["want_assertion_signed"] is True
    assert "BEGIN CERTIFICATE" in saml["settings"]["idp"]["x509cert"]
    assert single_sign_on.origins(providers) == ["https://adfs.example.jp", "https://login.example.jp"]


@pytest.mark.parametrize(
    "text", ["providers: [{id: a, title: b, kind: ldap}]", "provider: []", "providers: 5"]
)
def test_a_file_that_cannot_be_right_stops_the_start(tmp_path: Path, text: str) -> None:
    with pytest.raises(ContentError, match=r"sso\.yaml"):
        single_sign_on.load(str(written(tmp_path, text)))


@pytest.mark.slow
def test_with_a_file_the_buttons_lead_to_the_providers_and_a_verified_address_joins(tmp_path: Path) -> None:
    environment = surroundings(tmp_path, OIDC)
    run = subprocess.run([sys.executable, "-c", WALK], env=environment, capture_output=True, text=True)
    assert run.stdout.strip().endswith("walked"), run.stderr[-2000:]


def surroundings(folder: Path, text: str) -> dict[str, str]:
    """Return the environment of a product that reads ``text`` as its file of providers."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO", "DATABASE"))} | {
        "SAKIMORI_SSO": str(written(folder, text)),
        "SAKIMORI_DATA": str(folder / "data"),
        "PYTHONPATH": f"{settings.BASE_DIR / 'src'}:{settings.BASE_DIR}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }


def asked() -> HttpRequest:
    request = RequestFactory().get("/signin/")
    request.session = SessionStore()
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


def login(mail: str, *, verified: bool) -> SocialLogin:
    account = SocialAccount(provider="entra", uid="u-1")
    return SocialLogin(
        user=User(), account=account, email_addresses=[EmailAddress(email=mail, verified=verified)]
    )


@pytest.mark.parametrize(("mail", "verified"), [("yamada@example.jp", False), ("other@example.jp", True)])
def test_an_unverified_or_unknown_address_is_refused(yamada: Account, mail: str, verified: bool) -> None:
    with pytest.raises(ImmediateHttpResponse):
        SocialAdapter().pre_social_login(asked(), login(mail, verified=verified))
    assert not SocialAccount.objects.exists()


def test_nobody_is_registered_by_a_provider(db: None) -> None:
    assert SocialAdapter().is_open_for_signup(asked(), login("new@example.jp", verified=True)) is False


ROUND_TRIP = """
import sys
from urllib.parse import urlsplit
import django
django.setup()
import requests
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from sakimori.kernel.ledger.models import Entry
from sakimori.kernel.signin.tests.conftest import account_of, person
call_command("migrate", verbosity=0)
account = account_of(person("山田 太郎", "ヤマダ タロウ", "E1001", "yamada@example.jp"))
account.second_factor_demanded = True
account.must_change = False
account.save()
for who in ("u-1", "u-2"):
    client = Client(headers={"host": "localhost"})
    led = client.post(reverse("openid_connect_login", args=["company"]))
    answer = requests.post(led["Location"], data={"sub": who}, allow_redirects=False, timeout=20)
    back = urlsplit(answer.headers["Location"])
    assert back.path == reverse("openid_connect_callback", args=["company"]), back
    client.get(f"{back.path}?{back.query}")
    print(who, "_auth_user_id" in client.session, client.get("/").headers.get("Location", "in"))
    stolen = Client(headers={"host": "localhost"})
    stolen.get(f"{back.path}?{back.query}")
    assert "_auth_user_id" not in stolen.session
"""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("asks", "led"), [("true", "in"), ("false", "/signin/setup/")])
def test_one_signs_in_by_a_real_provider_and_its_second_factor_counts_if_the_file_says_so(
    asks: str, led: str, tmp_path: Path
) -> None:
    known = {"email": "yamada@example.jp", "email_verified": True}
    people = [
        Somebody(sub="u-1", claims=known),
        Somebody(sub="u-2", claims=known | {"email": "other@example.jp"}),
    ]
    with run_server_in_thread(user_claims=people) as server:
        text = (
            "providers:\n  - {id: company, title: 社内ID, kind: oidc, client: abc, secret_file: SECRET,"
            f' second_factor: {asks}, server: "http://localhost:{server.server_port}"}}\n'
        )
        run = subprocess.run(
            [sys.executable, "-c", ROUND_TRIP],
            env=surroundings(tmp_path, text),
            capture_output=True,
            text=True,
        )
    assert run.stdout.split("\n")[:2] == [f"u-1 True {led}", "u-2 False /signin/"], run.stderr[-2000:]

"""The settings: one typed table. docs/settings.md is generated from it.

What is needed before there is a database comes from the environment (``NEWSREEL_…``) alone. All else, marked Changeable,
can also be changed in the portal: the archive keeps those values, and the environment overrules them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from newsreel.core.errors import Misconfigured
from newsreel.core.rsshub import checked_instance

PREFIX = "NEWSREEL_"
Group = Literal["portal", "people", "mail", "sign_on", "crawl", "evidence"]


@dataclass(frozen=True, slots=True)
class Changeable:
    """Marks a setting that the portal may change, in a group of its page. A ``secret`` is never shown again; one that is
    read at the start only takes effect at the next ``restart``.
    """

    group: Group
    secret: bool = False
    restart: bool = False


ROOT_HOME = Path("/var/lib/newsreel")


def default_home() -> Path:
    """The data folder: for root /var/lib/newsreel, else the user's data folder as platformdirs says."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return ROOT_HOME
    return Path(platformdirs.user_data_dir("newsreel", appauthor=False))


class Settings(BaseSettings):
    """Every setting with its type, default and meaning."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    home: Path = Field(
        default_factory=default_home,
        description="Data folder: the database, the evidence (WARC), the keys. For root /var/lib/newsreel, else the user's data folder.",
    )
    database_url: str = Field(
        "",
        description="A PostgreSQL server of your own (15 or newer, with pgvector): "
        "postgresql://user:password@host:port/name. Empty: the embedded server in the data folder.",
    )
    port: int = Field(8000, ge=1, le=65535, description="The portal's port on loopback.")
    listen: str = Field(
        "127.0.0.1",
        description="The address on which the portal listens. Other machines reach it by 0.0.0.0 (or one address of this machine); "
        "set NEWSREEL_URL too.",
    )
    url: str = Field(
        "",
        description="The portal's address as its readers type it, as https://news.example.org: all links in mails and to single "
        "sign-on are made from it, hubs (WebSub) push to it where it is public, and no other name is answered (but this machine's own). "
        "With https cookies are sent over TLS only. Empty: this machine only.",
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Addresses of proxies in front of the portal, separated by commas: only they are believed when they say "
        "who a reader is (X-Forwarded-For).",
    )
    hsts: int = Field(
        0,
        ge=0,
        description="For how many seconds browsers are told to use https only (HSTS), where NEWSREEL_URL is https. 0: they are not.",
    )
    members_only: Annotated[bool, Changeable("people")] = Field(
        False, description="Whether the portal is for people with an account only."
    )
    registration: Annotated[Literal["open", "invitation", "closed"], Changeable("people")] = Field(
        "open", description="Who may register: open (everybody), invitation, or closed."
    )
    captcha: Annotated[Literal["always", "after_failures"], Changeable("people")] = Field(
        "always",
        description="When a login asks for a captcha: always, or after_failures (of the account or the reader). Registration always does.",
    )
    second_factor: Annotated[Literal["optional", "administrators", "everybody"], Changeable("people")] = Field(
        "optional",
        description="Who must have a second factor (an authenticator app or a passkey): optional, administrators, or everybody.",
    )
    smtp: Annotated[str, Changeable("mail", secret=True)] = Field(
        "",
        description="The mail server: smtp://user:password@host:587 (STARTTLS where it is offered) or smtps://…:465. "
        "Empty: mails are not sent; a portal on this machine writes their links to its log.",
    )
    mail_from: Annotated[str, Changeable("mail")] = Field(
        "", description="The sender of mails. Empty: newsreel@ and the portal's host."
    )
    oidc_url: Annotated[str, Changeable("sign_on")] = Field(
        "",
        description="Single sign-on by OpenID Connect: the provider's address (its /.well-known/openid-configuration is read). "
        "Empty: none.",
    )
    oidc_client: Annotated[str, Changeable("sign_on")] = Field(
        "",
        description="The client ID that the provider knows this portal by; the redirect address to tell it is "
        "/account/sign-on/sso/login/callback/ below NEWSREEL_URL.",
    )
    oidc_secret: Annotated[str, Changeable("sign_on", secret=True)] = Field("", description="The client secret.")
    oidc_name: Annotated[str, Changeable("sign_on")] = Field(
        "", description="What the provider is called on the login page."
    )
    name: Annotated[str, Changeable("portal")] = Field(
        "Newsreel 环球要闻", min_length=1, max_length=80, description="The portal's name, as readers see it."
    )
    language: Annotated[Literal["zh-hans", "en"], Changeable("portal")] = Field(
        "zh-hans", description="The language of the pages until a reader chooses: zh-hans or en."
    )
    time_zone: Annotated[str, Changeable("portal")] = Field(
        "Asia/Shanghai", description="The zone of the times shown until the reader's browser has told its own."
    )
    proxy: str = Field(
        "",
        description="An HTTP proxy for everything that goes out: http://host:port. It is trusted with the look-up of names.",
    )
    ca_file: Path | None = Field(
        None, description="A PEM file of certificate authorities to trust besides the system's."
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Exceptions to the rule that nothing is fetched from private or special addresses or unusual ports: "
        "host:port, separated by commas.",
    )
    contact: Annotated[str, Changeable("crawl")] = Field(
        "",
        description="An address (mail or page) put in the User-Agent, so that a publisher can reach whoever runs this installation.",
    )
    crawl_gap: Annotated[float, Changeable("crawl")] = Field(
        1.0, ge=0, le=3600, description="Seconds between two requests to one host."
    )
    crawl_hosts: Annotated[int, Changeable("crawl")] = Field(
        64,
        ge=1,
        le=500,
        description="Hosts read at the same time by one worker. Those that let it wait are not counted: of them four times as many "
        "may be waited for.",
    )
    crawl_interval: Annotated[int, Changeable("crawl")] = Field(
        900,
        ge=1,
        le=86400,
        description="Seconds between two looks at a channel, at the start; it adapts to how often the channel brings news, between "
        "five minutes and a day. A start below five minutes moves both ends down by as much.",
    )
    rsshub: Annotated[str, Changeable("crawl")] = Field(
        "",
        description="The RSSHub instance that is asked for addresses as rsshub://namespace/route, as https://rsshub.example.org. "
        "One on a private address or an unusual port must be in NEWSREEL_ALLOWED_HOSTS too. Empty: such addresses are not read.",
    )
    site_rules: Path | None = Field(
        None,
        description="A file of rules of your own for sites that the extraction reads badly (TOML, as "
        "src/newsreel/sources/site_rules.toml is). It is read at the start.",
    )
    snapshot_days: Annotated[int, Changeable("evidence")] = Field(
        0, ge=0, description="Days for which the responses as fetched (WARC) are kept. 0: for ever."
    )
    article_days: Annotated[int, Changeable("evidence")] = Field(
        0,
        ge=0,
        description="Days for which articles are kept, with their earlier texts and their evidence, from when they were first seen. "
        "An address that a channel still names is not read anew. 0: for ever.",
    )
    picture_cache: Annotated[int, Changeable("evidence", restart=True)] = Field(
        256,
        ge=0,
        le=1_000_000,
        description="Megabytes of the data folder for pictures that the portal has fetched for its readers; the oldest go first.",
    )
    sample: Literal["auto", "never"] = Field(
        "auto",
        description="Whether the sample press is opened by itself at a first start without a network: auto or never.",
    )
    secret_key: str = Field(
        "", description="Signs cookies. Empty: made at the first start and kept in the data folder."
    )

    @property
    def sender(self) -> str:
        """The sender of mails."""
        host = urlsplit(self.url).hostname or "localhost"
        return self.mail_from or f"newsreel@{host}"

    @property
    def address(self) -> str:
        """The portal's own address for links, without a closing slash."""
        return self.url or f"http://localhost:{self.port}"

    @field_validator("allowed_hosts", "trusted_proxies", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().lower() for part in value.split(",") if part.strip())
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("is not a time zone of the IANA database, as Asia/Shanghai is")
        return value

    @field_validator("listen")
    @classmethod
    def _ip_address(cls, value: str) -> str:
        return str(ip_address(value.strip("[]")))

    @field_validator("url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        value = value.rstrip("/")
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query):
            raise ValueError("is not an address as https://news.example.org is")
        return value

    @field_validator("rsshub")
    @classmethod
    def _instance(cls, value: str) -> str:
        return checked_instance(value)

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()


def read_settings() -> Settings:
    """The settings as the environment has them now. Misconfigured, in one line, where a value cannot be read."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        message = str(first["msg"]).removeprefix("Value error, ")
        raise Misconfigured("bad_setting", f"{name}: {message} (it is {str(first['input'])[:80]!r}).") from None


def changeable() -> dict[str, Changeable]:
    """The settings that the portal may change, in the table's order."""
    marks = (
        (name, next((mark for mark in field.metadata if isinstance(mark, Changeable)), None))
        for name, field in Settings.model_fields.items()
    )
    return {name: mark for name, mark in marks if mark is not None}


_own: Settings | None = None  # the environment's and the defaults
_current: Settings | None = None  # with what was changed in the portal


def own_settings() -> Settings:
    """The settings of this process without what was changed in the portal. ``model_fields_set`` names those that the
    environment (or the start-up) has set.
    """
    global _own
    if _own is None:
        _own = read_settings()
    return _own


def settings() -> Settings:
    """The settings of this process as they hold now."""
    return _current or own_settings()


def use(chosen: Settings) -> None:
    """Puts other settings in place for this process: the start-up fills in the address of the embedded database."""
    global _own, _current
    _own, _current = chosen, None


def overlay(values: Mapping[str, Any]) -> bool:
    """Puts what was changed in the portal (valid values, by name) where the environment says nothing; whether anything is
    different then. Readers in other threads see the old settings or the new ones, never a mixture.
    """
    global _current
    own, before = own_settings(), settings()
    free = {name: values[name] for name in changeable() if name in values and name not in own.model_fields_set}
    merged = own.model_copy(update=free)
    # A copy counts as set what it was given: it is still not the environment that says so.
    object.__setattr__(merged, "__pydantic_fields_set__", set(own.model_fields_set))
    if merged == before:
        return False
    _current = merged
    return True

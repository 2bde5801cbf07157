"""Settings changed in the portal: by the rules of the table, the environment overruling, secrets never shown."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from newsreel.accounts.models import AuditEntry
from newsreel.archive import preferences
from newsreel.archive.models import Change, Preference
from newsreel.core import settings as ours
from newsreel.core.errors import Permanent
from newsreel.core.settings import Settings, changeable
from newsreel.portal.administration import setting_words
from tests.administration.four import Four, sign_in

pytestmark = pytest.mark.django_db
FIXED = {
    "home", "database_url", "port", "listen", "url", "trusted_proxies", "hsts", "proxy", "ca_file", "allowed_hosts",
    "sample", "secret_key",
}  # fmt: skip


def change(client: Client, group: str, **values: str) -> int:
    return client.post(f"/administration/settings/change/{group}/", values).status_code


def page(client: Client) -> str:
    return client.get("/administration/settings/").content.decode()


def test_what_is_needed_before_the_database_is_not_changeable() -> None:
    assert FIXED & set(changeable()) == set()
    assert FIXED | set(changeable()) >= {"name", "crawl_gap", "oidc_secret"}


@pytest.mark.parametrize("name", list(changeable()))
def test_every_setting_has_words(name: str) -> None:
    label, help_ = setting_words.of(name)
    assert label != name
    assert help_
    assert setting_words.group(changeable()[name].group) != changeable()[name].group


def test_a_setting_is_changed_and_holds_at_once(four: Four) -> None:
    assert change(four.charlie, "portal", name="Meridian", language="en", time_zone="Europe/Paris") == 302
    assert ours.settings().name == "Meridian"
    front = Client(HTTP_HOST="localhost").get("/").content.decode()
    assert 'lang="en"' in front
    assert "Meridian" in front
    assert {line.about: line.details for line in AuditEntry.objects.all()} == {
        "name": {"before": "Newsreel 环球要闻", "after": "Meridian"},
        "language": {"before": "zh-hans", "after": "en"},
        "time_zone": {"before": "Asia/Shanghai", "after": "Europe/Paris"},
    }
    assert Change.objects.filter(kind=preferences.KIND).exists()


def test_what_is_not_changed_leaves_no_line(four: Four) -> None:
    own = ours.settings()
    change(four.charlie, "crawl", crawl_gap=f"{own.crawl_gap:g}", crawl_hosts="64", crawl_interval="900", contact="")
    assert not AuditEntry.objects.exists()
    assert not Preference.objects.exists()


@pytest.mark.parametrize(
    ("group", "name", "value", "said"),
    [
        ("crawl", "crawl_hosts", "0", "It must be at least 1."),
        ("crawl", "crawl_hosts", "501", "It must be at most 500."),
        ("crawl", "crawl_hosts", "many", "It must be a whole number."),
        ("crawl", "crawl_gap", "slow", "It must be a number."),
        ("crawl", "crawl_gap", "nan", "It must be"),
        ("portal", "name", "", "It must not be empty."),
        ("portal", "name", "x" * 81, "It must have at most 80 characters."),
        ("portal", "name", "a\u202eb", "signs that cannot be seen"),
        ("portal", "language", "tlh", "one of the values"),
        ("portal", "time_zone", "Moon/Base", "This value is not taken"),
        ("people", "members_only", "perhaps", "yes or no"),
        ("mail", "smtp", "mail.news.test", "an address that begins with smtp://"),
        ("mail", "smtp", "smtp://mail.news.test:99999", "an address that begins with smtp://"),
        ("sign_on", "oidc_url", "javascript:alert(1)", "an address that begins with https://"),
        ("evidence", "snapshot_days", "-1", "It must be at least 0."),
    ],
)
def test_a_value_that_is_not_taken_is_told(group: str, name: str, value: str, said: str, four: Four) -> None:
    answer = four.charlie.post(f"/administration/settings/change/{group}/", {name: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Preference.objects.exists()
    assert getattr(ours.settings(), name) == Settings.model_fields[name].default


def test_a_group_is_kept_whole_or_not_at_all(four: Four) -> None:
    assert change(four.charlie, "crawl", crawl_gap="2", crawl_hosts="0") == 422
    assert not Preference.objects.exists()
    assert not AuditEntry.objects.exists()
    assert ours.settings().crawl_gap == 1.0


def test_the_environment_overrules(four: Four) -> None:
    ours.use(Settings(crawl_gap=0.5))
    Preference.objects.create(name="crawl_gap", value=7.0)
    preferences.take_up()
    assert ours.settings().crawl_gap == 0.5
    assert change(four.charlie, "crawl", crawl_gap="9") == 422
    assert "Given by the environment (NEWSREEL_CRAWL_GAP)." in page(four.charlie)


def test_back_to_the_default(four: Four) -> None:
    change(four.charlie, "crawl", crawl_gap="3")
    assert "Changed here." in page(four.charlie)
    four.charlie.post("/administration/settings/reset/crawl_gap/")
    assert ours.settings().crawl_gap == 1.0
    assert [line.act for line in AuditEntry.objects.order_by("pk")] == ["setting_changed", "setting_reset"]


def test_secrets_are_written_and_never_shown(four: Four) -> None:
    change(four.charlie, "mail", smtp="smtp://post:s3cret-word@mail.news.test:587", mail_from="")
    change(four.charlie, "sign_on", oidc_secret="an0ther-secret", oidc_url="", oidc_client="", oidc_name="")
    shown = page(four.charlie)
    assert "s3cret-word" not in shown
    assert "an0ther-secret" not in shown
    assert "smtp://mail.news.test:587" in shown
    assert all("secret" not in str(line.details) for line in AuditEntry.objects.all())
    change(four.charlie, "mail", smtp="", mail_from="desk@news.test")
    assert ours.settings().smtp == "smtp://post:s3cret-word@mail.news.test:587"
    assert ours.settings().mail_from == "desk@news.test"
    four.charlie.post("/administration/settings/reset/smtp/")
    assert ours.settings().smtp == ""


def test_without_the_password_nothing_is_kept_meanwhile(four: Four, named: object) -> None:
    charlie = sign_in(named("charlie"), lately=False)  # type: ignore[operator]
    answer = charlie.post("/administration/settings/change/mail/", {"smtp": "smtp://a:s3cret-word@b.test"})
    assert answer.headers["Location"].startswith("/account/reauthenticate/")
    assert "s3cret-word" not in str(dict(charlie.session))
    assert not Preference.objects.exists()


@pytest.mark.parametrize("name", ["secret_key", "database_url", "nothing"])
def test_other_names_are_no_settings(name: str, four: Four) -> None:
    with pytest.raises(Permanent):
        preferences.write(name, "x")
    assert four.charlie.post(f"/administration/settings/reset/{name}/").status_code == 404
    assert change(four.charlie, "nothing", **{name: "x"}) == 404
    assert change(four.charlie, "crawl", **{name: "x"}) == 302
    assert not Preference.objects.exists()


def test_what_another_version_has_kept_is_left_out() -> None:
    for name, value in (("crawl_hosts", 0), ("unheard_of", 1), ("crawl_gap", [1]), ("name", "Meridian")):
        Preference.objects.create(name=name, value=value)
    preferences.take_up()
    assert (ours.settings().crawl_hosts, ours.settings().crawl_gap, ours.settings().name) == (64, 1.0, "Meridian")


def test_every_field_has_its_label(four: Four) -> None:
    shown = page(four.charlie)
    for name in changeable():
        assert f'<label for="set-{name}">' in shown
        assert re.search(rf'<(?:input|select) id="set-{name}" name="{name}"', shown)

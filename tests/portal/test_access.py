from __future__ import annotations

from django.urls import URLResolver, path
from django.urls.resolvers import RegexPattern

from newsreel.portal import access
from newsreel.portal.views import home


def test_every_address_has_a_rule_and_every_rule_an_address() -> None:
    assert set(access.route_names()) == set(access.RULES)
    assert access.check_access() == []


def test_an_address_without_a_rule_fails_the_check() -> None:
    resolver = URLResolver(RegexPattern(r"^/"), [path("new/", home, name="new"), path("nameless/", home)])
    names = set(access.route_names(resolver))
    assert names == {"new", "nameless/"}
    assert {error.id for error in access.errors_of(names)} == {"newsreel.E001", "newsreel.E002"}
    assert sum(error.id == "newsreel.E001" for error in access.errors_of(names)) == 2

"""Rules for odd sites: each of ours makes its recorded page better; a wrong file is one line that says where."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core import settings as ours
from newsreel.core.errors import Misconfigured
from newsreel.core.types import SiteRule
from newsreel.extraction import extract
from newsreel.sources import named_rule_for, rule_for
from newsreel.sources.site_rules import MAX_BYTES, NamedRule, read_rules, rules
from tests.shared import SHARED, needs_shared

GOOD = '["odd.test"]\ndrop = [".box"]\ntested_on = "a page"\nwhy = "It is odd."\n'


def _recorded(name: str) -> tuple[dict[str, object], bytes]:
    corpus, _, page = name.partition("/")
    folder = SHARED / "corpus" / corpus
    with (folder / "index.jsonl").open(encoding="utf-8") as lines:
        row = next(row for row in map(json.loads, lines) if row["id"] == page)
    return row, gzip.decompress((folder / row["html"]).read_bytes())


@needs_shared
@pytest.mark.parametrize("host", rules(None))
def test_a_rule_of_ours_makes_its_recorded_page_better(host: str) -> None:
    from benchmarks import unseen  # the stored model has seen these pages
    from benchmarks.extraction import overlap

    named = rules(None)[host]
    row, html = _recorded(named.tested_on)
    url = str(row["url"])
    assert named_rule_for(url) == named
    without, with_rule = unseen.extract(html, url), unseen.extract(html, url, rule=named.rule)
    before, after = (overlap(article.text, row["bodies"])[0] for article in (without, with_rule))  # type: ignore[arg-type]
    assert after > before + 0.01, f"{before:.3f} without the rule, {after:.3f} with it: is it still needed?"
    assert after > 0.98


def test_ours_are_few_and_say_why() -> None:
    known = rules(None)
    assert 0 < len(known) <= 10, "a rule is for an odd site only"
    assert all(len(named.why.split()) > 8 and named.why.endswith(".") for named in known.values())


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "rules.toml"
    before = ours.own_settings()
    ours.use(before.model_copy(update={"site_rules": file}))
    rules.cache_clear()
    yield file
    ours.use(before)
    rules.cache_clear()


def test_the_host_and_what_is_below_it(own: Path) -> None:
    own.write_text(
        '\ufeff["odd.test"]\ndrop = [".a"]\nwhy = "x"\ntested_on = "y"\n'
        '["news.odd.test"]\nkeep = ["article"]\ntitle = "h1"\ndate = "time"\nwhy = "x"\ntested_on = "y"\n',
        "utf-8",
    )
    assert rule_for("https://odd.test/a") == SiteRule(drop=(".a",))
    assert rule_for("http://www.ODD.test:8080/a") == SiteRule(drop=(".a",))
    assert rule_for("https://a.news.odd.test/") == SiteRule(keep=("article",), title="h1", date="time")
    for other in ("https://odder.test/", "https://test/", "https://notodd.test/", "odd.test", "", "http://[::1]/"):
        assert rule_for(other) is None


def test_a_file_of_ones_own_goes_before_ours(own: Path) -> None:
    own.write_text(GOOD.replace("odd.test", "chunichi.co.jp"), "utf-8")
    assert rule_for("https://www.chunichi.co.jp/article/1") == SiteRule(drop=(".box",))
    assert rule_for("https://eyethunews.co.za/1/") == rules(None)["eyethunews.co.za"].rule


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (GOOD + "\n[[", 6, "not valid TOML"),
        (GOOD + '["b.test"\n', 5, "not valid TOML"),
        (GOOD.replace('[".box"]', '[".box",\n "p["]'), 3, "'p[' is not a CSS selector"),
        (GOOD.replace("drop", 'title = "p:no-such"\ndrop'), 2, "'p:no-such' is not a CSS selector"),
        (GOOD + '["b.test"]\nkeep = [\'a[x=]\']\nwhy = "x"\ntested_on = "y"\n', 6, "is not a CSS selector"),
        (GOOD.replace("drop =", "hide ="), 2, "'hide' is not a part of a rule"),
        (GOOD.replace('[".box"]', '".box"'), 2, "drop must be a list of selectors"),
        (GOOD.replace('[".box"]', "[1]"), 2, "drop must be a list of selectors"),
        (GOOD.replace('"It is odd."', "1"), 4, "why must be a text"),
        (GOOD.replace('"It is odd."', '" "'), 1, "does not say why"),
        (GOOD.replace('tested_on = "a page"\n', ""), 1, "does not say tested_on"),
        (GOOD.replace('[".box"]', "[]"), 1, "selects nothing"),
        (GOOD.replace("odd.test", "https://odd.test/"), 1, "is not a host's name"),
        (GOOD.replace("odd.test", "Odd.test"), 1, "is not a host's name"),
        (GOOD.replace("odd.test", "odd.test:80"), 1, "is not a host's name"),
        ('rule = "x"\n', 1, "no table of selectors"),
    ],
)
def test_a_wrong_file_is_one_line_that_says_where(text: str, line: int, what: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        read_rules(text, "rules.toml")
    reason = caught.value.reason
    assert reason.startswith(f"rules.toml, line {line}: "), reason
    assert what in reason
    assert "\n" not in reason


def test_a_file_that_cannot_be_read_is_one_line(own: Path) -> None:
    for make, what in (
        (lambda: None, "No such file"),
        (lambda: own.write_bytes(GOOD.encode() + b"\n\xff"), "line 6: this is not UTF-8"),
        (lambda: own.write_bytes(b"#" * (MAX_BYTES + 1)), "larger than"),
    ):
        make()
        with pytest.raises(Misconfigured, match=what):
            rule_for("https://odd.test/")


_TOML = ['["', '"]\n', "[", "]", "keep", "drop", " = ", '"', "'", "p[", ".a", "\n", "a.test", "why", "{", "\\"]
_CSS = ["p", ">", ":has(", ":not(", ")", "[a", "=", '"', "]", ".b", "#c", ",", " ", "*", ":nth-child(2n+", "::", "\x00"]


def _read(text: str) -> dict[str, NamedRule] | str:
    """The rules, or the reason why there are none."""
    try:
        return read_rules(text, "rules.toml")
    except Misconfigured as error:
        return error.reason


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300) | st.lists(st.sampled_from(_TOML)).map("".join))
def test_any_text_is_rules_or_one_line(text: str) -> None:
    found = _read(text)
    if isinstance(found, str):
        assert found.startswith("rules.toml, line ")
        assert len(found.splitlines()) == 1
    else:
        assert all(isinstance(named.rule, SiteRule) for named in found.values())


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from(_CSS)).map("".join))
def test_any_selector_is_taken_or_named(selector: str) -> None:
    found = _read(f'["a.test"]\ndrop = [{json.dumps(selector)}]\nwhy = "x"\ntested_on = "y"\n')
    if isinstance(found, str):
        assert found.startswith("rules.toml, line 2: ")
    else:
        extract("<div><p class=b>Words of a page.</p></div>" * 3, "https://a.test/", rule=found["a.test"].rule)

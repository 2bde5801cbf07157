"""docs/settings.md says what the table of settings says."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsreel.core.settings import Settings
from newsreel.core.settings_page import main, page

WRITTEN = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def test_the_page_is_current() -> None:
    assert WRITTEN.read_text("utf-8") == page(), "run make docs"


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_described(name: str) -> None:
    description = Settings.model_fields[name].description
    assert description is not None
    assert description.endswith(".")
    assert f"## NEWSREEL_{name.upper()}\n\n{description}\n" in page()


def test_kinds_and_defaults_are_told() -> None:
    port = page().split("## NEWSREEL_PORT\n")[1].split("\n## ")[0]
    assert "- Kind: whole number, at least 1, at most 65535\n- Default: `8000`\n" in port
    language = page().split("## NEWSREEL_LANGUAGE\n")[1].split("\n## ")[0]
    assert "- Kind: `zh-hans` or `en`\n" in language
    hosts = page().split("## NEWSREEL_ALLOWED_HOSTS\n")[1].split("\n## ")[0]
    assert "- Kind: list, separated by commas\n- Default: empty\n" in hosts
    assert "- Kind: path\n" in page().split("## NEWSREEL_CA_FILE\n")[1]


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "settings.md")]) == 0
    assert (tmp_path / "settings.md").read_text("utf-8") == page()
    assert main([]) == 0
    assert capsys.readouterr().out == page()

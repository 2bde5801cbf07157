"""The README's pictures, taken of the real thing: ``python tools/screenshots.py [FOLDER]``.

Starts ``newsreel demo`` and, for the empty portal, ``newsreel run`` without a network, each in a temporary data folder on
a free port; waits until the sample press has been crawled and every article has its keywords; and writes PNGs to FOLDER
(docs/screenshots). Needs a Chromium (NEWSREEL_CHROMIUM names one). All that it starts ends with it.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Nothing but loopback, and nothing that a picture does not need.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK: ViewportSize = {"width": 1160, "height": 800}
TALL: ViewportSize = {"width": 1160, "height": 2250}  # a whole article with what stands below it
PHONE: ViewportSize = {"width": 390, "height": 780}
CLOSED = "http://127.0.0.1:1"  # a proxy that refuses: as without a network
LEAST_ARTICLES = 80
PATIENCE = 120.0  # seconds; 15 on an idle machine of two cores
# Of a picture: its pixels, as the browser that drew it reads them.
PIXELS = """async data => {
  const image = await createImageBitmap(await (await fetch("data:image/png;base64," + data)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const bytes = new Uint8Array(pen.getImageData(0, 0, image.width, image.height).data.buffer), parts = [];
  for (let at = 0; at < bytes.length; at += 32768) parts.push(String.fromCharCode(...bytes.subarray(at, at + 32768)));
  return [image.width, image.height, btoa(parts.join(""))];
}"""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture. ``path``: the page, or 'foreign' or 'chinese' for an article that shows most of what a page can be."""

    name: str
    path: str
    language: Literal["zh-hans", "en"]
    size: ViewportSize
    scheme: Literal["light", "dark"] = "light"


SAMPLE = (
    Shot("front-desk-zh", "/", "zh-hans", DESK),
    Shot("front-desk-en", "/", "en", DESK),
    Shot("front-desk-dark", "/", "zh-hans", DESK, "dark"),
    Shot("front-phone-zh", "/", "zh-hans", PHONE),
    Shot("front-phone-en-dark", "/", "en", PHONE, "dark"),
    Shot("article-desk-zh", "foreign", "zh-hans", TALL),
    Shot("article-desk-en", "foreign", "en", DESK),
    Shot("article-desk-dark", "foreign", "zh-hans", DESK, "dark"),
    Shot("article-phone-zh", "chinese", "zh-hans", PHONE),
    Shot("article-phone-en-dark", "foreign", "en", PHONE, "dark"),
)
EMPTY = (
    Shot("empty-desk-zh", "/", "zh-hans", DESK),
    Shot("empty-desk-en", "/", "en", DESK),
)


def main(arguments: Sequence[str]) -> int:
    """Takes all pictures; the exit code."""
    folder = Path(arguments[0]) if arguments else FOLDER
    program = os.environ.get("NEWSREEL_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        print("No Chromium on this machine: install Debian's chromium, or name one in NEWSREEL_CHROMIUM.")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        with _running("demo") as (address, home):
            _wait_for_articles(home / "sample")
            articles = _choose_articles(browser, address)
            for shot in SAMPLE:
                _take(browser, address + articles.get(shot.path, shot.path), shot, folder)
        with _running("run", NEWSREEL_SAMPLE="never", NEWSREEL_PROXY=CLOSED) as (address, _):
            for shot in EMPTY:
                _take(browser, address + shot.path, shot, folder)
        browser.close()
    return 0


@contextmanager
def _running(command: str, **settings: str) -> Iterator[tuple[str, Path]]:
    """``newsreel COMMAND`` with a temporary data folder, once its portal answers: its address and that folder."""
    with tempfile.TemporaryDirectory(prefix="newsreel-pictures-") as name:
        home = Path(name)
        if os.geteuid() == 0:
            home.chmod(0o755)  # the database's unprivileged user has to enter it
        port = _free_port()
        environment = _environment(home) | {"NEWSREEL_PORT": str(port)} | settings
        process = subprocess.Popen([sys.executable, "-m", "newsreel", command], env=environment)
        try:
            _wait(lambda: _is_open(port), f"newsreel {command}")
            yield f"http://localhost:{port}", home
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSREEL_")}
    return kept | {"NEWSREEL_HOME": str(home)}


def _wait_for_articles(home: Path) -> None:
    """Until the sample's crawl has brought its articles and each has its keywords."""

    def complete() -> bool:
        done = subprocess.run(
            [sys.executable, "-m", "newsreel", "export"], env=_environment(home), capture_output=True, check=True
        )
        articles: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
        return len(articles) >= LEAST_ARTICLES and all(article["keywords"] for article in articles)

    _wait(complete, "the crawl of the sample press", pause=1.0)


def _choose_articles(browser: Browser, address: str) -> dict[str, str]:
    """The paths of an English and of a Chinese article: those with most headings and quotations."""
    page = browser.new_page()
    found: dict[str, list[str]] = {"foreign": [], "chinese": []}
    page.goto(address)
    while True:
        for kind, language in (("foreign", "en"), ("chinese", "zh-Hans")):
            links = page.locator(f'.items h2 a[lang="{language}"]').all()
            found[kind] += [str(link.get_attribute("href")) for link in links]
        older = page.locator('.pager a[rel="next"]')
        if not older.count():
            break
        older.click()
    chosen = {kind: max(paths, key=lambda path: _richness(page, address + path)) for kind, paths in found.items()}
    page.close()
    return chosen


def _richness(page: Page, address: str) -> tuple[int, int]:
    page.goto(address)
    heading, quote = (page.locator(f"#body {tag}").count() for tag in ("h2, h3", "blockquote"))
    return bool(heading) + bool(quote), heading + quote


def _take(browser: Browser, address: str, shot: Shot, folder: Path) -> None:
    context = browser.new_context(
        viewport=shot.size,
        color_scheme=shot.scheme,
        timezone_id="Asia/Shanghai",
        locale="zh-CN" if shot.language == "zh-hans" else "en-GB",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address)
    if shot.language == "en":
        page.locator('button[name="language"][value="en"]').click()
    page.wait_for_selector("#live-state.on")
    page.evaluate("document.fonts.ready")
    page.locator("#doing > .busy").wait_for(state="detached")
    page.wait_for_timeout(300)
    picture = page.screenshot()
    context.close()
    (folder / f"{shot.name}.png").write_bytes(_small(browser, picture))
    print(f"{shot.name}.png: {(folder / f'{shot.name}.png').stat().st_size // 1024} KB", flush=True)


def _small(browser: Browser, picture: bytes) -> bytes:
    """The same PNG in at most 256 colours: two fifths of the size, and no difference that a reader sees."""
    page = browser.new_page()
    width, height, encoded = page.evaluate(PIXELS, base64.b64encode(picture).decode())
    page.close()
    pixels = np.frombuffer(base64.b64decode(encoded), np.uint8).reshape(height * width, 4)[:, :3].astype(np.uint32)
    codes, where = _few_colours(pixels @ np.array([1 << 16, 1 << 8, 1], np.uint32))
    palette = np.stack([codes >> 16 & 255, codes >> 8 & 255, codes & 255], axis=1).astype(np.uint8)
    rows = np.zeros((height, width + 1), np.uint8)
    rows[:, 1:] = where.reshape(height, width)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    )
    chunks = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _few_colours(pixels: Any) -> tuple[Any, Any]:
    """At most 256 colours that stand for all, and each pixel's place among them. Of colours that are near to each other the
    most frequent stands for the others, so that paper and ink stay exactly what they are.
    """
    codes, where, counts = np.unique(pixels, return_inverse=True, return_counts=True)
    often = np.argsort(-counts, kind="stable")
    for bits in range(8):
        mask = (255 >> bits << bits) * 0x10101
        _, first, place = np.unique(codes[often] & mask, return_index=True, return_inverse=True)
        if len(first) <= 256:
            places = np.empty(len(codes), np.uint8)
            places[often] = place
            return codes[often][first], places[where]
    raise AssertionError("eight colours are fewer than 256")


def _wait(true: Any, what: str, pause: float = 0.1) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} took longer than {PATIENCE:.0f} seconds.")
        time.sleep(pause)


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Sending with real rows, a real mail server and real workers: each letter once, and what cannot be sent says why."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.db.models.functions import Now

from newsreel.archive.models import Letter
from newsreel.core.settings import Settings
from newsreel.pipeline.sending import BATCH, send_due
from tests.mailbox import Mailbox, mailbox

Open = Callable[..., AbstractAsyncContextManager[Any]]
LINK = "http://localhost:8000/account/confirm-email/MQ:abc/"


def write(count: int = 1, **columns: Any) -> None:
    Letter.objects.bulk_create(
        Letter(**{"recipient": f"r{n}@reader.test", "subject": f"s{n}", "text": f"您好！\n\n{LINK}\n"} | columns)
        for n in range(count)
    )


async def db(work: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Work on the database in a thread, whose connection ends with it."""

    def run() -> Any:
        try:
            return work(*arguments, **options)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


def states() -> list[tuple[str, str, str]]:
    return list(Letter.objects.order_by("pk").values_list("state", "outcome", "text"))


def ask_again() -> None:
    Letter.objects.update(next_due_at=Now() - timedelta(seconds=1))


def chosen(**more: Any) -> Settings:
    return Settings(**{"url": "https://news.test"} | more)


async def all_of(shop: Any, settings: Settings) -> int:
    done = 0
    while batch := await send_due(shop, settings):
        done += batch
    return done


async def test_each_letter_once_with_two_workers_at_once(open_shop: Open) -> None:
    await db(write, 3 * BATCH)
    with mailbox() as box:
        settings = chosen(smtp=f"smtp://127.0.0.1:{box.port}")
        async with open_shop() as one, open_shop() as other:
            counts = await asyncio.gather(all_of(one, settings), all_of(other, settings))
    assert sum(counts) == 3 * BATCH
    assert min(counts) > 0
    assert sorted(box.recipients) == sorted(f"r{n}@reader.test" for n in range(3 * BATCH))
    assert box.connections == 3  # one for a batch
    assert set(await db(states)) == {("sent", "sent", "")}


async def test_every_answer_has_its_row(open_shop: Open) -> None:
    await db(write, 4)
    box = Mailbox()
    box.refusals = {"r0@reader.test": ["550 no"], "r1@reader.test": ["450 later"]}
    await db(Letter.objects.filter(recipient="r2@reader.test").update, recipient="none")
    with mailbox(box):
        settings = chosen(smtp=f"smtp://127.0.0.1:{box.port}")
        async with open_shop() as shop:
            assert await all_of(shop, settings) == 4
            found = await db(states)
            assert [row[:2] for row in found] == [
                ("failed", "recipient_refused"), ("waiting", "mail_deferred"), ("failed", "bad_recipient"), ("sent", "sent"),
            ]  # fmt: skip
            assert [bool(row[2]) for row in found] == [False, True, False, False]
            await db(ask_again)
            assert await all_of(shop, settings) == 1
    assert box.recipients == ["r3@reader.test", "r1@reader.test"]


async def test_a_server_that_is_away_costs_one_try_a_batch(open_shop: Open, caplog: pytest.LogCaptureFixture) -> None:
    await db(write, 3)
    box = Mailbox()
    settings = chosen(smtp=f"smtp://127.0.0.1:{box.port}")
    async with open_shop() as shop:
        assert await all_of(shop, settings) == 3
        assert {row[:2] for row in await db(states)} == {("waiting", "mail_server_away")}
        with mailbox(box):
            await db(ask_again)
            assert await all_of(shop, settings) == 3
    assert len(box.letters) == 3
    logged = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert logged == ["Mail is not sent: 127.0.0.1 cannot be reached, or broke off."]


async def test_a_server_killed_between_two_letters(open_shop: Open) -> None:
    await db(write, 6)
    box = Mailbox()
    box.refusals["vanish"] = []
    settings = chosen(smtp=f"smtp://127.0.0.1:{box.port}")
    with mailbox(box):
        async with open_shop() as shop:
            await all_of(shop, settings)
            await db(ask_again)
            await all_of(shop, settings)
    assert set(await db(states)) == {("sent", "sent", "")}
    # The first was taken, but its answer was lost: it came twice, as the same message.
    assert len(box.letters) == 7
    assert len({letter["Message-ID"] for letter in box.letters}) == 6
    assert box.letters[0]["Message-ID"] == box.letters[1]["Message-ID"]


@pytest.mark.parametrize(("smtp", "outcome"), [("", "no_mail_server"), ("nonsense", "bad_mail_server")])
async def test_without_a_server_letters_wait(
    open_shop: Open, smtp: str, outcome: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await db(write, 2)
    async with open_shop() as shop:
        assert await all_of(shop, chosen(smtp=smtp)) == 2
    assert {row[:2] for row in await db(states)} == {("waiting", outcome)}
    assert capsys.readouterr().out == ""


async def test_on_this_machine_the_link_is_printed_and_nothing_else(
    open_shop: Open, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    await db(write)
    await db(write, text="您的密码已更改。\n\n-- \n环球要闻\nhttp://localhost:8000\n", subject="密码\n已更改")
    async with open_shop() as shop:
        assert await all_of(shop, chosen(url="")) == 2
    assert capsys.readouterr().out.splitlines() == [
        f"Newsreel: a mail for r0@… would say: {LINK}",
        "Newsreel: a mail for r0@… would say: 密码 已更改",
    ]
    assert await db(states) == [("sent", "printed", "")] * 2
    assert "reader.test" not in caplog.text
    assert "confirm" not in caplog.text


async def test_a_worker_told_to_stop_brings_the_letter_in_hand_to_its_end(open_shop: Open) -> None:
    await db(write, 50)
    with mailbox() as box:
        settings = chosen(smtp=f"smtp://127.0.0.1:{box.port}")
        async with open_shop() as shop:
            sending = asyncio.create_task(all_of(shop, settings))
            while not box.letters:  # noqa: ASYNC110 - the server is in another thread
                await asyncio.sleep(0.005)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
        sent = [row for row in await db(states) if row[0] == "sent"]
        assert len(sent) == len(box.letters) < 50
        async with open_shop() as shop:  # what the stopped one had claimed is free at once
            await all_of(shop, settings)
    assert len(box.letters) == 50


async def test_the_bell_of_letters(transactional_db: None) -> None:
    from newsreel.pipeline import jobs

    assert await db(jobs._due_bells) == []
    await db(write)
    assert await db(jobs._due_bells) == ["send"]

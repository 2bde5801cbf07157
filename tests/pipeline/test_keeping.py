"""A round of housekeeping: by a clock that is believed what is old goes, by another nothing that is missed later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from newsreel.archive.housekeeping import AGREEMENT
from newsreel.archive.models import Article, Change, Keyword, Rounds
from newsreel.pipeline.keeping import keep
from tests.archive import making
from tests.pipeline.conftest import Open

NOW = datetime.now(UTC)
OLD = NOW - timedelta(days=400)


def old() -> None:
    making.store(making.a_channel(), "https://news.test/old", at=OLD)
    Article.objects.update(changed_at=OLD)
    Change.objects.update(at=OLD)
    Keyword.objects.create(key="nobody's", text="nobody's")


def seen(ago: timedelta) -> None:
    Rounds.objects.update_or_create(pk=1, defaults={"seen_at": NOW - ago, "agreed": AGREEMENT})


def counts() -> tuple[int, int, int]:
    return Article.objects.count(), Change.objects.count(), Keyword.objects.count()


async def test_only_a_clock_that_is_believed_removes_what_is_old(open_shop: Open) -> None:
    async with open_shop() as shop:
        await shop.db(old)
        before = await shop.db(counts)
        shop.settings = shop.settings.model_copy(update={"article_days": 365})
        await keep(shop)  # the first look at the clock
        assert await shop.db(counts) == before
        await shop.db(seen, timedelta(days=365))  # it has jumped
        await keep(shop)
        assert await shop.db(counts) == before
        shop.settings = shop.settings.model_copy(update={"article_days": 0})
        await shop.db(seen, timedelta(hours=1))
        await keep(shop)
        assert await shop.db(counts) == (before[0], 0, 0)
        shop.settings = shop.settings.model_copy(update={"article_days": 365})
        await shop.db(seen, timedelta(hours=1))
        await keep(shop)
        assert await shop.db(counts) == (0, 1, 0)  # the change log says 'removed'

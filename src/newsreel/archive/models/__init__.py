"""What the archive holds.

A step's truth is a state on a row: ``Channel.next_due_at`` and ``Lead.next_due_at`` say what is to be fetched,
``Article.state`` what is to be enriched. A host's lease says who may speak to it; nothing else is locked.
"""

from __future__ import annotations

from newsreel.archive.models.articles import Article, ArticleKeyword, ArticleTopic, Keyword, Revision, Snapshot
from newsreel.archive.models.fronts import SitePatterns
from newsreel.archive.models.health import CollectionGap, Heartbeat, ReadingDay, SourceHealth
from newsreel.archive.models.house import Change, Letter, Preference, SiteMemory
from newsreel.archive.models.keeping import Rounds
from newsreel.archive.models.subscriptions import Subscription
from newsreel.archive.models.watching import AddRequest, Channel, Host, Lead, Source
from newsreel.archive.models.workers import Worker

__all__ = [
    "AddRequest",
    "Article",
    "ArticleKeyword",
    "ArticleTopic",
    "Change",
    "Channel",
    "CollectionGap",
    "Heartbeat",
    "Host",
    "Keyword",
    "Lead",
    "Letter",
    "Preference",
    "ReadingDay",
    "Revision",
    "Rounds",
    "SiteMemory",
    "SitePatterns",
    "Snapshot",
    "Source",
    "SourceHealth",
    "Subscription",
    "Worker",
]

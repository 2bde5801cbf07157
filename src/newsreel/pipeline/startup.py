"""Before any work: the database is there, Django is set up, the schema is ours."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from newsreel import __version__
from newsreel.archive import embedded
from newsreel.archive.database import check_server
from newsreel.core import settings as ours
from newsreel.core.home import make_home, refuse_unfinished
from newsreel.core.journal import note
from newsreel.core.settings import Settings
from newsreel.sources.site_rules import rules


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive. ``recover`` brings its server back where that is ours to do; ``close`` gives it back."""

    settings: Settings
    recover: Callable[[], object]
    close: Callable[[], object]


def open_archive(chosen: Settings | None = None) -> Archive:
    """Reads the site rules, starts or attaches to the database, sets Django up and migrates. Misconfigured, in one
    sentence, where it cannot.
    """
    chosen = chosen or ours.settings()
    rules(chosen.site_rules)
    refuse_unfinished(chosen.home)
    archive = connect(chosen)
    from newsreel.archive import preferences
    from newsreel.archive.migrating import migrate
    from newsreel.pipeline.patience import patiently

    patiently(migrate, archive.recover)
    patiently(preferences.take_up, archive.recover)
    note("The archive is open (Newsreel %s).", __version__)
    return Archive(ours.settings(), archive.recover, archive.close)


def connect(chosen: Settings) -> Archive:
    """Starts or attaches to the database and sets Django up; its schema stays as it is."""
    recover: Callable[[], object] = _nothing
    close: Callable[[], object] = _nothing
    if chosen.database_url:
        make_home(chosen.home)  # else every process would have a secret key of its own
        check_server(chosen.database_url)
    else:
        home = chosen.home
        address = embedded.ensure_server(home)
        chosen = chosen.model_copy(update={"database_url": address.dsn})
        recover, close = (lambda: embedded.revive(home)), (lambda: embedded.release(home))
    ours.use(chosen)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsreel.site.settings")
    import django

    django.setup()
    return Archive(chosen, recover, close)


def _nothing() -> None:
    return None

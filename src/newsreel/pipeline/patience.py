"""Work on a database that may be lost for a while: it is waited for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
from django.db import InterfaceError, OperationalError, connections

from newsreel.core.errors import Misconfigured, NewsreelError, Temporary

R = TypeVar("R")
log = logging.getLogger("newsreel.pipeline")

DATABASE_PATIENCE = 60.0  # seconds for which a lost database is waited for
# Django wraps what happens on its connections; an owner's session is psycopg's own.
_LOST = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
_DISK_FULL = "The disk of the database is full: nothing more is stored until there is room."
_LOST_FOR_GOOD = "The database was lost, and did not answer again for {:.0f} seconds: see newsreel doctor."


def patiently(work: Callable[[], R], recover: Callable[[], object], patience: float = DATABASE_PATIENCE) -> R:
    """Does some work on this thread's database connection, again with a new one while the database is lost.

    Temporary or Misconfigured 'disk_full' where it has no room left, Misconfigured 'database_lost' where it does not come back.
    """
    deadline = time.monotonic() + patience
    pause = 0.1
    while True:
        try:
            return work()
        except _LOST as error:
            connections.close_all()
            if _is_full(error):
                raise Temporary("disk_full", _DISK_FULL) from None
            if time.monotonic() > deadline:
                raise Misconfigured("database_lost", _LOST_FOR_GOOD.format(patience)) from None
            try:
                recover()
            except NewsreelError as fault:
                if fault.outcome == "disk_full":
                    raise
                log.warning("The database cannot be reached: %s", fault)
            time.sleep(pause)
            pause = min(pause * 2, 2.0)


def _is_full(error: BaseException) -> bool:
    return isinstance(error, psycopg.errors.DiskFull) or isinstance(error.__cause__, psycopg.errors.DiskFull)

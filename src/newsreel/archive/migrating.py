"""Bringing the database's schema to what this program knows: under a lock, and never backwards."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from newsreel.core.errors import Misconfigured
from newsreel.core.journal import note

_LOCK = 0x4E455753_4D494752  # 'NEWSMIGR'


def migrate() -> None:
    """Applies what is missing; several processes may call it at once. Misconfigured where the schema is newer than we."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        executor = MigrationExecutor(connection)
        refuse_newer(executor)
        if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
            last = next((step for step, _ in reversed(plan) if step.app_label == "archive"), plan[-1][0])
            note("The database's schema was brought up to date: %d steps, up to %s.", len(plan), last)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def refuse_newer(executor: MigrationExecutor) -> None:
    """Misconfigured where the database has a migration of ours that this program does not know."""
    known = set(executor.loader.disk_migrations or {})
    ours = {app for app, _ in known}
    strange = sorted(
        name for app, name in executor.loader.applied_migrations or {} if app in ours and (app, name) not in known
    )
    if strange:
        raise Misconfigured(
            "schema_newer",
            f"The database was written by a newer Newsreel (it has the step {strange[-1]}): "
            "start that version, or use another NEWSREEL_HOME.",
        )

"""Column types of PostgreSQL that Django has no field for."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Func


class CurrentTransaction(Func):
    """``pg_current_xact_id()``: the 64-bit number of the writing transaction, which never wraps."""

    function = "pg_current_xact_id"
    arity = 0

    def __init__(self) -> None:
        super().__init__(output_field=TransactionIdField())


class TransactionIdField(models.Field):  # type: ignore[type-arg]  # not subscriptable at run time
    """``xid8`` of PostgreSQL (13 and newer), an int in Python."""

    def db_type(self, connection: Any) -> str:
        """The column's type."""
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        """The driver gives the text of an unknown type."""
        return None if value is None else int(value)


class CountersField(models.Field):  # type: ignore[type-arg]
    """``integer[]``: a fixed number of counters, a list of int in Python. The statements that count are plain SQL."""

    def db_type(self, connection: Any) -> str:
        """The column's type."""
        return "integer[]"

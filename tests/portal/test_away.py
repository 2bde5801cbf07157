"""A page whose database is lost says so, in the reader's language, and the next one finds the new server."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory

from newsreel.portal.middleware import ArchiveAway


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_a_page_and_the_next_request_is_served() -> None:
    client = Client()
    assert client.get("/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (mine,) = cursor.fetchone()
    known = {key: connection.get_connection_params()[key] for key in ("host", "dbname", "user")}
    with psycopg.connect(**known, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [mine])
    # Django's test client leaves out the look at the connection with which a real request begins.
    lost = client.get("/")
    assert (lost.status_code, lost.headers["Retry-After"]) == (503, "5")
    assert "资料库暂时无法访问" in lost.content.decode()
    assert client.get("/").status_code == 200


def test_other_faults_go_their_way() -> None:
    middleware = ArchiveAway(lambda request: None)  # type: ignore[arg-type,return-value]
    assert middleware.process_exception(RequestFactory().get("/"), ValueError("secret")) is None


@pytest.mark.django_db
def test_the_page_tells_no_text_of_the_fault() -> None:
    middleware = ArchiveAway(lambda request: None)  # type: ignore[arg-type,return-value]
    answer = middleware.process_exception(RequestFactory().get("/"), OperationalError("host=/secret refused"))
    assert answer is not None
    assert answer.status_code == 503
    assert b"secret" not in answer.content

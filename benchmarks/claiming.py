"""How long claims take in a large installation: python -m benchmarks.claiming [--hosts 10000] [--leads 1000000]

10,000 hosts with a channel each and 1,000,000 leads: most are done for good, one in fifty has a second visit to come, and
some are due now. Beside it the same with 100 hosts and 10,000 leads.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import psycopg

from benchmarks.ground import Station, database, server
from benchmarks.report import milliseconds, table, write_section

ROUNDS = 7
_MAKE = """
    INSERT INTO archive_source (site, name, name_zh, country, language, home_url, paused, proxy, ca_file, allowed_ports)
    SELECT 'host'||n||'.test', 'Host '||n, '', '', 'en', 'https://host'||n||'.test/', n %% 200 = 0, '', '', '[]'
    FROM generate_series(1, %(hosts)s) n;
    INSERT INTO archive_channel (source_id, kind, name, name_zh, url, key, host, etag, last_modified, next_due_at, interval,
        failures, outcome, reason)
    SELECT id, 'feed', '', '', home_url||'feed', site||'/feed', site, '', '', now() + interval '1 hour' * (1 + random()), 900, 0, 'ok', ''
    FROM archive_source;
    INSERT INTO archive_host (name, waiting_for_host, failures, next_due_at)
    SELECT site, false, 0, now() - interval '1 hour' * random() FROM archive_source;
    INSERT INTO archive_lead (key, url, host, channel_id, entry, state, next_due_at, attempts, visits, etag, last_modified, outcome, reason)
    SELECT c.host||'/'||md5(n::text), 'https://'||c.host||'/'||md5(n::text), c.host, c.id, '{}', 'done',
        CASE WHEN n %% 50 = 0 THEN now() + interval '1 hour' + interval '1 day' * random() END, 0, 1, '', '', 'ok', ''
    FROM generate_series(1, %(leads)s) n
    JOIN (SELECT row_number() OVER () AS place, id, host FROM archive_channel) c ON c.place = 1 + n %% %(hosts)s;
    INSERT INTO archive_article (key, url, canonical_url, source_id, title, published_precision, first_seen, shown_at, statements,
        authors, section, publisher_keywords, language, text, html, blocks, lead_image, text_sha256, state, attempts)
    SELECT l.key, l.url, '', c.source_id, 'Title', 'time', now(), now(), '{}', '[]', '', '[]', 'en', 'Text', '', '[]', '',
        sha256(l.key::bytea), 'enriched', 1
    FROM archive_lead l JOIN archive_channel c ON c.id = l.channel_id WHERE l.id %% 5 = 0;
"""
# What is due: nothing; or one host in a hundred with its channel and twenty new leads, and 500 articles to enrich.
_NOTHING = """
    UPDATE archive_channel SET next_due_at = now() + interval '1 hour' WHERE next_due_at <= now();
    UPDATE archive_lead SET next_due_at = now() + interval '1 hour' WHERE next_due_at <= now();
    UPDATE archive_article SET state = 'enriched', claim_owner = NULL WHERE state = 'stored';
    UPDATE archive_host SET lease_owner = NULL, leased_until = NULL WHERE lease_owner IS NOT NULL;
"""
_SOME = """
    UPDATE archive_channel SET next_due_at = now() WHERE id %% 100 = 0;
    UPDATE archive_lead SET next_due_at = now(), state = 'new', visits = 0
    WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY channel_id ORDER BY id DESC) AS place
                 FROM archive_lead WHERE channel_id %% 100 = 0) AS some_leads WHERE place <= 20);
    UPDATE archive_article SET state = 'stored', claim_owner = NULL WHERE id IN (SELECT id FROM archive_article ORDER BY id DESC LIMIT 500);
"""


def _run(statements: str, **values: int) -> None:
    from django.db import connections

    parameters = connections["default"].get_connection_params()
    known = {key: str(parameters[key]) for key in ("host", "dbname", "user", "port", "password") if parameters.get(key)}
    with psycopg.connect(**known) as connection:  # type: ignore[arg-type]
        psycopg.ClientCursor(connection).execute(statements, values)


def make(hosts: int, leads: int) -> None:
    """Fills the database; called in a Station."""
    from django.db import connection

    _run(_MAKE, hosts=hosts, leads=leads)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def timed(due: bool) -> dict[str, float]:
    """Seconds of each question, once; called in a Station."""
    from django.db import connections

    from newsreel.archive import claims, leases

    _run(_NOTHING)
    if due:
        _run(_SOME)
    parameters = connections["default"].get_connection_params()
    known = {key: str(parameters[key]) for key in ("host", "dbname", "user", "port", "password") if parameters.get(key)}
    owner = claims.Owner(known)
    owner.alive()
    times: dict[str, float] = {}

    def take(name: str, ask: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        answer = ask()
        times[name] = time.perf_counter() - began
        return answer

    take("hosts_due", claims.hosts_due)
    take("seconds_to_next", claims.seconds_to_next)
    hosts = take("claim_hosts, 8", lambda: claims.claim_hosts(owner, 8))
    assert bool(hosts) == due, hosts
    take("due_on_host, 20", lambda: claims.due_on_host(hosts[0] if hosts else "host7.test", 20))
    take("confirm", lambda: leases.confirm(owner, prolong=True))
    take("give_back", lambda: leases.give_back(owner, dict.fromkeys(hosts, 0.0)))
    take("articles_due", claims.articles_due)
    ids = take("claim_articles, 25", lambda: claims.claim_articles(owner, 25))
    assert bool(ids) == due, ids
    owner.close()
    return times


def section(small: Station, large: Station, sizes: list[tuple[int, int]]) -> str:
    """Every question at either size, with nothing due and with something due, in turns."""
    found: dict[tuple[int, bool], list[dict[str, float]]] = {}
    for number in range(ROUNDS + 1):
        for due in (False, True):
            for station in (small, large):
                times = station.ask(timed, due)
                if number:
                    found.setdefault((id(station), due), []).append(times)
    rows = []
    for name in found[id(small), True][0]:
        cells = [
            median(times[name] for times in found[id(station), due])
            for due in (False, True)
            for station in (small, large)
        ]
        rows.append([f"`{name}`", *map(milliseconds, cells)])
    (few_hosts, few_leads), (many_hosts, many_leads) = sizes
    few, many = f"{few_hosts:,} hosts, {few_leads:,} leads", f"{many_hosts:,} hosts, {many_leads:,} leads"
    head = ["question", f"nothing due: {few}", many, f"one host in a hundred due: {few}", many]
    return (
        f"{table(head, rows)}\n\nMedians of {ROUNDS} rounds in turns. There is an article for every fifth lead; where something "
        "is due, each due host has its channel and twenty new leads, and 500 articles are to be enriched."
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--hosts", type=int, default=10_000)
    options.add_argument("--leads", type=int, default=1_000_000)
    chosen = options.parse_args()
    sizes = [(100, 10_000), (chosen.hosts, chosen.leads)]
    with server() as (address, home):
        stations = [Station(database(address), home / str(number)) for number in range(2)]
        for station, (hosts, leads) in zip(stations, sizes, strict=True):
            print(f"Making {hosts:,} hosts and {leads:,} leads …", file=sys.stderr)
            station.ask(make, hosts, leads)
        text = section(stations[0], stations[1], sizes)
        for station in stations:
            station.close()
    write_section("claiming", "Claims in a large installation (`python -m benchmarks.claiming`)", text)


if __name__ == "__main__":
    main()

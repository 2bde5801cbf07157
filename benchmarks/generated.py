"""An archive of any size, made by SQL from some real articles: called in a Station whose database holds those already.

Sizes are real (texts, HTML and blocks are copies of stored articles), and so are the numbers of rows around an article:
a lead (due again one in fifty), a snapshot, two lines of the change log, eight keywords whose use falls off as words'
does (the most used stand in one article of sixteen), one to three topics.
"""

from __future__ import annotations

_SOURCES = """
    INSERT INTO archive_source (site, name, name_zh, country, language, home_url, paused, proxy, ca_file, allowed_ports)
    SELECT 'made'||n||'.test', 'Made '||n, '', '', 'en', 'https://made'||n||'.test/', false, '', '', '[]'
    FROM generate_series(1, %(sources)s) n;
    INSERT INTO archive_channel (source_id, kind, name, name_zh, url, key, host, etag, last_modified, next_due_at, interval,
        failures, outcome, reason)
    SELECT s.id, 'feed', 'Channel '||n, '', s.home_url||'feed'||n, s.site||'/feed'||n, s.site, '', '',
        now() + interval '1 hour' * random(), 900, 0, 'ok', ''
    FROM archive_source s, generate_series(1, 3) n WHERE s.site LIKE 'made%%';
    INSERT INTO archive_host (name, waiting_for_host, failures)
    SELECT site, false, 0 FROM archive_source ON CONFLICT DO NOTHING;
"""
_ARTICLES = """
    CREATE TEMP TABLE model AS
        SELECT row_number() OVER () AS place, * FROM (SELECT * FROM archive_article ORDER BY id LIMIT 150) AS first_ones;
    CREATE TEMP TABLE place AS
        SELECT row_number() OVER () AS place, c.id AS channel, c.source_id AS source, c.host
        FROM archive_channel c WHERE c.host LIKE 'made%%';
    ANALYZE model; ANALYZE place;
    INSERT INTO archive_article (key, url, canonical_url, source_id, channel_id, title, published_at, published_precision,
        first_seen, shown_at, changed_at, statements, authors, section, publisher_keywords, language, text, html, blocks,
        lead_image, text_sha256, state, attempts)
    SELECT p.host||'/'||md5(n::text)||'/article-'||n, 'https://'||p.host||'/'||md5(n::text)||'/article-'||n, '', p.source, p.channel,
        m.title, seen.at - interval '1 hour' * random(), 'time', seen.at, seen.at - interval '1 hour' * random(), seen.at,
        m.statements, m.authors, m.section, m.publisher_keywords, m.language, m.text, m.html, m.blocks,
        m.lead_image, sha256(n::text::bytea), 'enriched', 1
    FROM generate_series(1, %(articles)s) n
    JOIN model m ON m.place = 1 + n %% (SELECT count(*) FROM model)
    JOIN place p ON p.place = 1 + (n * 7919::bigint) %% (SELECT count(*) FROM place),
    LATERAL (SELECT now() - interval '90 days' * (1 - n::float8 / %(articles)s) AS at) AS seen;
    INSERT INTO archive_lead (key, url, host, channel_id, article_id, entry, state, next_due_at, attempts, visits, etag,
        last_modified, outcome, reason)
    SELECT a.key, a.url, split_part(a.key, '/', 1), a.channel_id, a.id, jsonb_build_object('id', a.url, 'url', a.url, 'title', a.title),
        'done', CASE WHEN a.id %% 50 = 0 THEN now() + interval '1 day' * random() END, 0, 1, '"'||md5(a.key)||'"', '', 'ok', ''
    FROM archive_article a WHERE a.key LIKE 'made%%';
    INSERT INTO archive_snapshot (article_id, url, fetched_at, status, content_type, file, "offset", length, sha256)
    SELECT id, url, first_seen, 200, 'text/html; charset=utf-8', '2025/newsreel-20251101-host-1-abcdef.warc.gz', id * 60000, 60000,
        text_sha256
    FROM archive_article WHERE key LIKE 'made%%';
    INSERT INTO archive_change (kind, ref, action)
    SELECT 'article', id, action FROM archive_article, unnest(ARRAY['added', 'enriched']) action WHERE key LIKE 'made%%';
"""
_MEANING = """
    INSERT INTO archive_keyword (key, text) SELECT 'made term '||n, 'Made term '||n FROM generate_series(1, 50000) n;
    CREATE TEMP TABLE term AS SELECT row_number() OVER (ORDER BY id) AS place, id FROM archive_keyword WHERE key LIKE 'made term %%';
    CREATE INDEX ON term (place); ANALYZE term;
    INSERT INTO archive_articlekeyword (article_id, keyword_id, weight)
    SELECT article, term.id, 1 - number / 10.0
    FROM (SELECT a.id AS article, number, ceil(power(50000, 0.25 + 0.75 * random()))::bigint AS place
          FROM archive_article a, generate_series(1, 8) number WHERE a.key LIKE 'made%%') AS drawn
    JOIN term USING (place) ON CONFLICT DO NOTHING;
    INSERT INTO archive_articletopic (article_id, code, top, weight)
    SELECT article, 'medtop:2'||lpad((top * 60 + ceil(power(60, random())))::bigint::text, 7, '0'),
        'medtop:'||lpad(top::text, 2, '0')||'000000', 1 - number / 4.0
    FROM (SELECT a.id AS article, number, ceil(random() * 17)::int AS top
          FROM archive_article a, generate_series(1, 3) number WHERE a.key LIKE 'made%%' AND number <= 1 + a.id %% 3) AS drawn
    ON CONFLICT DO NOTHING;
"""


def make(articles: int, sources: int = 300) -> None:
    """Fills the archive, and lets the planner and the visibility map know."""
    import psycopg
    from django.db import connections

    parameters = connections["default"].get_connection_params()
    known = {key: str(parameters[key]) for key in ("host", "dbname", "user", "port", "password") if parameters.get(key)}
    with psycopg.connect(**known, autocommit=True) as connection:  # type: ignore[arg-type]
        cursor = psycopg.ClientCursor(connection)
        with connection.transaction():
            for statements in (_SOURCES, _ARTICLES, _MEANING):
                cursor.execute(statements, {"articles": articles, "sources": sources})
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")

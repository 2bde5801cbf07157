import django.db.models.deletion
from django.db import migrations, models

# Indexes that no query needs. A foreign key's own, where another index begins with the same column; and those that
# Django adds to every unique text for LIKE 'abc%': an address is only ever asked for whole. The keys of addresses come in
# no order, so that each of these indexes dirtied a page of its own at every article.
FORWARD = r"""
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()
        AND tablename IN ('archive_article', 'archive_lead', 'archive_channel', 'archive_keyword')
        AND indexname LIKE '%\_key\_%\_like'
    LOOP
        EXECUTE format('DROP INDEX %I', name);
    END LOOP;
END $$;
"""


def without_index(model: str, name: str, to: str, related: str, **more: object) -> migrations.AlterField:
    on_delete = django.db.models.deletion.SET_NULL if more.get("null") else django.db.models.deletion.CASCADE
    field = models.ForeignKey(to, on_delete, related_name=related, db_index=False, **more)
    return migrations.AlterField(model, name, field)


class Migration(migrations.Migration):
    dependencies = [("archive", "0004_wishes")]

    operations = [
        without_index("article", "channel", "archive.channel", "articles", null=True),
        without_index("article", "source", "archive.source", "articles"),
        without_index("articlekeyword", "article", "archive.article", "keyword_rows"),
        without_index("articletopic", "article", "archive.article", "topic_rows"),
        without_index("channel", "source", "archive.source", "channels"),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    ]

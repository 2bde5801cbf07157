from django.db import migrations

# The bell of the change log: a statement that writes lines rings once, when its transaction commits.
BELL = """
CREATE FUNCTION newsreel_notify_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('newsreel_changes', '');
    RETURN NULL;
END $$;
CREATE TRIGGER newsreel_notify_changes AFTER INSERT ON archive_change
    FOR EACH STATEMENT EXECUTE FUNCTION newsreel_notify_changes();
"""
NO_BELL = """
DROP TRIGGER newsreel_notify_changes ON archive_change;
DROP FUNCTION newsreel_notify_changes();
"""

# Indexes that no query needs: those that Django adds to every unique text for LIKE 'abc%'. An address is only ever asked
# for whole, and as addresses come in no order, each of these indexes dirtied a page of its own at every article.
FEWER_INDEXES = r"""
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


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_archive")]

    operations = [
        migrations.RunSQL(BELL, NO_BELL),
        migrations.RunSQL(FEWER_INDEXES, migrations.RunSQL.noop),
    ]

from django.db import migrations

# The bell of the change log: a statement that writes lines rings once, when its transaction commits.
FORWARD = """
CREATE FUNCTION newsreel_notify_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('newsreel_changes', '');
    RETURN NULL;
END $$;
CREATE TRIGGER newsreel_notify_changes AFTER INSERT ON archive_change
    FOR EACH STATEMENT EXECUTE FUNCTION newsreel_notify_changes();
"""
BACKWARD = """
DROP TRIGGER newsreel_notify_changes ON archive_change;
DROP FUNCTION newsreel_notify_changes();
"""


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_archive")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

from django.db import migrations, models


class Migration(migrations.Migration):
    """Hosts that answered once. Those that are there are taken for such; a new one has to do it."""

    dependencies = [("archive", "0014_filled")]

    operations = [
        migrations.AddField("host", "has_answered", models.BooleanField(db_default=True)),
        migrations.AlterField("host", "has_answered", models.BooleanField(db_default=False)),
    ]

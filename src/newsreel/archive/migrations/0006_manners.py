from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    dependencies = [("archive", "0005_site_memory")]

    operations = [
        migrations.AddField("source", "free_by", models.CharField(blank=True, db_default="", default="", max_length=150)),
        migrations.AddField(
            "source", "free_paths", models.JSONField(db_default=Value([], models.JSONField()), default=list)
        ),
        migrations.AddField("source", "free_reason", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField("source", "free_since", models.DateTimeField(null=True)),
        migrations.AddField("source", "headers", models.JSONField(db_default=Value([], models.JSONField()), default=list)),
    ]

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0009_rest")]

    operations = [
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("owner", models.BigIntegerField(primary_key=True, serialize=False)),
                ("place", models.CharField(max_length=255)),
                ("trouble", models.CharField(blank=True, default="", max_length=40)),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("told_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
    ]

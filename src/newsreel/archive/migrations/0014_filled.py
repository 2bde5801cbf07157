from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0013_retention"),
    ]

    operations = [
        migrations.AddField(
            model_name="collectiongap",
            name="filled",
            field=models.BooleanField(db_default=False),
        ),
    ]

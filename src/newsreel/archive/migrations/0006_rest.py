from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0005_site_memory")]

    operations = [migrations.AddField("host", "rest_until", models.DateTimeField(null=True))]

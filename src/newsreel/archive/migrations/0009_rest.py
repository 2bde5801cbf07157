from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0008_subscription")]

    operations = [migrations.AddField("host", "rest_until", models.DateTimeField(null=True))]

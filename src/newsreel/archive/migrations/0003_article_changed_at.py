import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0002_change_notify'),
    ]

    operations = [
        migrations.AddField(
            model_name='article',
            name='changed_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['changed_at'], name='article_changed'),
        ),
    ]

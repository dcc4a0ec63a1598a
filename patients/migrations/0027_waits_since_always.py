"""Every work item says since when it waits."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patients", "0026_waits_since")]
    operations = [
        migrations.AlterField("workitem", "waits_since", models.DateTimeField()),
    ]

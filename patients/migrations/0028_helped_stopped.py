"""Who wants no mail that asks at a review whether it has helped."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patients", "0027_waits_since_always")]
    operations = [
        migrations.AddField(
            "patient", "helped_stopped_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
    ]

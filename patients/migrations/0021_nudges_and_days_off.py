import datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0020_skipped_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="Nudge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.TimeField(verbose_name="remind me once more at")),
                ("set_at", models.DateTimeField()),
                ("patient", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="nudge", to="patients.patient")),
            ],
            options={
                "verbose_name": "second reminder",
                "verbose_name_plural": "second reminders",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("at__range", (datetime.time(7, 0), datetime.time(21, 0)))), name="nudge_in_daytime"),
                ],
            },
        ),
        migrations.AddField(
            model_name="patient",
            name="reminder_days_off",
            field=models.CharField(blank=True, default="", editable=False, max_length=7),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(condition=models.Q(("reminder_days_off__regex", "^1?2?3?4?5?6?7?$")), name="patient_days_off_in_order"),
        ),
    ]

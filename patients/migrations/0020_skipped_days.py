import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0019_answers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SkippedDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("skipped_on", models.DateField(verbose_name="day")),
                ("reason", models.CharField(choices=[("forgot", "Forgot it"), ("holiday", "On holiday"), ("illness", "Ill"), ("flare", "More pain than usual")], max_length=8, verbose_name="reason")),
                ("made_at", models.DateTimeField()),
                ("made_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("prescription", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="skipped_days", to="patients.prescription")),
            ],
            options={
                "verbose_name": "day without practice",
                "verbose_name_plural": "days without practice",
                "ordering": ["prescription", "skipped_on"],
                "constraints": [
                    models.UniqueConstraint(fields=("prescription", "skipped_on"), name="skipped_day_once"),
                    models.CheckConstraint(condition=models.Q(("reason__in", ["forgot", "holiday", "illness", "flare"])), name="skipped_day_reason_known"),
                ],
            },
        ),
    ]

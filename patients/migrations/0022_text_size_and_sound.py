from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0021_nudges_and_days_off"),
    ]

    operations = [
        migrations.AddField(
            model_name="patient",
            name="text_size",
            field=models.CharField(choices=[("normal", "Normal"), ("large", "Large"), ("largest", "Largest")], default="normal", editable=False, max_length=7),
        ),
        migrations.AddField(
            model_name="patient",
            name="timer_sound",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(condition=models.Q(("text_size__in", ["normal", "large", "largest"])), name="patient_text_size_known"),
        ),
    ]

"""Every session that was recorded before was recorded whole."""

from django.db import migrations
from django.db.models import F


def finish(apps, schema_editor):
    sessions = apps.get_model("patients", "PracticeSession").objects.filter(finished_at=None)
    sessions.update(finished_at=F("recorded_at"))


class Migration(migrations.Migration):
    dependencies = [("patients", "0012_sessions_that_go_on")]

    # Backwards nothing is to be done: the column goes.
    operations = [migrations.RunPython(finish, migrations.RunPython.noop)]

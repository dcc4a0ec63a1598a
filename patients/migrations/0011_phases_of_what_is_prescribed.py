"""What was prescribed before gets the phase of the programme that it came from, as that is now.

Where the programme is gone, or there was none, the phase stays unknown.
"""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def copy_phases(apps, schema_editor):
    Prescription = apps.get_model("patients", "Prescription")
    Program = apps.get_model("programs", "Program")
    phase = Program.objects.filter(pk=OuterRef("program_id")).values("phase")
    Prescription.objects.filter(program__isnull=False, phase="").update(phase=Subquery(phase[:1]))


class Migration(migrations.Migration):
    dependencies = [("patients", "0010_phase"), ("programs", "0007_tempo_of_items")]

    # Backwards nothing is to be done: the column goes.
    operations = [migrations.RunPython(copy_phases, migrations.RunPython.noop)]

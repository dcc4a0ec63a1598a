"""The search column of exercises that were there before it."""

from django.db import migrations

from programs.models.search import searchable


def fill(apps, schema_editor):
    Exercise = apps.get_model("programs", "Exercise")
    for exercise in Exercise.objects.filter(search="").iterator():
        Exercise.objects.filter(pk=exercise.pk).update(search=searchable(exercise))


class Migration(migrations.Migration):
    dependencies = [("programs", "0003_gallery")]

    # Backwards nothing is to be done: the column goes.
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

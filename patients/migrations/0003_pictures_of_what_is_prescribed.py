"""What was prescribed before there were pictures gets those of the shared exercises that it came from."""

from django.db import migrations

# As the library's files had it on the day of this migration: key, rung of the ladder, figure.
FIGURES = {
    "cat-cow": {-1: "cat-cow-chair"},
    "crossed-leg-hip-rotator-stretch": {},
    "double-knee-to-chest-breathing": {1: "double-knee-to-chest-knees-apart"},
    "double-knee-to-chest-knees-apart": {},
    "edge-of-bed-hip-flexor-stretch": {},
    "forearm-plank": {-2: "forearm-plank-worktop", -1: "forearm-plank-knees", 1: "forearm-plank"},
    "glute-bridge": {-1: "glute-bridge-small-lift", 1: "glute-bridge-one-leg"},
    "knee-to-chest-opposite-leg-extended": {},
    "piriformis-stretch": {-1: "piriformis-stretch-behind-thigh"},
    "seated-forward-bend": {-1: "seated-forward-bend-chair"},
    "seated-sciatic-mobilisation": {-1: "seated-sciatic-mobilisation-no-strap"},
    "side-lying-quadriceps-stretch": {-1: "side-lying-quadriceps-stretch-strap"},
    "single-knee-to-chest": {
        -1: "single-knee-to-chest-behind-thigh",
        1: "knee-to-chest-opposite-leg-extended",
    },
    "standing-side-bend": {},
    "supine-figure-four": {-1: "supine-figure-four-foot-down"},
    "supine-hamstring-stretch": {
        -1: "supine-hamstring-stretch-strap-thigh",
        1: "supine-hamstring-stretch-strap-foot",
    },
    "supine-sciatic-mobilisation": {},
    "supine-spinal-twist": {-1: "supine-spinal-twist-knees-together", 1: "supine-spinal-twist-arm-open"},
    "supine-trunk-rotation-open-arm": {},
    "supported-forward-lean": {},
}


def add_figures(apps, schema_editor):
    PrescribedExercise = apps.get_model("patients", "PrescribedExercise")
    for key, forms in FIGURES.items():
        of_key = PrescribedExercise.objects.filter(
            exercise__clinic__isnull=True, exercise__key=key, figure=""
        )
        for one in of_key.only("pk", "ladder").iterator():
            ladder = [{**form, "figure": forms.get(form["rung"], "")} for form in one.ladder]
            PrescribedExercise.objects.filter(pk=one.pk).update(figure=key, ladder=ladder)


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_pictures"), ("programs", "0002_pictures")]

    # Backwards nothing is to be done: the columns go, and a figure in a ladder is read by nobody.
    operations = [migrations.RunPython(add_figures, migrations.RunPython.noop)]

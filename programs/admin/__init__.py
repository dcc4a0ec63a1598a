"""The library and the programmes in the admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clinic import navigation
from clinic.admin_site import site
from clinic.navigation import Entry
from clinic.scoping import HEALTH_ROLES
from programs.admin.builder import build, build_new
from programs.admin.exchange import EDITORS, export, import_page
from programs.admin.exercises import ExerciseAdmin
from programs.admin.figures import figures_page
from programs.admin.gallery import copy, favourite, gallery_page
from programs.admin.programs import ProgramAdmin
from programs.admin.questions import QuestionAdmin
from programs.models import Exercise, Program, Question

admin.site.register(Exercise, ExerciseAdmin)
admin.site.register(Program, ProgramAdmin)
admin.site.register(Question, QuestionAdmin)
site().add_page("library/", gallery_page, name="gallery", roles=HEALTH_ROLES, operators=True)
site().add_page(
    "library/<int:pk>/favourite/", favourite, name="favourite", roles=HEALTH_ROLES, operators=True
)
site().add_page("library/<int:pk>/copy/", copy, name="exercise_copy", roles=HEALTH_ROLES)
site().add_page("library/import/", import_page, name="exercise_import", roles=EDITORS, operators=True)
site().add_page(
    "library/export/<slug:kind>/", export, name="exercise_export", roles=HEALTH_ROLES, operators=True
)
site().add_page("programmes/build/", build_new, name="build_new", roles=EDITORS, operators=True)
site().add_page("programmes/<int:pk>/build/", build, name="build", roles=EDITORS, operators=True)
site().add_page("figures/", figures_page, name="figures", roles=HEALTH_ROLES, operators=True)

navigation.register(
    Entry(
        _("Programmes"),
        "admin:programs_program_changelist",
        order=30,
        roles=HEALTH_ROLES,
        operators=True,
        under=("programs/question/",),
    )
)
navigation.register(
    Entry(
        _("Library"),
        "admin:gallery",
        order=40,
        roles=HEALTH_ROLES,
        operators=True,
        under=("figures/", "programs/exercise/"),
    )
)

"""All figures on one page: for whoever treats, manages or runs the installation, in both languages."""

import pytest
from django.utils import translation

from programs.figures.poses import figures
from programs.pictures import drawing, figure_choices
from tests.patients.pages import text

pytestmark = pytest.mark.django_db
PAGE = "/admin/figures/"


def test_who_has_the_library_has_the_figures(cast, aurora, as_staff):
    for staff in (aurora.clinician, aurora.manager, cast.operator):
        assert as_staff(staff).get(PAGE).status_code == 200
    assert as_staff(aurora.front_desk).get(PAGE).status_code == 404
    assert as_staff(aurora.patient.user).get(PAGE, follow=True).status_code == 404


def test_every_figure_stands_there_with_all_poses_on_both_sides(aurora, as_staff):
    page = as_staff(aurora.clinician).get(PAGE).content.decode()
    for figure in figures().values():
        for pose in figure.poses:
            shown = page.count(f"#{figure.key}-{pose.name}")
            # Small on each side; the first one large, too: the last one moves.
            assert shown == (2 if figure.sides else 1) + (pose is figure.poses[0])
        assert f"fig-moving fig-{figure.key}" in page


def test_the_library_leads_there(aurora, as_staff):
    said = as_staff(aurora.clinician).get("/admin/programs/exercise/").content.decode()
    assert f'href="{PAGE}"' in said


def test_in_italian(aurora, as_staff, settings):
    client = as_staff(aurora.clinician)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "it"
    said = text(client.get(PAGE))
    assert "Ponte su una gamba" in said
    assert "Mostra il movimento" in said
    assert "Inizio" in said


def test_words_of_a_drawing_follow_the_language():
    with translation.override("it"):
        bridge = drawing("glute-bridge", name="Il ponte")
        assert [frame.title for frame in bridge.frames] == ["Il ponte: Inizio", "Il ponte: Tieni"]
        assert bridge.last.desc.startswith("Il bacino è sollevato")
        assert ("glute-bridge", "Ponte") in figure_choices()
    assert drawing("glute-bridge").last.title == "Bridge: Hold"
    assert drawing("") is None

"""A builder for one patient: what may be prescribed, with their precautions, and how they see it."""

from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clinic.localtime import local_date
from patients.models import Patient
from patients.pages.cards import cards
from patients.screening import against, precautions_of
from patients.standing import Count, Standing, State
from patients.stop_words import stop_words
from patients.versions import Line, prescribed
from programs.admin.building import Builder
from programs.building import Row
from programs.models import Exercise
from programs.vocabulary import Precaution


class PatientBuilder(Builder):
    is_maintenance = False  # how the patient reads what is built

    def __init__(self, request: HttpRequest, patient: Patient, **more: Any) -> None:
        self.patient = patient
        self.flags = precautions_of(patient)
        super().__init__(request, **more)

    def exercises(self) -> Any:
        """Published, and shared or of the patient's clinic."""
        return Exercise.objects.visible_to(self.request.user).published().available_to(self.patient.clinic)

    def answer(self) -> HttpResponse:
        return self._as_the_patient_sees_it() if self.what == "see" else super().answer()

    def line(self, row: Row) -> Line:
        """What a row prescribes."""
        return Line(row.exercise, **row.asked())

    def off(self) -> Collection[Any]:
        """The lines that are off for pain."""
        return ()

    def day_of(self) -> Count | None:
        """The day that the patient's page counts; None where there is nothing to count yet."""
        return None

    def _as_the_patient_sees_it(self) -> HttpResponse:
        """Their own page of today with what is being built, in their language. Nothing is saved."""
        exercises: list[Any] = prescribed(
            [self.line(form.row_now()) for form in self.sheet.kept()], now=timezone.now()
        )
        off = self.off()
        for exercise in exercises:
            exercise.is_off = exercise.line in off
        often = str(self.scheme["sessions_a_day"].value())
        asked = int(often) if often.isdecimal() and len(often) == 1 else 1
        today = local_date(timezone.now(), self.patient.zone)
        words = _("This is what %(name)s would see today. Nothing is saved yet.")
        to_who_looks = words % {"name": self.patient.given_name}  # in their own language
        with translation.override(self.patient.language):
            context = {
                "patient": self.patient,
                "clinic": self.patient.clinic,
                "looking": to_who_looks,
                "stands": Standing(
                    State.DUE,
                    today,
                    exercises=exercises,
                    sessions_asked=asked,
                    count=self.day_of(),
                    is_maintenance=self.is_maintenance,
                ),
                "prescription": SimpleNamespace(starts_on=today, review_helped=None),
                "cards": cards(exercises),
                "stop_rule": stop_words(self.patient.clinic),
            }
            return render(self.request, "patients/staff/as_seen.html", context)

    def context(self) -> dict[str, Any]:
        """With what speaks against an exercise, beside every row and every card."""
        for form in self.sheet.forms:
            form.against = self._against(form.row.exercise)
        shown = super().context()
        for card in shown["cards"]:
            card["against"] = self._against(card["exercise"])
        return shown

    def _against(self, exercise: Exercise) -> list[str]:
        return [str(Precaution(code).label) for code in against(exercise, self.flags)]

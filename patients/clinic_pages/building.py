"""A builder for one patient: what may be prescribed to them, with their precautions beside it."""

from typing import Any

from django.http import HttpRequest

from patients.models import Patient
from patients.screening import against, precautions_of
from programs.admin.building import Builder
from programs.models import Exercise
from programs.vocabulary import Precaution


class PatientBuilder(Builder):
    def __init__(self, request: HttpRequest, patient: Patient, **more: Any) -> None:
        self.patient = patient
        self.flags = precautions_of(patient)
        super().__init__(request, **more)

    def exercises(self) -> Any:
        """Published, and shared or of the patient's clinic."""
        return Exercise.objects.visible_to(self.request.user).published().available_to(self.patient.clinic)

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

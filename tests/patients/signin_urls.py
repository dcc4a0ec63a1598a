"""The installation's addresses and one page for patients, so that signing in is tested by itself."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from clinic.urls import urlpatterns as ours
from patients.signin.current import patient_required


@patient_required
def page(request: HttpRequest) -> JsonResponse:
    patient = request.patient  # type: ignore[attr-defined]
    return JsonResponse({"patient": patient.pk, "clinic": patient.clinic.name, "others": patient.others})


urlpatterns = [path("a-page/", page), *ours]

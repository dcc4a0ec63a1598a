"""The library as a gallery: pictures to look through, found as one types."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clinic.admin_site import page
from clinic.models import Clinic
from clinic.scoping import HEALTH_ROLES, clinics_of
from programs import dose_figures
from programs.copying import copy_exercise
from programs.exchange.tables import KINDS
from programs.gallery import Wanted, gallery, set_favourite, targets
from programs.models import Exercise
from programs.vocabulary import Equipment, Kind, Phase, Position, Region, Status

A_PAGE = 24
ANY = [("", gettext_lazy("any"))]


class GalleryForm(forms.Form):
    """What is looked for, as it stands in the address. What is not understood there is left open."""

    words = forms.CharField(
        label=gettext_lazy("Name or muscle"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[*ANY, *Kind.choices])
    position = forms.ChoiceField(label=gettext_lazy("Starting position"), choices=[*ANY, *Position.choices])
    equipment = forms.ChoiceField(label=gettext_lazy("Equipment"), choices=[*ANY, *Equipment.choices])
    target = forms.ChoiceField(label=gettext_lazy("Target"), choices=ANY)
    phase = forms.ChoiceField(label=gettext_lazy("In a programme for"), choices=[*ANY, *Phase.choices])
    region = forms.ChoiceField(label=gettext_lazy("Region"), choices=[*ANY, *Region.choices])
    whose = forms.ChoiceField(
        label=gettext_lazy("Whose"),
        choices=[*ANY, ("own", gettext_lazy("Our own")), ("shared", gettext_lazy("Shared"))],
    )
    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=Status.choices)
    favourites = forms.BooleanField(label=gettext_lazy("Only favourites"))

    def __init__(self, data: Any, *, offered_targets: list[str]) -> None:
        super().__init__({"status": Status.PUBLISHED.value} | data.dict())
        self.fields["target"].choices = [*ANY, *((one, one) for one in offered_targets)]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.required = False

    def wanted(self) -> Wanted:
        self.is_valid()
        said = {name: value for name, value in self.cleaned_data.items() if value}
        return Wanted(**said)


@require_safe
def gallery_page(request: HttpRequest) -> HttpResponse:
    """The whole page; asked by htmx, what was found alone."""
    user: Any = request.user
    form = GalleryForm(request.GET, offered_targets=targets(user))
    context = {"title": _("Library"), "form": form, **found(request, form.wanted())}
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    if htmx and not htmx.history_restore_request:
        answer = render(request, "programs/gallery_found.html", context)
    else:
        answer = page(request, "programs/gallery.html", context)
    patch_vary_headers(answer, ("HX-Request",))
    return answer


def found(request: HttpRequest, wanted: Wanted, *, among: Any = None) -> dict[str, Any]:
    """One page of what was found, `among` those where given, and the address of the others."""
    user: Any = request.user
    exercises = gallery(user, wanted)
    if among is not None:
        exercises = exercises.filter(pk__in=among.values("pk"))
    shown = Paginator(exercises, A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return {
        "wanted": wanted,
        "page": shown,
        "query": query.urlencode(),
        "export_kinds": list(KINDS),
        "cards": [
            {
                "exercise": exercise,
                "dose": dose_figures.in_short(exercise),
                "equipment": [Equipment(code).label for code in exercise.equipment],
            }
            for exercise in shown.object_list
        ],
    }


@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Our own copy of an exercise, opened to be changed; in which clinic, the button says if it matters."""
    user: Any = request.user
    exercise = Exercise.objects.visible_to(user).filter(pk=pk).first()
    clinics = list(Clinic.objects.filter(pk__in=clinics_of(user, HEALTH_ROLES)))
    if "clinic" in request.POST:
        clinics = [clinic for clinic in clinics if clinic.slug == request.POST["clinic"]]
    if exercise is None or len(clinics) != 1:
        raise Http404
    [clinic] = clinics
    made = copy_exercise(exercise=exercise, clinic=clinic, by=user, now=timezone.now())
    messages.success(request, _("This is your own copy, a draft: change it, then publish it."))
    return redirect("admin:programs_exercise_change", made.pk)


@require_POST
def favourite(request: HttpRequest, pk: int) -> HttpResponse:
    """Star or no star; asked by htmx, the button anew, else back to where one was."""
    user: Any = request.user
    exercise = Exercise.objects.visible_to(user).filter(pk=pk).first()
    if exercise is None:
        raise Http404
    wanted = request.POST.get("wanted") == "yes"
    set_favourite(exercise=exercise, user=user, wanted=wanted)
    if request.htmx:  # type: ignore[attr-defined]
        context = {"exercise": exercise, "is_favourite": wanted}
        return render(request, "programs/favourite.html", context)
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if safe else reverse("admin:gallery"))

"""The cards under Learn, for a clinic's managers: rewording, hiding, adding."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.admin.managed import managed_clinic_or_404, tabs
from clinic.admin_site import page
from clinic.models import Clinic
from patients.clinic_pages.acting import by_now, done
from patients.clinic_pages.forms.cards import CardForm
from patients.learning.cards import TEXTS, Card, all_cards, shipped
from patients.learning.editing import add_card, cards_row, change_card, remove_card
from patients.models import ClinicCards


@require_safe
def clinic_cards(request: HttpRequest, slug: str) -> HttpResponse:
    clinic = managed_clinic_or_404(request, slug)
    context = {
        "title": _("Cards"),
        "clinic": clinic,
        "cards": all_cards(cards_row(clinic).cards),
        **tabs(request, clinic),
    }
    return page(request, "patients/staff/cards.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def card_add(request: HttpRequest, slug: str) -> HttpResponse:
    clinic = managed_clinic_or_404(request, slug)
    row = cards_row(clinic)
    if request.method != "POST":
        form = CardForm(card=None, initial={"edition": row.edition, "day": 1})
        return _form(request, clinic, form, None)
    form = CardForm(request.POST, card=None)
    if done(
        request,
        form,
        lambda said, **by: add_card(
            clinic=clinic, texts=form.texts, day=said["day"], edition=said["edition"], **by
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect("admin:clinic_cards", clinic.slug)
    return _form(request, clinic, _newest(form, clinic), None, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
def card_edit(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    clinic = managed_clinic_or_404(request, slug)
    row = cards_row(clinic)
    card = _card_or_404(row, key)
    if request.method != "POST":
        said = {**_own_texts(row, key), "day": card.day, "hidden": card.is_hidden, "edition": row.edition}
        return _form(request, clinic, CardForm(card=card, initial=said), card)
    form = CardForm(request.POST, card=card)
    if done(
        request,
        form,
        lambda said, **by: change_card(
            clinic=clinic,
            key=key,
            texts=form.texts,
            hidden=said.get("hidden", False),
            day=said.get("day"),
            edition=said["edition"],
            **by,
        ),
    ):
        messages.success(request, _("Saved."))
        return redirect("admin:clinic_cards", clinic.slug)
    return _form(request, clinic, _newest(form, clinic), card, status=400)


@require_POST
def card_remove(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    clinic = managed_clinic_or_404(request, slug)
    if not _card_or_404(cards_row(clinic), key).is_own:
        raise Http404
    remove_card(clinic=clinic, key=key, **by_now(request))
    messages.success(request, _("The card is gone."))
    return redirect("admin:clinic_cards", clinic.slug)


def _card_or_404(row: ClinicCards, key: str) -> Card:
    found = next((card for card in all_cards(row.cards) if card.key == key), None)
    if found is None:
        raise Http404
    return found


def _own_texts(row: ClinicCards, key: str) -> dict[str, str]:
    """The clinic's wording: empty where ours stands."""
    edit: dict[str, Any] = next((edit for edit in row.cards if edit["key"] == key), {})
    return {name: edit.get(name, "") for name in TEXTS}


def _newest(form: CardForm, clinic: Clinic) -> CardForm:
    """What was typed, with the edition as it is now: told once, one may save all the same."""
    sent: Any = form.data
    form.data = sent.copy()
    form.data["edition"] = str(cards_row(clinic).edition)  # type: ignore[index]
    return form


def _form(
    request: HttpRequest, clinic: Clinic, form: CardForm, card: Card | None, *, status: int = 200
) -> HttpResponse:
    context = {
        "title": card.title if card else _("New card"),
        "up": (_("Cards"), reverse("admin:clinic_cards", args=[clinic.slug])),
        "clinic": clinic,
        "card": card,
        "ours": next((one for one in shipped() if card and one.key == card.key), None),
        "form": form,
    }
    return page(request, "patients/staff/card_edit.html", context, status=status)

"""A short question to patients: one of ours, or a clinic's own. What they answer decides nothing."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.bilingual import localized
from clinic.models import Clinic
from programs.models.program import Program
from programs.models.scoping import LibraryQuerySet
from programs.vocabulary import QuestionKind, Status

MOST_CHOICES = 10
MOST_OF_A_CHOICE = 100  # characters
LAST_DAY = 365


class QuestionQuerySet(LibraryQuerySet):
    def own(self) -> Self:
        """The clinics' own; ours are asked as they are, and nobody edits them."""
        return self.filter(clinic__isnull=False)

    def asked_with(self, program: Any, clinic: Any) -> Self:
        """The clinic's own that its patients with this programme are asked; without one, those for all.

        Both are ids, or where to find them in an outer query.
        """
        rows = self.filter(clinic=clinic, status=Status.PUBLISHED)
        return rows.filter(Q(programs=None) | Q(programs=program)).distinct().order_by("pk")


class Question(models.Model):
    """Asked at the start, on a counted day, at the review: at least one of them.

    Ours have a `code` and no clinic. A clinic's own goes with its `programs`, or with all where none is
    named. `choices_*` has one a line; a choice is kept by its place, from 1 on. `low_*` and `high_*` say
    what 0 and 10 of a scale mean. Retired, never deleted, once answered.
    """

    clinic = models.ForeignKey(
        Clinic,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("clinic"),
    )
    code = models.SlugField(_("code"), max_length=40, blank=True, editable=False)
    kind = models.CharField(_("kind of answer"), max_length=6, choices=QuestionKind.choices)
    text_en = models.CharField(_("question, English"), max_length=200)
    text_it = models.CharField(_("question, Italian"), max_length=200, blank=True)
    short_en = models.CharField(
        _("name in the report, English"), max_length=60, blank=True, help_text=_("Empty: the question.")
    )
    short_it = models.CharField(_("name in the report, Italian"), max_length=60, blank=True)
    choices_en = models.TextField(_("choices, English"), blank=True, help_text=_("One a line."))
    choices_it = models.TextField(
        _("choices, Italian"), blank=True, help_text=_("One a line, in the same order.")
    )
    low_en = models.CharField(_("what 0 means, English"), max_length=60, blank=True)
    low_it = models.CharField(_("what 0 means, Italian"), max_length=60, blank=True)
    high_en = models.CharField(_("what 10 means, English"), max_length=60, blank=True)
    high_it = models.CharField(_("what 10 means, Italian"), max_length=60, blank=True)
    at_start = models.BooleanField(_("before the programme starts"), default=False)
    on_day = models.PositiveSmallIntegerField(
        _("on day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LAST_DAY)],
        help_text=_("Counted from the start, without paused days."),
    )
    at_review = models.BooleanField(_("at each review"), default=False)
    programs = models.ManyToManyField(
        Program,
        blank=True,
        related_name="questions",
        verbose_name=_("programmes"),
        help_text=_("None chosen: with every programme of the clinic."),
    )
    status = models.CharField(_("status"), max_length=9, choices=Status.choices, default=Status.PUBLISHED)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question to patients")
        verbose_name_plural = _("questions to patients")
        ordering = ["clinic", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="question_code_once", fields=["code"], condition=Q(clinic__isnull=True)
            ),
            models.CheckConstraint(name="question_kind_known", condition=Q(kind__in=QuestionKind.values)),
            models.CheckConstraint(name="question_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(
                name="question_ours_by_code",
                condition=(Q(clinic__isnull=True) & ~Q(code="")) | Q(clinic__isnull=False, code=""),
            ),
            models.CheckConstraint(
                name="question_day_range",
                condition=Q(on_day__isnull=True) | Q(on_day__range=(1, LAST_DAY)),
            ),
            models.CheckConstraint(
                name="question_asked_some_time",
                condition=Q(at_start=True) | Q(at_review=True) | Q(on_day__isnull=False),
            ),
            models.CheckConstraint(
                name="question_choice_has_choices", condition=~Q(kind=QuestionKind.CHOICE) | ~Q(choices_en="")
            ),
        ]

    def __str__(self) -> str:
        return localized(self, "text")

    def clean(self) -> None:
        super().clean()
        errors: dict[str, ValidationError] = {}
        if not (self.at_start or self.at_review or self.on_day is not None):
            errors["at_start"] = ValidationError(_("Say when it is asked."), code="when")
        if self.kind == QuestionKind.CHOICE:
            english, italian = lines(self.choices_en), lines(self.choices_it)
            if any(len(line) > MOST_OF_A_CHOICE for line in english + italian):
                long = _("A choice has at most %(most)s characters.") % {"most": MOST_OF_A_CHOICE}
                errors["choices_en"] = ValidationError(long, code="long")
            elif not 2 <= len(english) <= MOST_CHOICES:
                problem = _("Give two to %(most)s choices, one a line.") % {"most": MOST_CHOICES}
                errors["choices_en"] = ValidationError(problem, code="choices")
            elif italian and len(italian) != len(english):
                as_many = _("As many choices as in English, in the same order; or none.")
                errors["choices_it"] = ValidationError(as_many, code="choices")
        if errors:
            raise ValidationError(errors)

    @property
    def name_in_form(self) -> str:
        """What the answer is called in a form."""
        return self.code or f"own-{self.pk}"

    def choices(self) -> list[tuple[int, str, str]]:
        """(place from 1, English, Italian) of each choice; a language that is not given is the other one."""
        english, italian = lines(self.choices_en), lines(self.choices_it)
        if len(italian) != len(english):
            italian = english
        return [(place, *both) for place, both in enumerate(zip(english, italian, strict=True), start=1)]


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]

"""An exercise as a row of a table, through django-import-export."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from import_export import fields, resources, widgets

from clinic.folding import folded
from clinic.models import Clinic
from programs.exchange.ownership import WHOSE, owner_of, unclear_keys
from programs.exchange.tables import bare
from programs.keys import free_key
from programs.models import Dose, Exercise
from programs.sources import claim
from programs.vocabulary import Status

COLUMNS = (
    *("key", "status", "kind", "region", "starting_position", "equipment", "precautions"),
    *Exercise.wording_fields(),
    *("target_en", "target_it"),
    *Dose.FIGURES,
    *("each_side", "side_order", "figure", "video_url", "provenance", "licence"),
)
# In a table. Whose a row is, is never changed by one.
TABLE_COLUMNS = (COLUMNS[0], WHOSE, *COLUMNS[1:])
# Left empty, these stay as they are, or as a new exercise has them.
STAY = ("status", "kind", "region", "starting_position", "each_side")


class CodesWidget(widgets.Widget):
    """A list of codes in one cell: "mat, strap"."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[str]:
        return [code.strip() for code in str(value or "").split(",") if code.strip()]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return ", ".join(value or [])


class FigureWidget(widgets.IntegerWidget):
    """A figure of a dose: a whole number, or nothing."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        try:
            figure = super().clean(value, row, **kwargs)
        except (ArithmeticError, ValueError):
            raise ValueError(_("Enter a whole number.")) from None
        return figure if figure is None else int(figure)


class ExerciseResource(resources.ModelResource):
    """The exercises of `clinic` (None: the shared ones), found by their key."""

    equipment = fields.Field("equipment", "equipment", CodesWidget())
    precautions = fields.Field("precautions", "precautions", CodesWidget())
    whose = fields.Field(column_name=WHOSE, readonly=True)

    class Meta:
        model = Exercise
        fields = import_order = export_order = TABLE_COLUMNS
        import_id_fields = ("key",)
        skip_unchanged = True
        clean_model_instances = True
        store_instance = True
        skip_html_diff = True
        use_transactions = True

    def __init__(self, clinic: Clinic | None) -> None:
        super().__init__()
        self.clinic = clinic
        self.keys: set[str] = set()
        self.unclear: set[str] = set()
        self.names: dict[str, str] = {}
        self.dose_before: dict[str, Any] = {}

    @classmethod
    def widget_from_django_field(cls, field: Any, default: Any = widgets.Widget) -> Any:
        return (
            FigureWidget if field.name in Dose.FIGURES else super().widget_from_django_field(field, default)
        )

    def dehydrate_whose(self, exercise: Exercise) -> str:
        return owner_of(exercise.clinic)

    def get_queryset(self) -> QuerySet[Exercise]:
        return Exercise.objects.filter(clinic=self.clinic)

    def init_instance(self, row: Any = None) -> Exercise:
        return Exercise(clinic=self.clinic, status=Status.DRAFT)

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        available = Exercise.objects.available_to(self.clinic)
        self.names = {folded(name): key for name, key in available.values_list("name_en", "key")}
        self.unclear = unclear_keys(table=dataset, clinic=self.clinic)
        if "key" not in dataset.headers:
            dataset.append_col([""] * len(dataset), header="key")

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """A row without a key is a new exercise; cells that say nothing do not overwrite."""
        for name, cell in row.items():
            row[name] = "" if cell is None else bare(cell.strip() if isinstance(cell, str) else cell)
        for name in STAY:
            if name in row and row[name] in ("", None):
                del row[name]
        if not row["key"]:
            row["key"] = self._new_key(str(row.get("name_en") or ""))
        if row["key"] in self.keys | self.unclear:
            raise ValidationError({"key": _("Another row has this key, too.")})
        self.keys.add(row["key"])

    def _new_key(self, name: str) -> str:
        wish = key = free_key(self.get_queryset(), name)
        number = 2
        while key in self.keys:
            key, number = f"{wish}-{number}", number + 1
        return key

    def after_init_instance(self, instance: Exercise, new: bool, row: Any, **kwargs: Any) -> None:
        self.dose_before = instance.dose()
        name = folded(str(row.get("name_en") or ""))
        if new and name and name in self.names:
            problem = _("There is an exercise of this name already: its key is %(key)s.")
            raise ValidationError(
                {"name_en": ValidationError(problem, code="name", params={"key": self.names[name]})}
            )
        if new:
            self.names[name] = row["key"]

    def before_save_instance(self, instance: Exercise, row: Any, **kwargs: Any) -> None:
        claim(instance, self.dose_before)

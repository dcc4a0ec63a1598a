"""The library, loaded once from its files and from then on from memory: each browser test begins with empty
tables, and loading it takes more than a second."""

from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.db.models import Model

_rows: dict[type[Model], list[Model]] = {}


def load_library() -> None:
    """What `manage.py load_library` makes, with the same ids each time: emptying a table does not give them
    out again, so nothing else has them."""
    if not _rows:
        models = list(apps.get_app_config("programs").get_models())
        there = {model: list(model._base_manager.values_list("pk", flat=True)) for model in models}
        call_command("load_library", verbosity=0)
        for model in models:
            _rows[model] = list(model._base_manager.exclude(pk__in=there[model]).order_by("pk"))
        return
    with transaction.atomic():  # what points at each other is looked at in the end
        for model, rows in _rows.items():
            model._base_manager.bulk_create(rows)

"""What was ever used is retired, never deleted: old programmes and records still point at it."""

from django.db import models


def is_used(obj: models.Model) -> bool:
    """Whether any row of any app points at `obj`, apart from its own parts (which go with it)."""
    if obj.pk is None:
        return False
    for relation in obj._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and relation.one_to_many and not relation.concrete):
            continue
        if relation.on_delete is models.CASCADE:  # type: ignore[union-attr]
            continue
        rows = relation.related_model._base_manager  # type: ignore[union-attr]
        if rows.filter(**{relation.field.name: obj}).exists():  # type: ignore[union-attr]
            return True
    return False

"""Since when nobody has taken a work item; of those that there are, since its first event that nobody took."""

from django.db import migrations, models
from django.db.models import F, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce


def fill(apps, schema_editor):
    entries = apps.get_model("patients", "WorkItemEntry").objects.filter(
        item=OuterRef("pk"), acknowledged_at__isnull=True
    )
    first = entries.order_by().values("item").annotate(first=Min("at")).values("first")
    items = apps.get_model("patients", "WorkItem").objects
    items.update(waits_since=Coalesce(Subquery(first), F("opened_at")))


class Migration(migrations.Migration):
    dependencies = [("patients", "0025_more_reasons")]
    operations = [
        migrations.AddField("workitem", "waits_since", models.DateTimeField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

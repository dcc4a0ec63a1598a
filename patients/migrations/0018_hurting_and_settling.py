
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0017_set_aside'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='exerciserecord',
            name='hurt_more',
            field=models.BooleanField(default=False, verbose_name='hurt more during it'),
        ),
        migrations.AddField(
            model_name='practicesession',
            name='settled',
            field=models.CharField(blank=True, choices=[('hour', 'Yes, within about an hour'), ('next_day', 'Yes, by the next day'), ('not_yet', 'Not yet')], default='', max_length=8, verbose_name='settled'),
        ),
        migrations.AddField(
            model_name='practicesession',
            name='settled_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='exerciserecord',
            constraint=models.CheckConstraint(condition=models.Q(('hurt_more', False), models.Q(('outcome', 'skipped'), _negated=True), _connector='OR'), name='record_hurt_more_was_tried'),
        ),
        migrations.AddConstraint(
            model_name='practicesession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled', ''), ('settled_at__isnull', True)), models.Q(('settled__in', ['hour', 'next_day', 'not_yet']), ('settled_at__isnull', False)), _connector='OR'), name='session_settled_known'),
        ),
    ]

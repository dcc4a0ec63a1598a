"""Months and days of the week that Italian writes small, and Django's own catalogue with a capital.

Nothing is called here: the words stand in the source so that `make messages` keeps them in our catalogue,
which goes before Django's.
"""

from django.utils.translation import gettext_noop as _

MONTHS = [
    *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June")),
    *(_("July"), _("August"), _("September"), _("October"), _("November"), _("December")),
]
WEEKDAYS = [
    *(_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday")),
    *(_("Saturday"), _("Sunday")),
]

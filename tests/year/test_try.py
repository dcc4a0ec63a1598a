import datetime as dt
import pytest
from django.utils import timezone
from patients.demo import seed
from clinic.models import Membership
from tests.clients import signed_in
from tests.year import pages, comparing
from tests.year.rows import lives
from tests.year.slow_report import row_of, bands
from tests.year.slow_outcomes import *

@pytest.mark.django_db
def test_try():
    now = timezone.now()
    seed.seed(now=now, say=print)
    diffs = []
    for m in Membership.objects.filter(role="manager"):
        c = signed_in(m.user, method="mfa")
        all_ = list(lives(clinic=m.clinic_id))
        running = [l for l in all_ if l.prescription["status"] == "active"]
        rows = [row_of(l, now=now) for l in running]
        want = [comparing.file_row(r, clinic=m.clinic.name) for r in rows]
        diffs += comparing.files(want, pages.csv_rows(c))
        diffs += comparing.files(want, pages.xlsx_rows(c))
        first, shown = pages.whole_report(c)
        by = {r["pk"]: r for r in shown}
        for r in rows:
            diffs += comparing.mapping(str(r.pk), comparing.page_row(r), by[r.pk])
        diffs += comparing.mapping("bands", bands(rows), first.bands)
        reviews = Reviews()
        found = SlowOutcomes()
        for l in all_:
            count(found, l, Asked(dt.date(2025,1,1), dt.date(2026,12,31)), reviews, today=now.date())
        diffs += comparing.outcomes(found, pages.outcomes(c, first="2025-01-01", last="2026-12-31"))
        for k in KEYS:
            got = pages.behind(c, k, first="2025-01-01", last="2026-12-31")
            if sorted(got) != sorted(found.behind[k]): diffs.append(f"{k} {got} {found.behind[k]}")
    print("\n".join(diffs))
    assert not diffs

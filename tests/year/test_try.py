import datetime as dt, os
import pytest, time
from django.utils import timezone
from clinic.models import Membership, Clinic
from tests.clients import signed_in
from tests.year.checking import *
from patients.made_up.year import load_year
from patients import counting

@pytest.mark.django_db
def test_try(time_machine):
    t=time.time()
    loaded = load_year(patients=int(os.environ.get("P","60")), sessions=int(os.environ.get("S","4000")), seed=int(os.environ.get("SEED","1")), until=dt.date(2026,3,2))
    now = dt.datetime(2026,3,2,22,30,tzinfo=dt.UTC)
    time_machine.move_to(now, tick=False)
    print("load",loaded, time.time()-t)
    t=time.time()
    print(counting.count_stale(now=now), time.time()-t)
    c = signed_in(Membership.objects.filter(clinic=loaded.clinic, role="manager").first().user, method="mfa")
    dates=[EVERY_DATE,(dt.date(2026,1,10),dt.date(2026,2,20)),(None,dt.date(2026,2,25)),(dt.date(2026,2,25),None)]
    asked=[Asked(dt.date(2025,3,3),dt.date(2026,3,2)),Asked(dt.date(2025,11,1),dt.date(2025,12,31))]
    slow = work_out(clinic=loaded.clinic, name=Clinic.objects.get().name, now=now, dates=dates, asked=asked, today=dt.date(2026,3,2))
    print("slow",slow.seconds, slow.programmes, slow.sessions)
    t=time.time()
    x=Compared()
    for d in dates: compare_report(x,slow,c,dates=d)
    compare_report(x,slow,c,kind="xlsx")
    for f in filters_of(slow.rows[EVERY_DATE]): compare_report(x,slow,c,chosen=f)
    for s in ("name","adherence","last"): compare_pages(x,slow,c,sort=s)
    compare_pages(x,slow,c,sort="name",dates=dates[1])
    for a in asked: compare_outcomes(x,slow,c,a); compare_lists(x,slow,c,a)
    print("compare",time.time()-t)
    print(len(x.differences), x.figures)
    print("\n".join(x.differences[:60]))

@pytest.mark.django_db
def test_one(time_machine):
    from tests.year.rows import lives
    from tests.year.slow_days import days_of
    from patients import adherence
    from patients.models import Prescription
    loaded = load_year(patients=60, sessions=4000, seed=1, until=dt.date(2026,3,2))
    now = dt.datetime(2026,3,2,22,30,tzinfo=dt.UTC)
    time_machine.move_to(now, tick=False)
    for life in lives(clinic=loaded.clinic):
        on = life.today(now)
        p=Prescription.objects.get(pk=life.pk)
        if p.status=="ended": on=p.ended_on+dt.timedelta(1)
        slow={d.on:d for d in days_of(life,on)}
        for d in adherence.report(p,on=on).days:
            x=slow.get(d.on)
            a=(d.sessions_done,d.sessions_due,d.dose_halves_done,d.doses_due)
            b=(x.sessions_done,x.sessions_due,x.halves_done,x.doses_due) if x else (0,0,0,0)
            if a!=b:
                print("DIFF", life.pk, d.on, "app",a,"slow",b,d.state, {m.value for m in d.marks})
                print("   versions",[(v["id"],v["number"],v["starts_on"],v["sessions_a_day"],[str(l["line"])[:4] for l in v["lines"]]) for v in life.versions])
                for r in life.sessions:
                    if r["practised_on"]==d.on: print("   session",r["version_id"],r["revision"],r["superseded_at"],r["first_recorded_at"],r["stopped"],[(str(x["line"])[:4],x["outcome"]) for x in r["records"]])

import datetime as dt, os, random
import pytest
from patients import adherence
from patients.models import Prescription
from clinic.models import Membership, Clinic
from tests.factories import *
from tests.year.odd_lives import OddLife
from tests.year.rows import lives
from tests.year.slow_days import days_of

@pytest.mark.django_db
def test_try():
    seed = int(os.environ.get("SEED", "1")); N=int(os.environ.get("N","20"))
    clinic = ClinicFactory()
    ols=[]
    for n in range(N):
        dice = random.Random(f"{seed}:{n}")
        p = PatientFactory(clinic=clinic, time_zone=dice.choice(["", "Pacific/Auckland"]))
        ols.append(OddLife(p, dice, start=dt.date(2026,3,2), days=14, clinic_zone=clinic.time_zone))
    bad=0
    stories={o.story.pk:o for o in ols}
    for life in lives(clinic=clinic.pk):
        s=stories[life.pk].story
        on=s.date(14)
        slow={d.on:d for d in days_of(life,on)}
        rep=adherence.report(s.prescription,on=on)
        for d in rep.days:
            x=slow.get(d.on)
            a=(d.sessions_done,d.sessions_due,d.dose_halves_done,d.doses_due)
            b=(x.sessions_done,x.sessions_due,x.halves_done,x.doses_due) if x else None
            if a!=b:
                bad+=1
                inv={l.line:k for k,l in s.lines.items()}
                print("DIFF", life.pk, d.on, "app",a,"slow",b,d.state, {m.value for m in d.marks}, "on" if d.on==on else "")
                v=[v for v in life.versions if v["starts_on"]<=d.on]
                print("   versions",[(v["number"],v["starts_on"].day,v["sessions_a_day"],"".join(sorted(inv[l["line"]] for l in v["lines"]))) for v in v])
                for r in sorted(life.sessions,key=lambda r:(r["practised_on"],r["first_recorded_at"],r["revision"])):
                    if r["practised_on"]==d.on: print("   session",r["id"],str(r["uid"])[:4],"rev",r["revision"],"current" if not r["superseded_at"] else "old",r["first_recorded_at"],"stopped" if r["stopped"] else "",{inv[x["line"]]:x["outcome"]+":"+x["skip_reason"] for x in r["records"]})
                print("   stops",[(inv[x["line"]],x["session_id"],x["stopped_at"].isoformat(),[q["practised_on"].day for q in life.sessions if q["id"]==x["session_id"]],x["resumed_on"] and x["resumed_at"].isoformat()) for x in life.stops if [q["practised_on"] for q in life.sessions if q["id"]==x["session_id"]][0]<=d.on])
                print("   emerg",[(e["reported_on"].day,e["cleared_on"]) for e in life.emergencies],"pauses",[(e["starts_on"].day,e["ends_on"].day) for e in life.pauses],"skips",[e["skipped_on"].day for e in life.skipped_days])
    print("bad",bad)

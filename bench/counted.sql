-- The same figures from those that patients.counting has stored, in one statement: the least that a page could ask.
SELECT given.id, counted.sessions_done + counted.today_sessions_done,
       counted.sessions_due + counted.today_sessions_due,
       counted.dose_halves_done + counted.today_dose_halves_done,
       counted.doses_due + counted.today_doses_due,
       counted.days_due + (counted.today_sessions_due > 0)::int,
       counted.days_practised + (counted.today_sessions_due > 0 AND counted.today_sessions_done > 0)::int
FROM patients_prescription given
JOIN patients_patient patient ON patient.id = given.patient_id
JOIN clinic_clinic clinic ON clinic.id = patient.clinic_id
JOIN patients_countedday counted ON counted.prescription_id = given.id
 AND counted.on = (%(now)s::timestamptz AT TIME ZONE coalesce(nullif(patient.time_zone, ''), clinic.time_zone))::date
WHERE given.status = 'active' AND clinic.id = %(clinic)s

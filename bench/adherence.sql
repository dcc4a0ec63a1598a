-- Adherence of every running programme of a clinic, from what was told, in one statement: docs/adherence.md
-- written a second time, by hand, for PostgreSQL. `bench/measures/adherence_page.py` holds the page against it,
-- tests/year/ compares the figures.
WITH running AS (
    SELECT given.id AS p, given.patient_id AS patient, given.starts_on,
           (%(now)s::timestamptz AT TIME ZONE coalesce(nullif(patient.time_zone, ''), clinic.time_zone))::date
               AS today
    FROM patients_prescription given
    JOIN patients_patient patient ON patient.id = given.patient_id
    JOIN clinic_clinic clinic ON clinic.id = patient.clinic_id
    WHERE given.status = 'active' AND given.starts_on IS NOT NULL AND clinic.id = %(clinic)s
),
-- The sessions that count: the last revision of each, unless it was left before its first exercise.
told AS MATERIALIZED (
    SELECT session.id, session.uid, running.p, session.practised_on AS day, session.first_recorded_at AS at,
           session.version_id AS version, session.stopped,
           session.stopped OR EXISTS (
               SELECT FROM patients_exerciserecord r
               WHERE r.session_id = session.id AND r.outcome IN ('done', 'partly', 'stopped')
           ) AS practised
    FROM running
    JOIN patients_practicesession session ON session.prescription_id = running.p
    WHERE session.superseded_at IS NULL
      AND (session.stopped OR EXISTS (SELECT FROM patients_exerciserecord r WHERE r.session_id = session.id))
),
last_told AS MATERIALIZED (
    SELECT DISTINCT ON (p, day) p, day, version FROM told ORDER BY p, day, at DESC, id DESC
),
-- The dates on which something is asked, and how often.
days AS MATERIALIZED (
    SELECT running.p, dates.day, asking.sessions_a_day AS asked,
           coalesce(last_told.version, asking.id) AS version,
           last_told.p IS NULL AND skipped.id IS NOT NULL AS was_skipped,
           dates.day = running.today AS is_today,
           EXISTS (
               SELECT FROM patients_emergencyreport report
               WHERE report.patient_id = running.patient AND report.reported_on = dates.day
           ) AS was_reported
    FROM running
    CROSS JOIN LATERAL (
        SELECT series::date AS day FROM generate_series(running.starts_on, running.today, '1 day') series
    ) dates
    CROSS JOIN LATERAL (
        SELECT version.id, version.sessions_a_day, version.weekdays FROM patients_prescriptionversion version
        WHERE version.prescription_id = running.p AND version.starts_on <= dates.day
        ORDER BY version.number DESC LIMIT 1
    ) asking
    LEFT JOIN last_told ON last_told.p = running.p AND last_told.day = dates.day
    LEFT JOIN patients_skippedday skipped
        ON skipped.prescription_id = running.p AND skipped.skipped_on = dates.day
    WHERE asking.weekdays LIKE '%%' || extract(isodow FROM dates.day) || '%%'
      AND NOT EXISTS (
          SELECT FROM patients_pause pause
          WHERE pause.prescription_id = running.p AND dates.day BETWEEN pause.starts_on AND pause.ends_on
      )
      AND NOT EXISTS (
          SELECT FROM patients_emergencyreport report
          WHERE report.patient_id = running.patient AND report.reported_on < dates.day
            AND (report.cleared_on IS NULL OR dates.day < report.cleared_on)
      )
),
lines AS MATERIALIZED (
    SELECT days.p, days.day, exercise.line
    FROM days JOIN patients_prescribedexercise exercise ON exercise.version_id = days.version
),
stops AS MATERIALIZED (
    SELECT stop.prescription_id AS p, stop.line, session.uid, session.practised_on AS day,
           session.first_recorded_at AS at, stop.resumed_on, stop.resumed_at
    FROM patients_exercisestop stop
    JOIN running ON running.p = stop.prescription_id
    JOIN patients_practicesession session ON session.id = stop.session_id
),
-- One exercise in one session: what was said of it, and whether it was off.
in_session AS MATERIALIZED (
    SELECT lines.p, lines.day, lines.line, told.id AS session, told.stopped, record.outcome,
           coalesce(record.outcome = 'skipped' AND record.skip_reason = 'pain', false) AS skipped_for_pain,
           coalesce(bool_or(
               stops.uid <> told.uid AND (stops.day, stops.at) < (told.day, told.at)
               AND NOT coalesce(
                   told.day > stops.resumed_on OR (told.day = stops.resumed_on AND told.at >= stops.resumed_at),
                   false
               )
           ), false) AS off_before,
           coalesce(bool_or(stops.uid = told.uid), false) AS stops_it
    FROM lines
    JOIN told ON told.p = lines.p AND told.day = lines.day
    LEFT JOIN patients_exerciserecord record ON record.session_id = told.id AND record.line = lines.line
    LEFT JOIN stops ON stops.p = lines.p AND stops.line = lines.line
    GROUP BY lines.p, lines.day, lines.line, told.id, told.stopped, record.outcome, record.skip_reason
),
counting AS (
    SELECT session, coalesce(bool_or(NOT off_before AND (
               stopped OR coalesce(outcome <> 'skipped', false) OR NOT (skipped_for_pain OR stops_it)
           )), false) AS due
    FROM in_session GROUP BY session
),
sessions AS (
    SELECT told.p, told.day, count(*) AS recorded, count(*) FILTER (WHERE practised) AS practised,
           count(*) FILTER (WHERE counting.due) AS due
    FROM told JOIN counting ON counting.session = told.id
    GROUP BY told.p, told.day
),
doses AS (
    SELECT p, day, line,
           count(*) FILTER (WHERE NOT skipped_for_pain AND CASE
               WHEN stopped THEN outcome = 'done' AND NOT off_before
               ELSE NOT off_before AND NOT stops_it
           END) AS due,
           sum(CASE outcome WHEN 'done' THEN 2 WHEN 'partly' THEN 1 ELSE 0 END) AS halves
    FROM in_session GROUP BY p, day, line
),
off_at_end AS (
    SELECT DISTINCT lines.p, lines.day, lines.line
    FROM lines JOIN stops ON stops.p = lines.p AND stops.line = lines.line
    WHERE stops.day <= lines.day AND (stops.resumed_on IS NULL OR stops.resumed_on > lines.day)
),
owed AS MATERIALIZED (
    SELECT days.p, days.day, days.asked, coalesce(sessions.practised, 0) AS practised,
           coalesce(sessions.due, 0) AS due,
           CASE WHEN was_reported OR (is_today AND NOT was_skipped) THEN 0
                ELSE greatest(0, days.asked - coalesce(sessions.recorded, 0)) END AS missing
    FROM days LEFT JOIN sessions ON sessions.p = days.p AND sessions.day = days.day
),
by_line AS (
    SELECT lines.p, lines.day, off_at_end.line IS NOT NULL AS is_off,
           least(owed.asked, coalesce(doses.due, 0))
               + CASE WHEN off_at_end.line IS NULL THEN owed.missing ELSE 0 END AS due,
           coalesce(doses.halves, 0) AS halves
    FROM lines
    JOIN owed ON owed.p = lines.p AND owed.day = lines.day
    LEFT JOIN doses ON doses.p = lines.p AND doses.day = lines.day AND doses.line = lines.line
    LEFT JOIN off_at_end
        ON off_at_end.p = lines.p AND off_at_end.day = lines.day AND off_at_end.line = lines.line
),
by_day AS (
    SELECT owed.p, owed.practised, bool_and(is_off) AS all_off, sum(by_line.due) AS doses_due,
           sum(least(by_line.halves, 2 * by_line.due)) AS halves,
           least(owed.asked, owed.due) + CASE WHEN bool_and(is_off) THEN 0 ELSE owed.missing END AS due
    FROM owed JOIN by_line ON by_line.p = owed.p AND by_line.day = owed.day
    GROUP BY owed.p, owed.day, owed.practised, owed.asked, owed.due, owed.missing
)
SELECT running.p, coalesce(sum(least(practised, due)), 0) AS sessions_done, coalesce(sum(due), 0) AS sessions_due,
       coalesce(sum(halves), 0) AS dose_halves_done, coalesce(sum(doses_due), 0) AS doses_due,
       count(*) FILTER (WHERE due > 0) AS days_due,
       count(*) FILTER (WHERE due > 0 AND practised > 0) AS days_practised
FROM running LEFT JOIN by_day ON by_day.p = running.p
WHERE running.starts_on <= running.today
GROUP BY running.p

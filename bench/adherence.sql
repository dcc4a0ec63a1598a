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
told_days AS MATERIALIZED (SELECT DISTINCT p, day FROM told),
-- The dates on which something is asked, and how often.
days AS MATERIALIZED (
    SELECT running.p, dates.day, asking.sessions_a_day AS asked,
           asking.id AS version,
           told_days.p IS NULL AND skipped.id IS NOT NULL AS was_skipped,
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
    LEFT JOIN told_days ON told_days.p = running.p AND told_days.day = dates.day
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
stops AS MATERIALIZED (
    SELECT stop.prescription_id AS p, stop.line, session.uid, session.practised_on AS day,
           session.first_recorded_at AS at, stop.resumed_on, stop.resumed_at
    FROM patients_exercisestop stop
    JOIN running ON running.p = stop.prescription_id
    JOIN patients_practicesession session ON session.id = stop.session_id
),
-- One exercise in one session, by the version that it was done by: what was said of it, and whether it was off.
in_session AS MATERIALIZED (
    SELECT told.p, told.day, told.id AS session, told.version, exercise.line, told.stopped, record.outcome,
           coalesce(record.outcome = 'skipped' AND record.skip_reason = 'pain', false) AS skipped_for_pain,
           coalesce(bool_or(
               stops.uid <> told.uid AND (stops.day, stops.at) < (told.day, told.at)
               AND NOT coalesce(
                   told.day > stops.resumed_on OR (told.day = stops.resumed_on AND told.at >= stops.resumed_at),
                   false
               )
           ), false) AS off_before,
           coalesce(bool_or(stops.uid = told.uid), false) AS stops_it
    FROM told
    JOIN days ON days.p = told.p AND days.day = told.day
    JOIN patients_prescribedexercise exercise ON exercise.version_id = told.version
    LEFT JOIN patients_exerciserecord record ON record.session_id = told.id AND record.line = exercise.line
    LEFT JOIN stops ON stops.p = told.p AND stops.line = exercise.line
    GROUP BY told.p, told.day, told.id, told.version, exercise.line, told.stopped, record.outcome,
             record.skip_reason
),
asked_in_session AS MATERIALIZED (
    SELECT *, NOT skipped_for_pain AND NOT off_before AND CASE
               WHEN stopped THEN coalesce(outcome = 'done', false) ELSE NOT stops_it
           END AS is_due,
           CASE outcome WHEN 'done' THEN 2 WHEN 'partly' THEN 1 ELSE 0 END AS halves
    FROM in_session
),
due_sessions AS (
    SELECT session, bool_or(NOT off_before AND (stopped OR is_due OR outcome <> 'skipped')) IS TRUE AS is_due
    FROM asked_in_session GROUP BY session
),
-- Of more sessions than are asked, those that are excused give way, then those done by an earlier version.
placed AS (
    SELECT told.p, told.day, told.version, told.practised, due_sessions.is_due, days.asked, row_number() OVER (
               PARTITION BY told.p, told.day ORDER BY due_sessions.is_due DESC, version.number DESC
           ) AS place
    FROM told
    JOIN days ON days.p = told.p AND days.day = told.day
    JOIN due_sessions ON due_sessions.session = told.id
    JOIN patients_prescriptionversion version ON version.id = told.version
),
sessions AS (
    SELECT p, day, count(*) AS recorded, count(*) FILTER (WHERE practised) AS practised,
           count(*) FILTER (WHERE is_due) AS due
    FROM placed GROUP BY p, day
),
places AS (
    SELECT p, day, version, count(*) FILTER (WHERE is_due AND place <= asked) AS places
    FROM placed GROUP BY p, day, version
),
owed AS MATERIALIZED (
    SELECT days.p, days.day, days.version, days.asked, coalesce(sessions.practised, 0) AS practised,
           coalesce(sessions.due, 0) AS due,
           CASE WHEN was_reported OR (is_today AND NOT was_skipped) THEN 0
                ELSE greatest(0, days.asked - coalesce(sessions.recorded, 0)) END AS missing
    FROM days LEFT JOIN sessions ON sessions.p = days.p AND sessions.day = days.day
),
-- What is on when the day is over, so also in a session of it that was not recorded.
missed AS MATERIALIZED (
    SELECT owed.p, owed.day, exercise.line, owed.missing AS due
    FROM owed
    JOIN patients_prescribedexercise exercise ON exercise.version_id = owed.version
    WHERE owed.missing > 0 AND NOT EXISTS (
        SELECT FROM stops
        WHERE stops.p = owed.p AND stops.line = exercise.line AND stops.day <= owed.day
          AND (stops.resumed_on IS NULL OR stops.resumed_on > owed.day)
    )
),
by_version AS (
    SELECT p, day, version, line, count(*) FILTER (WHERE is_due) AS due, sum(halves) AS halves
    FROM asked_in_session GROUP BY p, day, version, line
),
by_line AS (
    SELECT p, day, line, sum(due) AS due, sum(halves) AS halves
    FROM (
        SELECT p, day, line, least(places, due) AS due, halves
        FROM by_version JOIN places USING (p, day, version)
        UNION ALL
        SELECT p, day, line, due, 0 FROM missed
    ) each
    GROUP BY p, day, line
),
doses AS (
    SELECT p, day, sum(due) AS due, sum(least(halves, 2 * due)) AS halves FROM by_line GROUP BY p, day
),
standing AS (SELECT DISTINCT p, day FROM missed),
by_day AS (
    SELECT owed.p, owed.practised, coalesce(doses.due, 0) AS doses_due, coalesce(doses.halves, 0) AS halves,
           least(owed.asked, owed.due) + CASE WHEN standing.p IS NULL THEN 0 ELSE owed.missing END AS due
    FROM owed
    LEFT JOIN doses ON doses.p = owed.p AND doses.day = owed.day
    LEFT JOIN standing ON standing.p = owed.p AND standing.day = owed.day
)
SELECT running.p, coalesce(sum(least(practised, due)), 0) AS sessions_done, coalesce(sum(due), 0) AS sessions_due,
       coalesce(sum(halves), 0) AS dose_halves_done, coalesce(sum(doses_due), 0) AS doses_due,
       count(*) FILTER (WHERE due > 0) AS days_due,
       count(*) FILTER (WHERE due > 0 AND practised > 0) AS days_practised
FROM running LEFT JOIN by_day ON by_day.p = running.p
WHERE running.starts_on <= running.today
GROUP BY running.p

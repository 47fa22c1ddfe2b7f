-- Discharge summaries of the cohort's admissions: reports before addenda, each by date, the latest first.
CREATE TABLE summaries AS
SELECT s.stay_id::VARCHAR AS stay_id, n.text,
       row_number() OVER (
         ORDER BY s.stay_id, coalesce(n.description, '') ILIKE '%addendum%', n.chartdate DESC, n.row_id DESC
       ) AS position
FROM noteevents AS n
JOIN candidates AS s USING (hadm_id)
WHERE lower(trim(n.category)) = 'discharge summary'
  AND coalesce(n.iserror, '') NOT IN ('1', '1.0')
  AND n.text IS NOT NULL;

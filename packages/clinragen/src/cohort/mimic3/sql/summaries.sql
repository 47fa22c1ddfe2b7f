-- Discharge summaries of the cohort's admissions: reports before addenda, each by date, the latest first.
CREATE TABLE summaries AS
SELECT c.stay, n.text,
       row_number() OVER (
         ORDER BY c.stay, coalesce(n.description, '') ILIKE '%addendum%', n.chartdate DESC, n.row_id DESC
       ) AS position
FROM noteevents AS n
JOIN stay_numbers AS s USING (hadm_id)
JOIN candidates AS c ON c.stay = s.stay
WHERE lower(trim(n.category)) = 'discharge summary'
  AND coalesce(n.iserror, '') NOT IN ('1', '1.0')
  AND n.text IS NOT NULL;

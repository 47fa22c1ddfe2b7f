-- Discharge summaries of the cohort's admissions: summaries before addenda, the latest first.
CREATE TABLE summaries AS
SELECT s.stay, n.text,
       row_number() OVER (
         ORDER BY s.stay, upper(trim(coalesce(n.note_type, ''))) = 'AD', n.note_seq DESC, n.note_id DESC
       ) AS position
FROM discharge AS n
JOIN stay_numbers AS s USING (subject_id, hadm_id)
SEMI JOIN candidates AS c ON c.stay = s.stay
WHERE n.text IS NOT NULL;

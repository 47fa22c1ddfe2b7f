-- Recorded diagnoses of a stay's admission. The benchmark joins with the dictionary of codes and so drops codes that the
-- dictionary does not know.
CREATE TABLE codes AS
SELECT DISTINCT s.stay, upper(trim(d.icd9_code)) AS code, 9 AS version
FROM diagnoses_icd AS d
JOIN stay_numbers AS s USING (subject_id, hadm_id)
WHERE {{known}};

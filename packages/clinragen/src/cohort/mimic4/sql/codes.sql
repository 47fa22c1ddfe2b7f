-- Recorded diagnoses of a stay's admission, in ICD-9-CM or ICD-10-CM; codes that the dictionary does not know are dropped, as in
-- the benchmark.
CREATE TABLE codes AS
SELECT DISTINCT s.stay, d.code, d.version
FROM (
  SELECT subject_id, hadm_id, upper(replace(trim(icd_code), '.', '')) AS code, icd_version AS version FROM diagnoses_icd
) AS d
JOIN stay_numbers AS s USING (subject_id, hadm_id)
WHERE d.code <> '' AND d.version IN (9, 10)
  AND {{known}};

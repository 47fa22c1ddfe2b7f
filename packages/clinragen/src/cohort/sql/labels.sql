-- The 25 phenotypes of a stay: ICD-9 codes of its admission, by the CCS categories in `phenotype_codes`.

-- The benchmark joins with the dictionary of codes and so drops codes that the dictionary does not know.
CREATE TABLE diagnoses AS
SELECT DISTINCT s.stay_id, d.icd9_code
FROM diagnoses_icd AS d
JOIN stays AS s USING (subject_id, hadm_id)
WHERE {{known}};

CREATE TABLE labels AS
SELECT d.stay_id, coalesce(list(DISTINCT p.position ORDER BY p.position) FILTER (p.position IS NOT NULL), []) AS positions
FROM diagnoses AS d
LEFT JOIN phenotype_codes AS p USING (icd9_code)
GROUP BY d.stay_id;

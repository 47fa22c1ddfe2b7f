-- What was documented during a stay's admission and is no label: lines of (stay, part, position, text) for a composed
-- note. DIAGNOSES_ICD and DRGCODES are not read here, nor is anything of another admission.
CREATE TABLE documented AS
WITH entries AS (
  SELECT hadm_id, 'admission' AS part, 0::BIGINT AS position, concat_ws(', ', diagnosis, admission_type, admission_location) AS text
  FROM admissions
  UNION ALL
  SELECT hadm_id, 'services', epoch_us(transfertime), curr_service FROM services
  UNION ALL
  SELECT p.hadm_id, 'procedures', p.seq_num, d.long_title
  FROM procedures_icd AS p JOIN d_icd_procedures AS d USING (icd9_code)
  UNION ALL
  SELECT e.hadm_id, 'bedside procedures', epoch_us(e.starttime), i.label
  FROM procedureevents_mv AS e JOIN d_items AS i USING (itemid)
  UNION ALL
  SELECT hadm_id, 'microbiology', epoch_us(TRY_CAST(chartdate AS TIMESTAMP)),
         concat(spec_type_desc, ' ', coalesce(org_name, 'no growth'))
  FROM microbiologyevents
  WHERE spec_type_desc IS NOT NULL
  UNION ALL
  SELECT e.hadm_id, 'infusions', epoch_us(e.starttime), i.label FROM inputevents_mv AS e JOIN d_items AS i USING (itemid)
  UNION ALL
  SELECT e.hadm_id, 'infusions', epoch_us(e.charttime), i.label FROM inputevents_cv AS e JOIN d_items AS i USING (itemid)
  UNION ALL
  -- BASE is the fluid that a drug is dissolved in.
  SELECT hadm_id, 'medications', epoch_us(TRY_CAST(startdate AS TIMESTAMP)), coalesce(drug, drug_name_generic)
  FROM prescriptions
  WHERE coalesce(drug_type, 'MAIN') <> 'BASE'
)
SELECT c.stay_id, e.part, lower(trim(e.text)) AS text, min(e.position) AS first
FROM entries AS e
JOIN candidates AS c USING (hadm_id)
WHERE trim(coalesce(e.text, '')) <> ''
GROUP BY ALL;

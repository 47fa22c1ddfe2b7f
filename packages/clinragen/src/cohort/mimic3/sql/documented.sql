-- What was documented during a stay's admission and is no label: entries for a composed note. DIAGNOSES_ICD and DRGCODES are
-- not read here, nor is anything of another admission.
--
-- `known`: when it was documented; a date without a time is known at the end of its day. Procedures are coded after discharge:
-- nobody knows when they were known (NULL).
CREATE TABLE documented AS
WITH entries AS (
  SELECT hadm_id, 'admission' AS part, 0::BIGINT AS position, NULL::TIMESTAMP AS known, true AS before,
         concat_ws(', ', diagnosis, admission_type, admission_location) AS text
  FROM admissions
  UNION ALL
  SELECT hadm_id, 'services', epoch_us(transfertime), transfertime, false, curr_service FROM services
  UNION ALL
  SELECT p.hadm_id, 'procedures', p.seq_num, NULL, false, d.long_title
  FROM procedures_icd AS p JOIN d_icd_procedures AS d USING (icd9_code)
  UNION ALL
  SELECT e.hadm_id, 'bedside procedures', epoch_us(e.starttime), e.starttime, false, i.label
  FROM procedureevents_mv AS e JOIN d_items AS i USING (itemid)
  UNION ALL
  SELECT hadm_id, 'microbiology', epoch_us(TRY_CAST(chartdate AS TIMESTAMP)),
         TRY_CAST(chartdate AS TIMESTAMP) + INTERVAL 1 DAY, false, concat(spec_type_desc, ' ', coalesce(org_name, 'no growth'))
  FROM microbiologyevents
  WHERE spec_type_desc IS NOT NULL
  UNION ALL
  SELECT e.hadm_id, 'infusions', epoch_us(e.starttime), e.starttime, false, i.label
  FROM inputevents_mv AS e JOIN d_items AS i USING (itemid)
  UNION ALL
  SELECT e.hadm_id, 'infusions', epoch_us(e.charttime), e.charttime, false, i.label
  FROM inputevents_cv AS e JOIN d_items AS i USING (itemid)
  UNION ALL
  -- BASE is the fluid that a drug is dissolved in.
  SELECT hadm_id, 'medications', epoch_us(TRY_CAST(startdate AS TIMESTAMP)),
         TRY_CAST(startdate AS TIMESTAMP) + INTERVAL 1 DAY, false, coalesce(drug, drug_name_generic)
  FROM prescriptions
  WHERE coalesce(drug_type, 'MAIN') <> 'BASE'
)
SELECT s.stay, e.part, lower(trim(e.text)) AS text, min(e.position) AS first,
       min(CASE WHEN e.before THEN -1 ELSE epoch_us(e.known - s.intime) / 3.6e9 END) AS hours
FROM entries AS e
JOIN stay_numbers AS s USING (hadm_id)
JOIN candidates AS c ON c.stay = s.stay
WHERE trim(coalesce(e.text, '')) <> ''
GROUP BY s.stay, e.part, lower(trim(e.text));

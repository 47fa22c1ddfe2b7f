-- What was documented during a stay's admission and is no label: entries for a composed note. diagnoses_icd and drgcodes are
-- not read here, nor is anything of another admission.
--
-- `known`: when the hospital knew it. What is done at the bedside is known when it is done, a result when the laboratory
-- stored it, an order when it was entered. A date without a time counts as the end of its day.
CREATE TABLE documented AS
WITH entries AS (
  SELECT hadm_id, 'admission' AS part, 0::BIGINT AS position, NULL::TIMESTAMP AS known, true AS earlier,
         concat_ws(', ', admission_type, admission_location) AS text
  FROM admissions
  UNION ALL
  SELECT hadm_id, 'services', epoch_us(transfertime), transfertime, false, curr_service FROM services
  UNION ALL
  -- What was cut is known on the day; that it was coded after discharge changes its name only.
  SELECT p.hadm_id, 'procedures', p.seq_num, p.chartdate + INTERVAL 1 DAY, false, d.long_title
  FROM procedures_icd AS p
  JOIN d_icd_procedures AS d ON trim(d.icd_code) = trim(p.icd_code) AND d.icd_version = p.icd_version
  UNION ALL
  SELECT e.hadm_id, 'bedside procedures', epoch_us(e.starttime), e.starttime, false, i.label
  FROM procedureevents AS e JOIN d_items AS i USING (itemid)
  UNION ALL
  -- An organism, or what was asked for. `comments` is free text: only whether it says that nothing grew is read.
  SELECT coalesce(m.hadm_id, a.hadm_id), 'microbiology', epoch_us(coalesce(m.charttime, m.chartdate)),
         coalesce(m.storetime, m.storedate + INTERVAL 1 DAY), false,
         concat_ws(' ', m.spec_type_desc, coalesce(m.org_name, CASE WHEN m.comments ILIKE 'no growth%' THEN 'no growth' ELSE m.test_name END))
  FROM microbiologyevents AS m
  -- Many name no admission: then the one into whose time the specimen falls.
  LEFT JOIN admissions AS a
    ON m.hadm_id IS NULL AND a.subject_id = m.subject_id
   AND coalesce(m.charttime, m.chartdate) >= a.admittime AND coalesce(m.charttime, m.chartdate) <= a.dischtime
  WHERE m.spec_type_desc IS NOT NULL
    AND coalesce(m.org_name, '') NOT ILIKE '%cancel%'
    AND coalesce(m.comments, '') NOT ILIKE 'test cancel%'
  UNION ALL
  SELECT e.hadm_id, 'infusions', epoch_us(e.starttime), e.starttime, false, i.label
  FROM inputevents AS e JOIN d_items AS i USING (itemid)
  UNION ALL
  -- BASE is the fluid that a drug is dissolved in. One order in twelve was entered after the time from which it counts.
  SELECT p.hadm_id, 'medications', epoch_us(p.starttime), greatest(p.starttime, o.entertime), false, p.drug
  FROM prescriptions AS p
  LEFT JOIN (SELECT pharmacy_id, min(entertime) AS entertime FROM pharmacy GROUP BY pharmacy_id) AS o USING (pharmacy_id)
  WHERE coalesce(p.drug_type, 'MAIN') <> 'BASE'
)
SELECT s.stay, e.part, lower(trim(e.text)) AS text, min(e.position) AS first,
       min(CASE WHEN e.earlier OR e.known < s.intime THEN -1 ELSE epoch_us(e.known - s.intime) / 3.6e9 END) AS hours
FROM entries AS e
JOIN stay_numbers AS s USING (hadm_id)
JOIN candidates AS c ON c.stay = s.stay
WHERE trim(coalesce(e.text, '')) <> ''
GROUP BY s.stay, e.part, lower(trim(e.text));

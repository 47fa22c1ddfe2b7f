-- Validated events (validate_events of mimic3-benchmarks), from one scan of the table {{table}}.
--
-- An event belongs to a stay by its admission; an empty ICUSTAY_ID is taken from the stay, another one refuses the event.
-- Rows that are not kept collapse to one row per outcome, so that `records` adds up to the table's number of rows.
INSERT INTO scanned
SELECT '{{table}}' AS source, outcome,
       CASE WHEN outcome = 'kept' THEN subject_id END AS subject_id,
       CASE WHEN outcome = 'kept' THEN stay_id END AS stay_id,
       CASE WHEN outcome = 'kept' THEN charttime END AS charttime,
       CASE WHEN outcome = 'kept' THEN variable END AS variable,
       CASE WHEN outcome = 'kept' THEN unit END AS unit,
       CASE WHEN outcome = 'kept' THEN other_fluid END AS other_fluid,
       CASE WHEN outcome = 'kept' THEN kind END AS kind,
       CASE WHEN outcome = 'kept' THEN value END AS value,
       CASE WHEN outcome = 'kept' THEN coalesce(valueuom, '') END AS uom,
       count(*) AS records
FROM (
  SELECT e.charttime, e.value, e.valueuom, i.variable, i.unit, i.other_fluid, i.kind, s.subject_id, s.stay_id,
         CASE
           WHEN p.subject_id IS NULL THEN 'subject not in cohort'
           WHEN e.hadm_id IS NULL THEN 'no admission'
           WHEN s.stay_id IS NULL THEN 'admission not in cohort'
           WHEN {{icustay}} <> s.stay_id THEN 'another stay of the admission'
           WHEN i.variable IS NULL THEN 'other item'
           WHEN e.value IS NULL OR e.value IN (SELECT value FROM no_value) OR e.charttime IS NULL THEN 'no value'
           ELSE 'kept'
         END AS outcome
  FROM {{table}} AS e
  LEFT JOIN (SELECT DISTINCT subject_id FROM benchmark_stays) AS p ON p.subject_id = e.subject_id
  LEFT JOIN benchmark_stays AS s ON s.subject_id = e.subject_id AND s.hadm_id = e.hadm_id
  LEFT JOIN items AS i ON i.itemid = e.itemid
)
GROUP BY ALL;

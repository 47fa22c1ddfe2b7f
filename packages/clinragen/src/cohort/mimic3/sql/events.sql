-- Validated events (validate_events of mimic3-benchmarks), from one scan of the table {{table}}.
--
-- An event belongs to a stay by its admission; an empty ICUSTAY_ID is taken from the stay, another one refuses the event.
-- What is refused is counted in passing, by a sequence per reason (all begin at 1, so `= 0` is never true): nine rows of
-- ten are, and to group or to store them takes longer than to read them.
INSERT INTO scanned
SELECT '{{table}}' AS source, e.itemid, s.stay_id, e.charttime, e.value, coalesce(e.valueuom, '') AS uom
FROM {{table}} AS e
LEFT JOIN (SELECT DISTINCT subject_id FROM benchmark_stays) AS p ON p.subject_id = e.subject_id
LEFT JOIN benchmark_stays AS s ON s.subject_id = e.subject_id AND s.hadm_id = e.hadm_id
LEFT JOIN items AS i ON i.itemid = e.itemid
WHERE CASE
  WHEN p.subject_id IS NULL THEN nextval('subject_not_in_cohort') = 0
  WHEN e.hadm_id IS NULL THEN nextval('no_admission') = 0
  WHEN s.stay_id IS NULL THEN nextval('admission_not_in_cohort') = 0
  WHEN {{icustay}} <> s.stay_id THEN nextval('another_stay_of_the_admission') = 0
  WHEN i.variable IS NULL THEN nextval('other_item') = 0
  WHEN e.value IS NULL OR e.value IN (SELECT value FROM no_value) OR e.charttime IS NULL THEN nextval('no_value') = 0
  ELSE true
END;

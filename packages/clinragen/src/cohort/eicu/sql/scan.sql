-- One scan of an event table: `rows` is (patientunitstayid, minute, label, item, value, unit). What is refused is counted in
-- passing, by a sequence per reason (all begin at 1, so `= 0` is never true): to group or to store so many rows takes longer
-- than to read them.
INSERT INTO charted
SELECT s.stay, e.minute / 60 AS hours, i.variable, i.kind, i.declared, e.value, e.unit
FROM ({{rows}}) AS e
LEFT JOIN stay_numbers AS s ON s.patientunitstayid = e.patientunitstayid
LEFT JOIN items AS i ON i.source_table = '{{table}}' AND i.item = e.item AND i.label = e.label
WHERE CASE
  WHEN s.stay IS NULL THEN nextval('stay_not_in_cohort') = 0
  WHEN i.variable IS NULL THEN nextval('other_item') = 0
  WHEN e.minute IS NULL OR trim(coalesce(e.value, '')) = '' THEN nextval('no_value') = 0
  WHEN e.minute NOT BETWEEN 0 AND s.minutes THEN nextval('outside_the_stay') = 0
  ELSE true
END;

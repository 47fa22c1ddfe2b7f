-- vitalAperiodic: a row per measurement of a cuff, a column per pressure.
CREATE TABLE scanned AS
SELECT s.stay, v.observationoffset AS minute, {{columns}}
FROM vitalaperiodic AS v
LEFT JOIN stay_numbers AS s ON s.patientunitstayid = v.patientunitstayid
WHERE CASE
  WHEN s.stay IS NULL THEN nextval('stay_not_in_cohort') = 0
  WHEN v.observationoffset IS NULL OR coalesce({{columns}}) IS NULL THEN nextval('no_value') = 0
  WHEN v.observationoffset NOT BETWEEN 0 AND s.minutes THEN nextval('outside_the_stay') = 0
  ELSE true
END;

INSERT INTO charted
SELECT u.stay, u.minute / 60, i.variable, i.kind, i.declared, u.value, ''
FROM (UNPIVOT scanned ON {{columns}} INTO NAME item VALUE value) AS u
JOIN items AS i ON i.source_table = 'vitalAperiodic' AND i.item = u.item;

-- Weight and height on admission, at hour 0. A stay of which nothing else was measured is not measured by them.
INSERT INTO charted
SELECT u.stay, 0, i.variable, i.kind, i.declared, u.value, ''
FROM (
  UNPIVOT (SELECT s.stay, {{columns}} FROM patient AS p JOIN stay_numbers AS s USING (patientunitstayid))
  ON {{columns}} INTO NAME item VALUE value
) AS u
JOIN items AS i ON i.source_table = 'patient' AND i.item = u.item
SEMI JOIN measured AS m ON m.stay = u.stay;

-- One scan of {{table}}, whose rows name their stay. What is refused is counted in passing, by a sequence per reason (all begin
-- at 1, so `= 0` is never true): most of 314 million rows are, and to group or to store them takes longer than to read them.
INSERT INTO charted
SELECT s.stay, epoch_us(e.charttime - s.intime) / 3.6e9 AS hours, i.variable, i.kind, i.unit AS declared,
       -- Answers are words; of numbers MIMIC-IV says which one it means.
       CASE WHEN i.kind = 'text' THEN coalesce(e.value, e.valuenum) ELSE coalesce(e.valuenum, e.value) END AS value,
       e.valueuom AS unit
FROM {{table}} AS e
LEFT JOIN stay_numbers AS s ON s.stay_id = e.stay_id
LEFT JOIN (SELECT * FROM items WHERE source = '{{table}}') AS i ON i.itemid = e.itemid
WHERE CASE
  WHEN s.stay IS NULL THEN nextval('stay_not_in_cohort') = 0
  WHEN i.itemid IS NULL THEN nextval('other_item') = 0
  WHEN coalesce(e.value, e.valuenum) IS NULL OR e.charttime IS NULL THEN nextval('no_value') = 0
  WHEN epoch_us(e.charttime - s.intime) / 3.6e9 NOT BETWEEN 0 AND s.period_length THEN nextval('not_during_the_stay') = 0
  ELSE true
END;

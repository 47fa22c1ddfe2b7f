-- One scan of labevents, whose rows name no stay: a row belongs to the stay of its subject into whose time it falls. Its
-- admission may be empty; another one refuses it. What is refused is counted as in charted.sql.
INSERT INTO drawn
SELECT s.stay, epoch_us(e.charttime - s.intime) / 3.6e9 AS hours, e.itemid,
       CASE WHEN i.kind = 'specimen' THEN e.value ELSE coalesce(e.valuenum, e.value) END AS value, e.valueuom AS unit,
       CASE WHEN i.kind IN ('arterial', 'specimen') THEN e.specimen_id END AS specimen_id
FROM labevents AS e
LEFT JOIN stay_moments AS s ON s.subject_id = e.subject_id AND e.charttime >= s.intime AND e.charttime <= s.last
LEFT JOIN (SELECT * FROM items WHERE source = 'labevents') AS i ON i.itemid = e.itemid
WHERE CASE
  WHEN s.stay IS NULL THEN nextval('in_no_stay_of_the_cohort') = 0
  WHEN e.hadm_id <> s.hadm_id THEN nextval('another_admission') = 0
  WHEN i.itemid IS NULL THEN nextval('other_item') = 0
  WHEN coalesce(e.value, e.valuenum) IS NULL THEN nextval('no_value') = 0
  ELSE true
END;

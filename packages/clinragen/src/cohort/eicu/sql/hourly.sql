-- The hourly form (dyn.parquet): a row per stay and hour, a column per variable. Where the raw tables have the variable in that
-- hour, they win; an hour's sum (urine) is only taken where they have none of the whole stay, or it would count twice.
CREATE TABLE scanned AS
SELECT s.stay, h.minute, {{columns}}
FROM hourly_form AS h
LEFT JOIN stay_numbers AS s ON s.patientunitstayid = h.stay_id
WHERE CASE
  WHEN s.stay IS NULL THEN nextval('stay_not_in_cohort') = 0
  WHEN h.minute IS NULL OR coalesce({{columns}}) IS NULL THEN nextval('no_value') = 0
  WHEN h.minute NOT BETWEEN 0 AND s.minutes THEN nextval('outside_the_stay') = 0
  ELSE true
END;

CREATE TABLE raw_hours AS
SELECT DISTINCT stay, floor(hours)::INTEGER AS hour, variable FROM measured;

CREATE TABLE hourly_measured AS
SELECT u.stay, u.minute / 60 AS hours, c.variable, u.value * f.factor + f.shift AS value
FROM (UNPIVOT scanned ON {{columns}} INTO NAME item VALUE value) AS u
JOIN hourly_columns AS c ON c.item = u.item
JOIN units AS f ON f.variable = c.variable AND f.unit = c.unit
ANTI JOIN raw_hours AS r
  ON r.stay = u.stay AND r.hour = floor(u.minute / 60)::INTEGER AND r.variable = c.variable
ANTI JOIN (SELECT DISTINCT stay, variable FROM raw_hours) AS w
  ON w.stay = u.stay AND w.variable = CASE WHEN c.summed THEN c.variable END
WHERE isfinite(u.value);

INSERT INTO measured SELECT * FROM hourly_measured;
DROP TABLE raw_hours;

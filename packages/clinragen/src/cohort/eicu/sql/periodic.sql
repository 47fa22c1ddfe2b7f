-- vitalPeriodic: the monitor's medians of five minutes, 146 million rows in the whole database. Of each hour the last plausible
-- value is kept (the last one where none is), since that is what an hourly series holds; it makes a tenth of the rows.

-- Which of an hour's values counts: the one with the largest rank. 10,000,000 minutes are longer than any stay.
CREATE OR REPLACE MACRO rank_of(value, low, high, minute) AS
  CASE WHEN value BETWEEN low AND high THEN minute + 10000000 WHEN value IS NOT NULL THEN minute END;

CREATE TABLE scanned AS
SELECT s.stay, v.observationoffset // 60 AS hour, count(*) AS records,
       {{ranked}}
FROM vitalperiodic AS v
LEFT JOIN stay_numbers AS s ON s.patientunitstayid = v.patientunitstayid
WHERE CASE
  WHEN s.stay IS NULL THEN nextval('stay_not_in_cohort') = 0
  WHEN v.observationoffset IS NULL OR coalesce({{columns}}) IS NULL THEN nextval('no_value') = 0
  WHEN v.observationoffset NOT BETWEEN 0 AND s.minutes THEN nextval('outside_the_stay') = 0
  ELSE true
END
GROUP BY ALL;

INSERT INTO measured
SELECT stay, rank % 10000000 / 60, variable, value
FROM (UNPIVOT scanned ON {{pairs}} INTO NAME variable VALUE value, rank)
WHERE isfinite(value);

-- Hourly series of the chosen stays: bins of one hour, the last value of each (or the hour's sum), carried forward; normal
-- values before the first. `hourly_variables` holds per variable its normal value and the limits of the plausible.

-- Fractions that were divided by 100 once too often, and percents that were taken for fractions or torr.
CREATE MACRO put_right(variable, value) AS
  CASE WHEN variable = 'fraction_inspired_oxygen' AND value BETWEEN 0.0021::DOUBLE AND 0.01::DOUBLE THEN value * 100
       WHEN variable = 'fraction_inspired_oxygen' AND value BETWEEN 21 AND 100 THEN value / 100
       ELSE value END;

-- T: as many hours as the stay lasted, at least one, at most {{maxHours}} and no more than are to be known.
CREATE TABLE stay_hours AS
SELECT stay, greatest(1, least({{maxHours}}, {{until}}, ceil(period_length)))::INTEGER AS hours,
       least({{until}}, ceil(period_length)) > {{maxHours}} AS cut
FROM chosen;

-- Of several values at one moment the largest, as in the benchmark; amounts add up.
CREATE TABLE moments AS
SELECT m.stay, m.hours, m.variable, max(m.value) AS charted
FROM measured AS m SEMI JOIN chosen USING (stay)
WHERE m.variable IN (SELECT variable FROM hourly_variables WHERE NOT summed)
GROUP BY ALL;

-- An event at the very end of the stay falls into its last hour.
CREATE TABLE judged AS
SELECT u.stay, u.hours, u.hour, u.variable, u.value, u.righted,
       CASE WHEN value < v.outlier_low OR value > v.outlier_high THEN 'dropped'
            WHEN value < v.valid_low OR value > v.valid_high THEN 'clamped'
            ELSE 'plausible' END AS verdict,
       greatest(v.valid_low, least(v.valid_high, value)) AS limited
FROM (
  SELECT m.stay, m.hours, greatest(0, least(floor(m.hours)::INTEGER, ceil(c.period_length)::INTEGER - 1)) AS hour, m.variable,
         put_right(m.variable, m.charted) AS value, value <> m.charted AS righted
  FROM moments AS m JOIN chosen AS c USING (stay)
  UNION ALL
  SELECT m.stay, hour, greatest(0, least(floor(m.hours)::INTEGER, ceil(c.period_length)::INTEGER - 1)) AS hour, m.variable,
         sum(m.value) AS value, false AS righted
  FROM measured AS m JOIN chosen AS c USING (stay)
  WHERE m.variable IN (SELECT variable FROM hourly_variables WHERE summed)
  GROUP BY m.stay, hour, m.variable
) AS u
JOIN hourly_variables AS v USING (variable);

CREATE TABLE bins AS
SELECT j.stay, j.hour, j.variable, arg_max(j.limited, j.hours) AS value
FROM judged AS j
JOIN stay_hours AS h ON h.stay = j.stay AND j.hour < h.hours
WHERE j.verdict <> 'dropped'
GROUP BY ALL;

CREATE TABLE wide AS
SELECT stay, hour,
{{wide}}
FROM bins
GROUP BY stay, hour;

CREATE TABLE series AS
SELECT h.stay, h.hour,
{{filled}}
FROM (SELECT stay, unnest(range(hours))::INTEGER AS hour FROM stay_hours) AS h
LEFT JOIN wide AS w ON w.stay = h.stay AND w.hour = h.hour
WINDOW past AS (PARTITION BY h.stay ORDER BY h.hour);

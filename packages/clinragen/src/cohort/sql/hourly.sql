-- Hourly series of the chosen stays: bins of one hour, the last value of each, carried forward; normal values before the
-- first. `hourly_variables` holds per variable its normal value and the limits of the plausible.

-- Fractions that the benchmark's cleaning divided by 100 once too often, and percents that it took for torr.
CREATE MACRO put_right(variable, value) AS
  CASE WHEN variable = 'fraction_inspired_oxygen' AND value BETWEEN 0.0021::DOUBLE AND 0.01::DOUBLE THEN value * 100
       WHEN variable = 'fraction_inspired_oxygen' AND value BETWEEN 21 AND 100 THEN value / 100
       ELSE value END;

-- T: as many hours as the stay lasted, at least one, at most {{maxHours}}.
CREATE TABLE stay_hours AS
SELECT stay_id, greatest(1, least({{maxHours}}, ceil(period_length)))::INTEGER AS hours,
       ceil(period_length) > {{maxHours}} AS cut
FROM chosen;

CREATE TABLE judged AS
SELECT u.stay_id, u.hours, u.variable, put_right(u.variable, u.charted) AS value, value <> u.charted AS righted,
       CASE WHEN value < v.outlier_low OR value > v.outlier_high THEN 'dropped'
            WHEN value < v.valid_low OR value > v.valid_high THEN 'clamped'
            ELSE 'plausible' END AS verdict,
       greatest(v.valid_low, least(v.valid_high, value)) AS limited
FROM (
  UNPIVOT (SELECT stay_id, hours, {{sources}} FROM timeseries SEMI JOIN chosen USING (stay_id))
  ON {{columns}} INTO NAME variable VALUE charted
) AS u
JOIN hourly_variables AS v USING (variable);

-- An event at the very end of the stay falls into its last hour.
CREATE TABLE bins AS
SELECT j.stay_id, greatest(0, least(floor(j.hours)::INTEGER, ceil(c.period_length)::INTEGER - 1)) AS hour, j.variable,
       arg_max(j.limited, j.hours) AS value
FROM judged AS j
JOIN chosen AS c USING (stay_id)
WHERE j.verdict <> 'dropped'
GROUP BY ALL;

CREATE TABLE filled AS
SELECT h.stay_id, h.hour, v.variable,
       coalesce(
         last_value(b.value IGNORE NULLS) OVER (PARTITION BY h.stay_id, v.variable ORDER BY h.hour),
         v.normal
       )::FLOAT AS value,
       b.value IS NOT NULL AS measured
FROM (SELECT stay_id, unnest(range(hours))::INTEGER AS hour FROM stay_hours) AS h
CROSS JOIN hourly_variables AS v
LEFT JOIN bins AS b ON b.stay_id = h.stay_id AND b.hour = h.hour AND b.variable = v.variable;

CREATE TABLE series AS
SELECT stay_id, hour,
{{wide}}
FROM filled
GROUP BY stay_id, hour;

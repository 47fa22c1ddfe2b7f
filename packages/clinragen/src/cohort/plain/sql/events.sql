-- What becomes of each row of the events. `names` says of a name, in lower case, which variable it is, in which unit its values
-- are where they have none, and whether the set reads it. Rows that are not kept collapse, so that `records` adds up.
CREATE TABLE judged_events AS
SELECT outcome,
       CASE WHEN outcome = 'kept' THEN stay END AS stay,
       CASE WHEN outcome = 'kept' THEN hours END AS hours,
       CASE WHEN outcome = 'kept' THEN variable END AS variable,
       CASE WHEN outcome = 'kept' THEN declared END AS declared,
       CASE WHEN outcome = 'kept' THEN value END AS value,
       CASE WHEN outcome = 'kept' THEN unit END AS unit,
       CASE WHEN outcome = 'unknown variable' THEN name END AS name,
       count(*) AS records
FROM (
  SELECT s.stay, e.hours, n.variable, n.declared, e.value, e.unit, e.name,
         CASE
           WHEN g.stay_id IS NULL THEN 'no such stay'
           WHEN s.stay IS NULL THEN 'of a stay without length'
           WHEN n.name IS NULL THEN 'unknown variable'
           WHEN n.variable IS NULL THEN 'left out by variables.csv'
           WHEN NOT n.wanted THEN 'other variable'
           WHEN e.value = '' OR e.value IS NULL THEN 'no value'
           WHEN e.hours IS NULL OR NOT isfinite(e.hours) THEN 'no time'
           WHEN e.hours <= -1e-6 OR e.hours >= s.period_length + 1e-6 THEN 'outside of the stay'
           ELSE 'kept'
         END AS outcome
  FROM (
    SELECT trim(p.stay_id) AS stay_id, {{hours}} AS hours, lower(trim(p.variable)) AS name, trim(p.value) AS value,
           coalesce(trim(p.unit), '') AS unit
    FROM plain_events AS p {{moments}}
  ) AS e
  LEFT JOIN given_stays AS g USING (stay_id)
  LEFT JOIN stay_numbers AS s USING (stay_id)
  LEFT JOIN names AS n ON n.name = e.name
)
GROUP BY ALL;

-- A row that stands there several times counts once. Scores are charted as numbers or in words.
INSERT INTO charted
SELECT stay, hours, variable,
       CASE WHEN variable IN (SELECT variable FROM answers) AND TRY_CAST(value AS DOUBLE) IS NULL THEN 'text' ELSE 'number' END,
       declared, value, unit
FROM judged_events
WHERE outcome = 'kept';

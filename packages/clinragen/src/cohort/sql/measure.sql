-- From charted texts to values in the catalogue's units: `charted` is emptied into `measured`, and what could not be read is
-- counted in `unread`. `units` and `answers` hold what is known (variables/units.ts, gcs.ts, capillary-refill.ts).
CREATE OR REPLACE TEMP TABLE converted AS
SELECT c.stay, c.hours, c.variable, c.kind, c.unit,
       CASE c.kind WHEN 'text' THEN a.value
                   WHEN 'irrigant' THEN -(c.number * u.factor + u.shift)
                   ELSE c.number * u.factor + u.shift END AS value,
       CASE WHEN c.kind = 'text' THEN CASE WHEN a.value IS NULL THEN 'unreadable' ELSE 'measured' END
            WHEN c.number IS NULL THEN 'unreadable'
            WHEN u.factor IS NULL THEN 'unknown unit'
            ELSE 'measured' END AS verdict
FROM (
  SELECT stay, hours, variable, kind, declared,
         CASE WHEN isfinite(TRY_CAST(value AS DOUBLE)) THEN TRY_CAST(value AS DOUBLE) END AS number,
         CASE WHEN kind = 'text' THEN regexp_replace(lower(trim(value)), '\s+', ' ', 'g') END AS answer,
         CASE WHEN lower(trim(coalesce(unit, ''))) IN ({{emptyUnits}}) THEN declared ELSE lower(trim(unit)) END AS unit
  FROM charted
) AS c
LEFT JOIN units AS u ON u.variable = c.variable AND u.unit = c.unit
LEFT JOIN answers AS a ON a.variable = c.variable AND a.answer = c.answer;

INSERT INTO measured
SELECT stay, hours, variable, value FROM converted WHERE verdict = 'measured';

INSERT INTO unread
SELECT verdict, variable, CASE WHEN verdict = 'unknown unit' THEN unit END, count(*)
FROM converted WHERE verdict <> 'measured' GROUP BY ALL;

DROP TABLE converted;
DELETE FROM charted;

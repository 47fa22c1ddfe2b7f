-- The cohort as MEDS events. `placed(stay_id, subject_id, begin, birth)` says when; `exact_value` is the number where float32 has
-- lost digits. What happens at one time stands in the order of `place`.
CREATE TABLE events AS
WITH cohort AS (
  SELECT s.*, p.subject_id AS subject, p.begin, p.birth,
         p.begin + to_microseconds(round(s.period_length * 3.6e9)::BIGINT) AS finish
  FROM read_parquet({{stays}}) AS s JOIN placed AS p USING (stay_id)
),
happened AS (
  SELECT subject, min(birth) AS time, 1 AS place, {{birth}} AS code, NULL::DOUBLE AS number, NULL::VARCHAR AS text,
         NULL::VARCHAR AS stay_id, NULL::VARCHAR AS admission_id, NULL::VARCHAR AS site
  FROM cohort WHERE birth IS NOT NULL GROUP BY subject
  UNION ALL
  SELECT DISTINCT subject, NULL::TIMESTAMP, 0, CASE sex WHEN 'F' THEN {{female}} ELSE {{male}} END, NULL, NULL, NULL, NULL, NULL
  FROM cohort WHERE sex IS NOT NULL
  UNION ALL
  SELECT subject, begin, 2, {{begin}}, NULL, NULL, stay_id, admission_id, site FROM cohort
  UNION ALL
  SELECT subject, begin, 3, {{age}}, age, NULL, stay_id, admission_id, site FROM cohort WHERE age IS NOT NULL
  UNION ALL
  SELECT subject, begin, 3, {{episode}}, episode, NULL, stay_id, admission_id, site FROM cohort
  UNION ALL
  SELECT c.subject, c.begin + to_microseconds(round(m.hours * 3.6e9)::BIGINT), 4, {{measured}} || '//' || m.variable, m.value,
         NULL, c.stay_id, c.admission_id, c.site
  FROM read_parquet({{measurements}}) AS m JOIN cohort AS c USING (stay_id)
  UNION ALL
  SELECT subject, {{noteTime}}, 5, {{note}}, NULL, note, stay_id, admission_id, site FROM cohort
  UNION ALL
  SELECT c.subject, c.finish, 6, {{diagnosis}} || '//' || d.version || '//' || d.code, NULL, NULL, c.stay_id, c.admission_id, c.site
  FROM read_parquet({{codes}}) AS d JOIN cohort AS c USING (stay_id)
  UNION ALL
  SELECT subject, finish, 7, {{phenotype}} || '//' || unnest(CASE WHEN len(labels) = 0 THEN ['none'] ELSE labels END), NULL, NULL,
         stay_id, admission_id, site
  FROM cohort
  UNION ALL
  SELECT subject, finish, 8, {{length}}, period_length, NULL, stay_id, admission_id, site FROM cohort
  UNION ALL
  SELECT subject, finish, 9, {{end}}, NULL, NULL, stay_id, admission_id, site FROM cohort
)
SELECT subject AS subject_id, time, code, TRY_CAST(number AS FLOAT) AS numeric_value, text AS text_value,
       CASE WHEN TRY_CAST(number AS FLOAT)::VARCHAR::DOUBLE IS DISTINCT FROM number THEN number END AS exact_value,
       stay_id, admission_id, site, place
FROM happened;

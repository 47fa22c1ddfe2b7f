-- Measurements of one shard. A gas counts unless the same moment's specimen says that it came from another vessel.
CREATE OR REPLACE TEMP TABLE shard_items AS
SELECT e.subject_id, e.time, e.stay_key, e.admission_key, r.position, r.role,
       {{unit}} AS unit,
       coalesce(e.exact::VARCHAR, e.number::VARCHAR) AS number, e.text
FROM ({{events}}) AS e
JOIN roles AS r USING (code)
WHERE r.role IN ('measurement', 'specimen');

CREATE OR REPLACE TEMP TABLE shard_charted AS
SELECT s.stay, epoch_us(e.time - s.begin) / 3.6e9 AS hours, i.variable, i.kind, i.declared,
       CASE WHEN i.kind = 'text' THEN coalesce(e.text, e.number) ELSE coalesce(e.number, e.text) END AS value, e.unit
FROM shard_items AS e
JOIN measurements AS i USING (position)
JOIN placed AS s
  ON s.subject_id = e.subject_id
 AND e.time BETWEEN s.begin AND s.finish
 AND coalesce(e.stay_key, s.stay_id) = s.stay_id
 AND coalesce(e.admission_key, s.admission_id, '') = coalesce(s.admission_id, e.admission_key, '')
ANTI JOIN (
  SELECT DISTINCT subject_id, time FROM shard_items
  WHERE role = 'specimen' AND text IS NOT NULL AND NOT starts_with(upper(trim(text)), upper({{arterial}}))
) AS v ON v.subject_id = e.subject_id AND v.time = e.time AND i.kind = 'arterial'
WHERE e.role = 'measurement';

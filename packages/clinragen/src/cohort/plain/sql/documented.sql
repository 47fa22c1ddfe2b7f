-- Everything else that was written, for composed notes.
CREATE TABLE documented AS
SELECT c.stay, CASE n.kind WHEN 'other' THEN 'progress notes' ELSE n.kind END AS part, lower(trim(n.text)) AS text,
       min(coalesce((n.hours * 3600)::BIGINT, 9223372036854775807)) AS first,
       min(n.hours) AS hours
FROM given_notes AS n
JOIN candidates AS c USING (stay)
WHERE n.kind NOT IN ('course', 'summary')
GROUP BY ALL;

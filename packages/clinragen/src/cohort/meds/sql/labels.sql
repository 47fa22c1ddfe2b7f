-- Labels that the data set names outright take the place of those of its diagnoses.
CREATE OR REPLACE TABLE labels AS
SELECT s.stay, coalesce(list(DISTINCT p.position ORDER BY p.position) FILTER (p.position IS NOT NULL), []) AS positions
FROM ({{events}}) AS e
JOIN roles AS r USING (code)
JOIN placed AS s ON {{belongs}}
LEFT JOIN phenotypes AS p ON p.name = r.rest
WHERE r.role = 'phenotype'
GROUP BY s.stay;

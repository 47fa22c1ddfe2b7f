-- Which code plays which role: a pattern is a code, or the beginning of one up to a `//`; of several the longest counts.
-- `rest` is what stands after it. `patterns(role, position, pattern)` comes from the mapping.
CREATE TABLE roles AS
SELECT p.role, p.position, c.code, nullif(substr(c.code, length(p.pattern) + 3), '') AS rest, c.events, c.timed
FROM code_counts AS c
JOIN patterns AS p ON c.code = p.pattern OR starts_with(c.code, p.pattern || '//')
QUALIFY row_number() OVER (PARTITION BY p.role, c.code ORDER BY length(p.pattern) DESC, p.position) = 1;

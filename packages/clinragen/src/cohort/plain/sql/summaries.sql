-- Hospital courses and discharge summaries of the candidates, courses first; `whole` texts are the course themselves.
CREATE TABLE summaries AS
SELECT c.stay, n.text, n.kind = 'course' AS whole,
       row_number() OVER (ORDER BY c.stay, n.kind = 'summary', n.hours DESC NULLS LAST, n.text) AS position
FROM given_notes AS n
JOIN candidates AS c USING (stay)
WHERE n.kind IN ('course', 'summary');

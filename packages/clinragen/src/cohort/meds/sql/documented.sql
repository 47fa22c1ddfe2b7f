-- Entries for composed notes, and `texts` of whole notes: never from diagnoses.
CREATE TABLE {{table}} AS
SELECT s.stay, n.part, trim(coalesce(n.said, e.text)) AS text, e.code,
       epoch_us(coalesce(e.time, s.begin)) AS position,
       CASE n.known WHEN 'before' THEN -1 WHEN 'then' THEN epoch_us(e.time - s.begin) / 3.6e9 END AS hours
FROM ({{events}}) AS e
JOIN note_codes AS n USING (code)
JOIN placed AS s ON {{belongs}}
SEMI JOIN candidates AS c ON c.stay = s.stay
WHERE n.part IN ({{parts}}) AND trim(coalesce(n.said, e.text, '')) <> '';

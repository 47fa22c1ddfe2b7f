-- Recorded diagnoses of a stay: by the stay's or the admission's name where the event has one, else by time.
CREATE TABLE codes AS
SELECT DISTINCT s.stay, i.icd AS code, i.version
FROM ({{events}}) AS e
JOIN icd_codes AS i USING (code)
JOIN placed AS s ON {{belongs}};

-- The Glasgow coma scale's total where its three parts were charted at one time, and no total beside them.
INSERT INTO measured
SELECT p.stay, p.hours, 'glasgow_coma_scale_total', sum(p.value)
FROM (
  SELECT stay, hours, variable, max(value) AS value FROM measured
  WHERE variable IN ({{parts}})
  GROUP BY ALL
) AS p
ANTI JOIN (SELECT stay, hours FROM measured WHERE variable = 'glasgow_coma_scale_total') AS t USING (stay, hours)
GROUP BY p.stay, p.hours
HAVING count(*) = 3;

DELETE FROM measured WHERE variable IN ({{unwanted}});

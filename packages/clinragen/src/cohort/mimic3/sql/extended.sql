-- Events of variables beyond the benchmark's, within the stay. A blood gas counts unless the laboratory says of the same
-- moment that the specimen came from another vessel than an artery.
INSERT INTO charted
SELECT n.stay, epoch_us(e.charttime - n.intime) / 3.6e9 AS hours, i.variable, i.kind, i.unit, e.value, e.uom
FROM scanned AS e
JOIN items AS i USING (itemid)
JOIN stay_numbers AS n USING (stay_id)
JOIN stays AS s ON s.stay = n.stay
ANTI JOIN (
  SELECT DISTINCT n.subject_id, e.charttime
  FROM scanned AS e JOIN items AS i USING (itemid) JOIN stay_numbers AS n USING (stay_id)
  WHERE i.kind = 'specimen' AND upper(trim(e.value)) NOT LIKE 'ART%'
) AS v ON v.subject_id = n.subject_id AND v.charttime = e.charttime AND i.kind = 'arterial' AND e.source = 'labevents'
WHERE i.kind NOT IN ('specimen')
  AND hours BETWEEN 0 AND s.period_length;

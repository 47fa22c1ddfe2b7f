-- Events of variables beyond the benchmark's, within the stay. A blood gas counts unless the laboratory says of the same
-- moment that the specimen came from another vessel than an artery.
INSERT INTO charted
SELECT n.stay, epoch_us(e.charttime - n.intime) / 3.6e9 AS hours, e.variable, e.kind, e.unit, e.value, e.uom
FROM scanned AS e
JOIN stay_numbers AS n USING (stay_id)
JOIN stays AS s ON s.stay = n.stay
ANTI JOIN (
  SELECT DISTINCT subject_id, charttime FROM scanned
  WHERE outcome = 'kept' AND kind = 'specimen' AND upper(trim(value)) NOT LIKE 'ART%'
) AS v ON v.subject_id = e.subject_id AND v.charttime = e.charttime AND e.kind = 'arterial' AND e.source = 'labevents'
WHERE e.outcome = 'kept'
  AND e.kind NOT IN ('specimen')
  AND hours BETWEEN 0 AND s.period_length;

-- From `drawn` to `charted`. A blood gas counts unless the laboratory says that its specimen came from another vessel than an
-- artery.
CREATE TEMP TABLE other_vessels AS
SELECT DISTINCT d.specimen_id
FROM drawn AS d JOIN items AS i USING (itemid)
WHERE i.kind = 'specimen' AND upper(trim(d.value)) NOT LIKE 'ART%' AND d.specimen_id IS NOT NULL;

INSERT INTO charted
SELECT d.stay, d.hours, i.variable, i.kind, i.unit, d.value, d.unit
FROM drawn AS d
JOIN items AS i USING (itemid)
ANTI JOIN other_vessels AS v ON v.specimen_id = d.specimen_id AND i.kind = 'arterial'
WHERE i.kind <> 'specimen';

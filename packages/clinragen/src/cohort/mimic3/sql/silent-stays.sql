-- Stays without any event of CHARTEVENTS though their admission is said to have some: a file that was cut at a line's end
-- looks like missing data.
CREATE TABLE silent_stays AS
SELECT stay_id
FROM benchmark_stays JOIN admissions USING (subject_id, hadm_id)
WHERE has_chartevents_data = 1
  AND stay_id NOT IN (SELECT stay_id FROM scanned WHERE source = 'chartevents');

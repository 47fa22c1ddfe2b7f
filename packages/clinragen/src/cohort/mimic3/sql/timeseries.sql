-- The benchmark's irregular time series (extract_episodes_from_subjects and create_phenotyping of mimic3-benchmarks).

-- Text to value; what cannot be read is dropped. Heart rate, respiratory rate, mean pressure and the Glasgow scores are
-- not cleaned by the benchmark and stay text for now.
CREATE TABLE benchmark_events AS
SELECT s.subject_id, e.stay_id, e.charttime, i.variable, i.other_fluid,
       clean_number(i.variable, e.value, e.uom, i.unit) AS number,
       CASE WHEN i.variable IN ({{uncleaned}}) THEN e.value END AS text
FROM scanned AS e
JOIN items AS i USING (itemid)
JOIN benchmark_stays AS s USING (stay_id)
WHERE i.kind IS NULL;

-- One value per subject, moment and variable: the largest. The benchmark compares text as text, so that of two heart
-- rates at one moment "98" wins over "102"; kept, because the published series are made so.
CREATE TABLE benchmark_moments AS
SELECT subject_id, charttime,
{{moments}}
FROM benchmark_events
WHERE number IS NOT NULL OR text IS NOT NULL
GROUP BY subject_id, charttime;

-- A moment belongs to a stay that charted it, or into whose time it falls; then cut to the stay's length.
CREATE TABLE timeseries AS
SELECT s.stay_id, date_diff('second', s.intime, m.charttime)::DOUBLE / 60 / 60 AS hours, m.* EXCLUDE (subject_id, charttime)
FROM (
  SELECT DISTINCT subject_id, charttime, stay_id FROM benchmark_events WHERE number IS NOT NULL OR text IS NOT NULL
) AS e
JOIN benchmark_stays AS s
  ON s.subject_id = e.subject_id
 AND (e.stay_id = s.stay_id OR e.charttime BETWEEN s.intime AND s.outtime)
JOIN benchmark_moments AS m ON m.subject_id = e.subject_id AND m.charttime = e.charttime
WHERE hours > -1e-6
  AND hours < s.period_length + 1e-6;

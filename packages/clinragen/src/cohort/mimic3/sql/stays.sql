-- The benchmark's cohort: one view per filter, each reading the one before it (extract_subjects of mimic3-benchmarks).

-- 1. Every ICU stay.
CREATE VIEW all_stays AS
SELECT * FROM icustays;

-- 2. Stays in one ward and one care unit from beginning to end.
CREATE VIEW without_transfers AS
SELECT * FROM all_stays
WHERE first_wardid = last_wardid
  AND first_careunit = last_careunit;

-- 3. Stays whose admission and patient are known. Age: years of 365 days; dates of birth of patients over 89 are shifted
--    by centuries in MIMIC, so an age of 300 is an old patient, and a negative one is taken for 90.
CREATE VIEW with_admission AS
SELECT s.subject_id, s.hadm_id, s.icustay_id, s.intime, s.outtime, s.los, p.gender,
       CASE WHEN s.intime < p.dob THEN 90
            ELSE date_diff('second', p.dob, s.intime) / (3600::DOUBLE * 24 * 365) END AS age
FROM without_transfers AS s
JOIN admissions AS a USING (subject_id, hadm_id)
JOIN patients AS p USING (subject_id);

-- 4. Admissions with exactly one such stay.
CREATE VIEW one_per_admission AS
SELECT * FROM with_admission
QUALIFY count(*) OVER (PARTITION BY hadm_id) = 1;

-- 5. Adults.
CREATE VIEW adults AS
SELECT * FROM one_per_admission
WHERE age >= 18;

-- What the later queries join with: episodes are numbered per subject in the order of admission to the ICU.
CREATE TABLE benchmark_stays AS
SELECT subject_id, hadm_id, icustay_id AS stay_id, intime, outtime, age, gender,
       24::DOUBLE * los AS period_length, -- hours
       row_number() OVER (PARTITION BY subject_id ORDER BY intime, outtime, icustay_id) AS episode
FROM adults;

-- The canonical stays.
CREATE TABLE stays AS
SELECT row_number() OVER (ORDER BY stay_id)::INTEGER AS stay, stay_id::VARCHAR AS stay_id, subject_id::VARCHAR AS subject_id,
       hadm_id::VARCHAR AS admission_id, NULL::VARCHAR AS site, episode::INTEGER AS episode, age,
       CASE WHEN gender IN ('F', 'M') THEN gender END AS sex, period_length
FROM benchmark_stays;

-- From the benchmark's ids to the canonical ones.
CREATE TABLE stay_numbers AS
SELECT s.stay, b.stay_id, b.subject_id, b.hadm_id, b.intime
FROM benchmark_stays AS b JOIN stays AS s ON s.stay_id = b.stay_id::VARCHAR;

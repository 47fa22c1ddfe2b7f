-- The counterpart of mimic3-benchmarks' cohort for MIMIC-IV: one view per filter, each reading the one before it.

-- 1. Every ICU stay.
CREATE VIEW all_stays AS
SELECT * FROM icustays;

-- 2. Stays in one care unit from beginning to end. MIMIC-IV knows no wards.
CREATE VIEW without_transfers AS
SELECT * FROM all_stays
WHERE first_careunit = last_careunit;

-- 3. Stays whose admission and patient are known. Age: that of the anchor year, and the years from there to the admission;
--    everybody over 89 is 91 in the anchor year.
CREATE VIEW with_admission AS
SELECT s.subject_id, s.hadm_id, s.stay_id, s.intime, s.outtime, a.admittime, a.dischtime, p.gender,
       p.anchor_age + (date_part('year', a.admittime) - p.anchor_year) AS age,
       coalesce(24 * s.los, epoch_us(s.outtime - s.intime) / 3.6e9) AS period_length -- hours
FROM without_transfers AS s
JOIN admissions AS a USING (subject_id, hadm_id)
JOIN patients AS p USING (subject_id);

-- 4. Admissions with exactly one such stay.
CREATE VIEW one_per_admission AS
SELECT * FROM with_admission
QUALIFY count(*) OVER (PARTITION BY hadm_id) = 1;

-- 5. Stays whose beginning and end are known: a few of MIMIC-IV's never ended.
CREATE VIEW of_known_length AS
SELECT * FROM one_per_admission
WHERE intime IS NOT NULL AND period_length >= 0;

-- 6. Adults.
CREATE VIEW adults AS
SELECT * FROM of_known_length
WHERE age >= 18;

-- The canonical stays, in the order of MIMIC-IV's own ids, and the way from these to the canonical ones. Episodes are
-- numbered per subject in the order of admission to the ICU.
CREATE TABLE stay_numbers AS
SELECT row_number() OVER (ORDER BY stay_id)::INTEGER AS stay, *,
       row_number() OVER (PARTITION BY subject_id ORDER BY intime, outtime, stay_id)::INTEGER AS episode
FROM adults;

CREATE TABLE stays AS
SELECT stay, stay_id::VARCHAR AS stay_id, subject_id::VARCHAR AS subject_id, hadm_id::VARCHAR AS admission_id,
       NULL::VARCHAR AS site, episode, age::DOUBLE AS age, CASE WHEN gender IN ('F', 'M') THEN gender END AS sex,
       period_length::DOUBLE AS period_length
FROM stay_numbers
ORDER BY stay;

-- A subject's moments, each of one stay at most: where two stays overlap, of the later one.
CREATE TABLE stay_moments AS
SELECT stay, subject_id, hadm_id, intime,
       least(intime + to_microseconds((period_length * 3.6e9)::BIGINT),
             lead(intime) OVER (PARTITION BY subject_id ORDER BY episode) - INTERVAL 1 MICROSECOND) AS last
FROM stay_numbers;

-- The cohort of eICU: one view per filter, each reading the one before it. A row of `patient` is a stay in one unit; times are
-- minutes since admission to that unit.

-- 1. Every stay in a unit. Ages over 89 are written `> 89`.
CREATE VIEW all_stays AS
SELECT patientunitstayid, patienthealthsystemstayid, uniquepid, hospitalid, hospitaldischargeyear, unitvisitnumber,
       lower(trim(unitstaytype)) AS unitstaytype, unitdischargeoffset,
       CASE WHEN starts_with(trim(age), '>') THEN 90 ELSE TRY_CAST(age AS DOUBLE) END AS age,
       CASE lower(trim(gender)) WHEN 'female' THEN 'F' WHEN 'male' THEN 'M' END AS sex
FROM patient;

-- 2. Whose patient, hospital stay and end are known. Some end at the minute in which they began, or before it.
CREATE VIEW with_discharge AS
SELECT * FROM all_stays
WHERE uniquepid IS NOT NULL
  AND patienthealthsystemstayid IS NOT NULL
  AND unitdischargeoffset > 0;

-- 3. Adults. An unknown age is none.
CREATE VIEW adults AS
SELECT * FROM with_discharge
WHERE age >= 18;

-- 4. No readmissions to intensive care within a hospital stay, nor what comes after one: the history and the diagnoses of the
--    first stay are copied into it, so that it would be the same patient's same illness again, its outcome known.
CREATE VIEW without_readmissions AS
SELECT * FROM adults
QUALIFY NOT bool_or(coalesce(unitstaytype, '') = 'readmit') OVER (
  PARTITION BY patienthealthsystemstayid ORDER BY unitvisitnumber, patientunitstayid
);

-- 5. No step-down beside intensive care. A bed changes its status to step-down while the patient lies in it, and the database
--    counts that as a stay of its own, though nobody watches as closely there.
CREATE VIEW without_step_down AS
SELECT * FROM without_readmissions
QUALIFY coalesce(unitstaytype, '') <> 'stepdown/other'
     OR bool_and(unitstaytype = 'stepdown/other') OVER (PARTITION BY patienthealthsystemstayid);

-- 6. The first that is left of each hospital stay: a transfer to a second unit goes on with what the first one found.
CREATE VIEW one_per_hospital_stay AS
SELECT * FROM without_step_down
QUALIFY row_number() OVER (PARTITION BY patienthealthsystemstayid ORDER BY unitvisitnumber, patientunitstayid) = 1;

-- The canonical stays. Of a patient's hospital stays only the year of discharge is known: within a year they are told apart by
-- the age, then by the number of the unit's visit and by their ids, which say nothing of time.
CREATE TABLE stays AS
SELECT row_number() OVER (ORDER BY patientunitstayid)::INTEGER AS stay, patientunitstayid::VARCHAR AS stay_id,
       uniquepid AS subject_id, patienthealthsystemstayid::VARCHAR AS admission_id, hospitalid::VARCHAR AS site,
       row_number() OVER (
         PARTITION BY uniquepid
         ORDER BY hospitaldischargeyear, age, unitvisitnumber, patienthealthsystemstayid
       )::INTEGER AS episode,
       age, sex, unitdischargeoffset / 60 AS period_length
FROM one_per_hospital_stay;

-- From the database's ids to the canonical ones.
CREATE TABLE stay_numbers AS
SELECT s.stay, p.patientunitstayid, p.unitdischargeoffset AS minutes
FROM one_per_hospital_stay AS p JOIN stays AS s ON s.stay_id = p.patientunitstayid::VARCHAR;

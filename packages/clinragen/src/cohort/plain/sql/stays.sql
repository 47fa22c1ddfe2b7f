-- Stays as the file has them: ids trimmed, the length from `hours`, or from the moments of coming and going.
CREATE TABLE given_stays AS
SELECT trim(stay_id) AS stay_id, nullif(trim(subject_id), '') AS subject_id, nullif(trim(admission_id), '') AS admission_id,
       nullif(trim(hospital), '') AS site, age, nullif(lower(trim(sex)), '') AS sex, nullif(trim(split), '') AS split, intime,
       {{length}} AS period_length
FROM plain_stays;

-- Those that lasted.
CREATE TABLE stays AS
SELECT row_number() OVER (ORDER BY TRY_CAST(stay_id AS BIGINT) NULLS LAST, stay_id)::INTEGER AS stay,
       stay_id, subject_id, admission_id, site,
       (row_number() OVER (PARTITION BY subject_id ORDER BY intime NULLS LAST, TRY_CAST(stay_id AS BIGINT) NULLS LAST, stay_id))
         ::INTEGER AS episode,
       age, CASE WHEN sex IN ('f', 'female') THEN 'F' WHEN sex IN ('m', 'male') THEN 'M' END AS sex,
       period_length
FROM given_stays
WHERE period_length > 0 AND isfinite(period_length);

CREATE TABLE stay_numbers AS
SELECT s.stay, s.stay_id, s.period_length, g.intime
FROM stays AS s JOIN given_stays AS g USING (stay_id);

-- ICU stays of MEDS events: an admission and its discharge, by the stay's name or, where there are no names, by time.

CREATE TABLE marks AS
SELECT e.subject_id, e.time, r.role, r.rest, e.stay_key, e.admission_key, e.site,
       coalesce(e.exact, e.number::VARCHAR::DOUBLE) AS number
FROM ({{events}}) AS e
JOIN roles AS r USING (code)
WHERE r.role IN ('begin', 'end', 'admission begin', 'admission end', 'birth', 'age', 'episode', 'length');

-- Hospital admissions, where the data set tells of them.
CREATE TABLE admissions AS
SELECT subject_id, coalesce(admission_key, subject_id || '/' || number) AS admission_id, time AS first, last
FROM (
  SELECT subject_id, admission_key, time, role, {{admissionEnd}} AS last,
         row_number() OVER (PARTITION BY subject_id, role ORDER BY time, admission_key) AS number
  FROM marks
  WHERE role IN ('admission begin', 'admission end')
)
WHERE role = 'admission begin';

CREATE TABLE all_stays AS
SELECT subject_id, coalesce(stay_key, subject_id || '/' || number) AS stay_id, admission_key, site, time AS begin, finish,
       rest AS unit, last_unit
FROM (
  SELECT *, {{stayEnd}} AS finish, {{lastUnit}} AS last_unit,
         row_number() OVER (PARTITION BY subject_id, role ORDER BY time, stay_key) AS number
  FROM (SELECT * EXCLUDE (number) FROM marks)
  WHERE role IN ('begin', 'end')
)
WHERE role = 'begin';

CREATE VIEW with_discharge AS
SELECT s.*, coalesce(s.admission_key, a.admission_id) AS admission_id, a.first, a.last
FROM all_stays AS s
LEFT JOIN admissions AS a
  ON a.subject_id = s.subject_id
 AND CASE WHEN s.admission_key IS NULL THEN s.begin BETWEEN a.first AND a.last ELSE a.admission_id = s.admission_key END
WHERE s.finish > s.begin
QUALIFY row_number() OVER (PARTITION BY s.subject_id, s.stay_id ORDER BY s.begin, a.first) = 1;

CREATE VIEW in_one_unit AS
SELECT * FROM with_discharge
WHERE NOT {{oneUnit}} OR unit IS NOT DISTINCT FROM last_unit;

CREATE VIEW one_per_admission AS
SELECT * FROM in_one_unit
QUALIFY NOT {{onePerAdmission}} OR admission_id IS NULL
     OR count(*) OVER (PARTITION BY subject_id, admission_id) = 1;

-- Age: as the data set says, or years of 365.25 days since birth, or calendar years where births are known by these.
CREATE VIEW aged AS
WITH births AS (SELECT subject_id, min(time) AS birth FROM marks WHERE role = 'birth' GROUP BY ALL),
numbers AS (
  SELECT subject_id, time, max(number) FILTER (role = 'age') AS age, max(number) FILTER (role = 'episode') AS episode,
         max(number) FILTER (role = 'length') AS length
  FROM marks WHERE role IN ('age', 'episode', 'length') GROUP BY ALL
)
SELECT s.*, n.episode, coalesce(l.length, epoch_us(s.finish - s.begin) / 3.6e9) AS length,
       coalesce(n.age, CASE WHEN {{birthYears}} THEN date_part('year', coalesce(s.first, s.begin)) - date_part('year', b.birth)
                            ELSE epoch_us(s.begin - b.birth) / (3.6e9 * 24 * 365.25) END) AS age
FROM one_per_admission AS s
LEFT JOIN births AS b USING (subject_id)
LEFT JOIN numbers AS n ON n.subject_id = s.subject_id AND n.time = s.begin
LEFT JOIN numbers AS l ON l.subject_id = s.subject_id AND l.time = s.finish;

CREATE TABLE adults AS
SELECT * FROM aged
WHERE {{adults}};

-- The canonical stays. Names that are whole numbers are ordered as such.
CREATE TABLE stays AS
SELECT row_number() OVER (ORDER BY CASE WHEN whole THEN stay_id::HUGEINT END, stay_id)::INTEGER AS stay, stay_id,
       subject_id::VARCHAR AS subject_id, admission_id, site,
       coalesce(episode, row_number() OVER (PARTITION BY subject_id ORDER BY begin, finish, stay_id))::INTEGER AS episode,
       age, NULL::VARCHAR AS sex, length AS period_length
FROM (SELECT *, bool_and(regexp_full_match(stay_id, '\d{1,18}')) OVER () AS whole FROM adults);

-- From a data set's events to the canonical stays. `first` and `last`: the hospital admission, or else the stay itself.
CREATE TABLE placed AS
SELECT s.stay, a.stay_id, a.subject_id, a.admission_id, a.begin, a.begin + to_microseconds(round(a.length * 3.6e9)::BIGINT) AS finish,
       coalesce(a.first, a.begin) AS first, greatest(coalesce(a.last, a.finish), a.finish) AS last
FROM adults AS a JOIN stays AS s USING (stay_id);

UPDATE stays SET sex = g.sex
FROM (
  SELECT e.subject_id::VARCHAR AS subject_id,
         CASE WHEN min(r.role) = max(r.role) THEN right(min(r.role), 1) END AS sex
  FROM ({{events}}) AS e JOIN roles AS r USING (code)
  WHERE r.role IN ('sex F', 'sex M')
  GROUP BY ALL
) AS g
WHERE g.subject_id = stays.subject_id;

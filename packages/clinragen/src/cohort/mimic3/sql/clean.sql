-- How the benchmark reads a charted text as a number (clean_* of mimic3-benchmarks). NULL: the event is dropped.

-- An unsigned decimal: the laboratory's way to say that there is a number ("ERROR", "<7.0" are none).
CREATE MACRO plain_number(value) AS
  CASE WHEN regexp_full_match(value, '[0-9]+(\.[0-9]*)?|\.[0-9]+') THEN TRY_CAST(value AS DOUBLE) END;

-- Pressures may be charted as "120/80".
CREATE MACRO clean_sbp(value) AS
  TRY_CAST(CASE WHEN contains(value, '/') THEN regexp_extract(value, '^([0-9]+)/([0-9]+)$', 1) ELSE value END AS DOUBLE);
CREATE MACRO clean_dbp(value) AS
  TRY_CAST(CASE WHEN contains(value, '/') THEN regexp_extract(value, '^([0-9]+)/([0-9]+)$', 2) ELSE value END AS DOUBLE);

-- Capillary refill: 0 normal, 1 abnormal.
CREATE MACRO clean_crr(value) AS
  CASE WHEN value IN ('Normal <3 secs', 'Brisk') THEN 0::DOUBLE
       WHEN value IN ('Abnormal >3 secs', 'Delayed') THEN 1::DOUBLE END;

-- Percent to fraction. The benchmark divides every value whose unit is not torr, also a 0.5 that was a fraction already;
-- the hourly series puts that right, the benchmark's series keeps it.
CREATE MACRO clean_fio2(value, uom) AS
  CASE WHEN contains(lower(uom), 'torr') THEN TRY_CAST(value AS DOUBLE) ELSE TRY_CAST(value AS DOUBLE) / 100 END;

CREATE MACRO clean_lab(value) AS plain_number(value);

-- Saturations of at most 1 are fractions.
CREATE MACRO clean_o2sat(value) AS
  CASE WHEN plain_number(value) <= 1 THEN plain_number(value) * 100 ELSE plain_number(value) END;

-- Fahrenheit is known by its size alone: the benchmark looks for a capital F in lower-cased units and never finds it.
CREATE MACRO clean_temperature(value) AS
  CASE WHEN TRY_CAST(value AS DOUBLE) >= 79 THEN (TRY_CAST(value AS DOUBLE) - 32) * 5 / 9
       ELSE TRY_CAST(value AS DOUBLE) END;

-- Kilograms; `unit` is what the item's label says: lb, oz or nothing.
CREATE MACRO clean_weight(value, uom, unit) AS
  CASE WHEN unit = 'oz' OR contains(lower(uom), 'oz') THEN TRY_CAST(value AS DOUBLE) / 16 * 0.453592::DOUBLE
       WHEN unit = 'lb' OR contains(lower(uom), 'lb') THEN TRY_CAST(value AS DOUBLE) * 0.453592::DOUBLE
       ELSE TRY_CAST(value AS DOUBLE) END;

-- Centimetres, whole ones where they were inches (half to even, as numpy rounds).
CREATE MACRO clean_height(value, uom, unit) AS
  CASE WHEN unit = 'in' OR contains(lower(uom), 'in') THEN round_even(TRY_CAST(value AS DOUBLE) * 2.54::DOUBLE, 0)
       ELSE TRY_CAST(value AS DOUBLE) END;

CREATE MACRO clean_number(variable, value, uom, unit) AS
  CASE variable
    WHEN 'capillary_refill_rate' THEN clean_crr(value)
    WHEN 'diastolic_blood_pressure' THEN clean_dbp(value)
    WHEN 'systolic_blood_pressure' THEN clean_sbp(value)
    WHEN 'fraction_inspired_oxygen' THEN clean_fio2(value, uom)
    WHEN 'oxygen_saturation' THEN clean_o2sat(value)
    WHEN 'glucose' THEN clean_lab(value)
    WHEN 'ph' THEN clean_lab(value)
    WHEN 'temperature' THEN clean_temperature(value)
    WHEN 'weight' THEN clean_weight(value, uom, unit)
    WHEN 'height' THEN clean_height(value, uom, unit)
  END;

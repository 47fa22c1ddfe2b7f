-- What was documented of a stay, up to its end, and is no label: entries for a composed note, texts of menus as they are
-- (note/menu-paths.ts). `diagnosis` is not read here.
--
-- `known`: when it stood in the record, which may be hours after what it tells of; -1 where that was before the unit.
CREATE TABLE documented AS
WITH entries AS (
  SELECT patientunitstayid, 'progress notes' AS part, noteoffset AS minute, noteenteredoffset AS entered, notepath AS text
  FROM note
  UNION ALL
  SELECT patientunitstayid, 'history', pasthistoryoffset, pasthistoryenteredoffset, pasthistorypath FROM pasthistory
  UNION ALL
  SELECT patientunitstayid, 'exam', physicalexamoffset, NULL, physicalexampath FROM physicalexam
  UNION ALL
  SELECT patientunitstayid, 'treatments', treatmentoffset, NULL, treatmentstring FROM treatment
  UNION ALL
  SELECT patientunitstayid, 'medications', drugorderoffset, NULL, drugname FROM medication
  WHERE lower(coalesce(drugordercancelled, 'no')) <> 'yes'
  UNION ALL
  SELECT patientunitstayid, 'home medications', drugoffset, drugenteredoffset, drugname FROM admissiondrug
  UNION ALL
  SELECT patientunitstayid, 'allergies', allergyoffset, allergyenteredoffset, allergyname FROM allergy
  UNION ALL
  SELECT patientunitstayid, 'admission diagnosis', admitdxenteredoffset, NULL, admitdxpath FROM admissiondx
)
SELECT s.stay, e.part, lower(trim(e.text)) AS text, min(e.minute)::BIGINT AS first,
       min(CASE WHEN greatest(e.minute, e.entered) < 0 THEN -1 ELSE greatest(e.minute, e.entered) / 60 END)::DOUBLE AS hours
FROM entries AS e
JOIN stay_numbers AS s USING (patientunitstayid)
JOIN candidates AS c ON c.stay = s.stay
WHERE e.minute <= s.minutes
  AND trim(coalesce(e.text, '')) <> ''
GROUP BY s.stay, e.part, lower(trim(e.text));

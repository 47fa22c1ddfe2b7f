/** The dictionaries of items. They keep MIMIC's numbers, the same in both databases, since cohort rules go by them. */

/** Charted items: number, label, linked table, category, unit, kind of value. */
export const ITEMS: readonly (readonly [number, string, string, string, string, string])[] = [
  [220045, 'Heart Rate', 'chartevents', 'Routine Vital Signs', 'bpm', 'Numeric'],
  [220050, 'Arterial Blood Pressure systolic', 'chartevents', 'Routine Vital Signs', 'mmHg', 'Numeric'],
  [220051, 'Arterial Blood Pressure diastolic', 'chartevents', 'Routine Vital Signs', 'mmHg', 'Numeric'],
  [220052, 'Arterial Blood Pressure mean', 'chartevents', 'Routine Vital Signs', 'mmHg', 'Numeric'],
  [220179, 'Non Invasive Blood Pressure systolic', 'chartevents', 'Routine Vital Signs', 'mmHg', 'Numeric'],
  [220180, 'Non Invasive Blood Pressure diastolic', 'chartevents', 'Routine Vital Signs', 'mmHg', 'Numeric'],
  [220181, 'Non Invasive Blood Pressure mean', 'chartevents', 'Routine Vital Signs', 'mmHg', 'Numeric'],
  [220210, 'Respiratory Rate', 'chartevents', 'Respiratory', 'insp/min', 'Numeric'],
  [220277, 'O2 saturation pulseoxymetry', 'chartevents', 'Respiratory', '%', 'Numeric'],
  [220739, 'GCS - Eye Opening', 'chartevents', 'Neurological', '', 'Text'],
  [223761, 'Temperature Fahrenheit', 'chartevents', 'Routine Vital Signs', '?F', 'Numeric'],
  [223835, 'Inspired O2 Fraction', 'chartevents', 'Respiratory', '', 'Numeric'],
  [223900, 'GCS - Verbal Response', 'chartevents', 'Neurological', '', 'Text'],
  [223901, 'GCS - Motor Response', 'chartevents', 'Neurological', '', 'Text'],
  [224639, 'Daily Weight', 'chartevents', 'General', 'kg', 'Numeric'],
  [225664, 'Glucose finger stick', 'chartevents', 'Labs', '', 'Numeric'],
  [226512, 'Admission Weight (Kg)', 'chartevents', 'General', 'kg', 'Numeric'],
  [226730, 'Height (cm)', 'chartevents', 'General', 'cm', 'Numeric'],
  [226559, 'Foley', 'outputevents', 'Output', 'mL', 'Numeric'],
  [220995, 'Sodium Bicarbonate 8.4%', 'inputevents_mv', 'Medications', 'mEq', 'Solution'],
  [221347, 'Amiodarone', 'inputevents_mv', 'Medications', 'mg', 'Solution'],
  [221794, 'Furosemide (Lasix)', 'inputevents_mv', 'Medications', 'mg', 'Solution'],
  [221906, 'Norepinephrine', 'inputevents_mv', 'Medications', 'mg', 'Solution'],
  [223258, 'Insulin - Regular', 'inputevents_mv', 'Medications', 'units', 'Solution'],
  [225158, 'NaCl 0.9%', 'inputevents_mv', 'Fluids/Intake', 'mL', 'Solution'],
  [225168, 'Packed Red Blood Cells', 'inputevents_mv', 'Blood Products/Colloids', 'mL', 'Solution'],
  [225798, 'Vancomycin', 'inputevents_mv', 'Antibiotics', 'dose', 'Solution'],
  [225855, 'Ceftriaxone', 'inputevents_mv', 'Antibiotics', 'dose', 'Solution'],
  [225792, 'Invasive Ventilation', 'procedureevents_mv', '2-Ventilation', '', 'Process'],
  [224275, '20 Gauge', 'procedureevents_mv', 'Access Lines - Peripheral', '', 'Process'],
];

/** Number, label, category, LOINC, unit, normal range. */
export type LabItem = readonly [number, string, string, string, string, number, number];

export const LABS = {
  creatinine: [50912, 'Creatinine', 'Chemistry', '2160-0', 'mg/dL', 0.5, 1.2],
  urea: [51006, 'Urea Nitrogen', 'Chemistry', '3094-0', 'mg/dL', 6, 20],
  sodium: [50983, 'Sodium', 'Chemistry', '2951-2', 'mEq/L', 133, 145],
  potassium: [50971, 'Potassium', 'Chemistry', '2823-3', 'mEq/L', 3.3, 5.1],
  bicarbonate: [50882, 'Bicarbonate', 'Chemistry', '1963-8', 'mEq/L', 22, 32],
  glucose: [50931, 'Glucose', 'Chemistry', '2345-7', 'mg/dL', 70, 105],
  whiteCells: [51301, 'White Blood Cells', 'Hematology', '804-5', 'K/uL', 4, 11],
  hematocrit: [51221, 'Hematocrit', 'Hematology', '4544-3', '%', 36, 52],
  platelets: [51265, 'Platelet Count', 'Hematology', '777-3', 'K/uL', 150, 440],
  ph: [50820, 'pH', 'Blood Gas', '11558-4', 'units', 7.35, 7.45],
  lactate: [50813, 'Lactate', 'Blood Gas', '32693-4', 'mmol/L', 0.5, 2],
} as const satisfies Readonly<Record<string, LabItem>>;

/** What `labs: 'extended'` measures besides. */
export const MORE_LABS = {
  chloride: [50902, 'Chloride', 'Chemistry', '2075-0', 'mEq/L', 96, 108],
  hemoglobin: [51222, 'Hemoglobin', 'Hematology', '718-7', 'g/dL', 12, 17.5],
  bilirubin: [50885, 'Bilirubin, Total', 'Chemistry', '1975-2', 'mg/dL', 0, 1.5],
  alt: [50861, 'Alanine Aminotransferase (ALT)', 'Chemistry', '1742-6', 'IU/L', 0, 40],
  ast: [50878, 'Asparate Aminotransferase (AST)', 'Chemistry', '1920-8', 'IU/L', 0, 40], // MIMIC's spelling
  albumin: [50862, 'Albumin', 'Chemistry', '1751-7', 'g/dL', 3.5, 5.2],
  inr: [51237, 'INR(PT)', 'Hematology', '5895-7', '', 0.9, 1.1],
  ptt: [51275, 'PTT', 'Hematology', '3173-2', 'sec', 25, 36.5],
  troponin: [51003, 'Troponin T', 'Chemistry', '6598-7', 'ng/mL', 0, 0.01],
  pco2: [50818, 'pCO2', 'Blood Gas', '11557-6', 'mm Hg', 35, 45],
  po2: [50821, 'pO2', 'Blood Gas', '11556-8', 'mm Hg', 85, 105],
} as const satisfies Readonly<Record<string, LabItem>>;

export type Lab = keyof typeof LABS;
export type MoreLab = keyof typeof MORE_LABS;

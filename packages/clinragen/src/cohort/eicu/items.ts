import { type Item, itemsOf } from '../variables/item.js';

/** An item of eICU-CRD 2.0: a name where others have a number. */
export interface EicuItem extends Item<string> {
  /** nurseCharting only: `nursingchartcelltypevallabel`, the item being `nursingchartcelltypevalname`. */
  readonly label?: string;
  /** The item is what the name begins with, upper or lower case. */
  readonly prefix?: true;
}

type Tail = Parameters<typeof itemsOf<string>> extends [string, ...infer Rest] ? Rest : never;

/** `lab.labname`. */
const lab = (...tail: Tail): EicuItem[] => itemsOf('lab', ...tail);
/** Columns of the table. */
const periodic = (...tail: Tail): EicuItem[] => itemsOf('vitalPeriodic', ...tail);
const aperiodic = (...tail: Tail): EicuItem[] => itemsOf('vitalAperiodic', ...tail);
const patient = (...tail: Tail): EicuItem[] => itemsOf('patient', ...tail);
/** `respiratoryCharting.respchartvaluelabel`. */
const respiratory = (...tail: Tail): EicuItem[] => itemsOf('respiratoryCharting', ...tail);
/** `nurseCharting`: label, then names. */
const nurse = (label: string, ...tail: Tail): EicuItem[] =>
  itemsOf('nurseCharting', ...tail).map((item) => ({ ...item, label }));
/** `intakeOutput.celllabel`, where `cellpath` stands under `EICU_OUTPUT_PATH`. */
const output = (...tail: Tail): EicuItem[] => itemsOf('intakeOutput', ...tail);
/** The same, all labels that begin so. */
const outputs = (...tail: Tail): EicuItem[] => output(...tail).map((item) => ({ ...item, prefix: true }));

/** Start of `intakeOutput.cellpath` of everything that leaves the patient. */
export const EICU_OUTPUT_PATH = 'flowsheet|Flowsheet Cell Labels|I&O|Output (ml)|';

/**
 * eICU-CRD items of all variables.
 *
 * Units of `lab`: `labresulttext` is what the laboratory sent, in its own unit, `labmeasurenameinterface`. `labresult` was
 * converted to `labmeasurenamesystem` by some hospitals and not by others, and at times the wrong way (FiO2 100 % → 10,000,
 * CRP), so values are best read from the text with the interface's unit. The other tables have no unit columns.
 *
 * The database does not tell arteries from veins: `paO2` and `paCO2` are what the laboratory calls so. No table of these
 * has capillary refill. Left out: total CO2; `Temperature` of `lab` (what was typed into the analyser); `O2 L/%` of
 * `nurseCharting` (litres or percent); body fluids other than blood; urine that was counted and not measured.
 */
export const EICU_ITEMS: readonly EicuItem[] = [
  // Vital signs.
  ...periodic('heart_rate', ['heartrate']),
  ...periodic('respiratory_rate', ['respiration']),
  ...periodic('oxygen_saturation', ['sao2']),
  ...periodic('temperature', ['temperature']),
  ...periodic('systolic_blood_pressure', ['systemicsystolic']),
  ...periodic('diastolic_blood_pressure', ['systemicdiastolic']),
  ...periodic('mean_blood_pressure', ['systemicmean']),
  ...aperiodic('systolic_blood_pressure', ['noninvasivesystolic']),
  ...aperiodic('diastolic_blood_pressure', ['noninvasivediastolic']),
  ...aperiodic('mean_blood_pressure', ['noninvasivemean']),
  ...nurse('Heart Rate', 'heart_rate', ['Heart Rate']),
  ...nurse('Respiratory Rate', 'respiratory_rate', ['Respiratory Rate']),
  ...nurse('O2 Saturation', 'oxygen_saturation', ['O2 Saturation']),
  ...nurse('Temperature', 'temperature', ['Temperature (C)']),
  ...nurse('Temperature', 'temperature', ['Temperature (F)'], { unit: 'degF' }),
  ...nurse('Non-Invasive BP', 'systolic_blood_pressure', ['Non-Invasive BP Systolic']),
  ...nurse('Non-Invasive BP', 'diastolic_blood_pressure', ['Non-Invasive BP Diastolic']),
  ...nurse('Non-Invasive BP', 'mean_blood_pressure', ['Non-Invasive BP Mean']),
  ...nurse('Invasive BP', 'systolic_blood_pressure', ['Invasive BP Systolic']),
  ...nurse('Invasive BP', 'diastolic_blood_pressure', ['Invasive BP Diastolic']),
  ...nurse('Invasive BP', 'mean_blood_pressure', ['Invasive BP Mean']),
  ...nurse('MAP (mmHg)', 'mean_blood_pressure', ['Value']),
  ...nurse('Arterial Line MAP (mmHg)', 'mean_blood_pressure', ['Value']),
  ...nurse('Bedside Glucose', 'glucose', ['Bedside Glucose']),
  ...nurse('Glasgow coma score', 'glasgow_coma_scale_eye_opening', ['Eyes'], { kind: 'text' }),
  ...nurse('Glasgow coma score', 'glasgow_coma_scale_motor_response', ['Motor'], { kind: 'text' }),
  ...nurse('Glasgow coma score', 'glasgow_coma_scale_verbal_response', ['Verbal'], { kind: 'text' }),
  ...nurse('Glasgow coma score', 'glasgow_coma_scale_total', ['GCS Total'], { kind: 'text' }),
  ...nurse('Score (Glasgow Coma Scale)', 'glasgow_coma_scale_total', ['Value'], { kind: 'text' }),
  ...patient('weight', ['admissionweight']),
  ...patient('height', ['admissionheight']),

  // Ventilation. FiO2 in percent, at times with the sign in the value (`40%`).
  ...respiratory('fraction_inspired_oxygen', ['FiO2', 'FIO2 (%)', 'O2 Percentage'], { unit: '%' }),
  ...respiratory('fraction_inspired_oxygen', ['Set Fraction of Inspired Oxygen (FIO2)'], { unit: '%' }),
  ...respiratory('respiratory_rate', ['RR (patient)', 'Total RR']),
  ...respiratory('oxygen_saturation', ['SaO2']),
  ...lab('fraction_inspired_oxygen', ['FiO2'], { unit: '%' }),

  // Blood gas.
  ...lab('oxygen_saturation', ['O2 Sat (%)']),
  ...lab('ph', ['pH']),
  ...lab('partial_pressure_of_oxygen', ['paO2']),
  ...lab('partial_pressure_of_carbon_dioxide', ['paCO2']),
  ...lab('lactate', ['lactate']),

  // Chemistry.
  ...lab('glucose', ['glucose', 'bedside glucose']),
  ...lab('creatinine', ['creatinine']),
  ...lab('blood_urea_nitrogen', ['BUN']),
  ...lab('sodium', ['sodium']),
  ...lab('potassium', ['potassium']),
  ...lab('bicarbonate', ['bicarbonate', 'HCO3']),
  ...lab('chloride', ['chloride']),
  ...lab('total_bilirubin', ['total bilirubin']),
  ...lab('alanine_aminotransferase', ['ALT (SGPT)']),
  ...lab('aspartate_aminotransferase', ['AST (SGOT)']),
  ...lab('albumin', ['albumin']),
  ...lab('troponin_t', ['troponin - T']),
  ...lab('troponin_i', ['troponin - I']),

  // Blood count and clotting.
  ...lab('white_blood_cell_count', ['WBC x 1000']),
  ...lab('hemoglobin', ['Hgb']),
  ...lab('hematocrit', ['Hct']),
  ...lab('platelet_count', ['platelets x 1000']),
  ...lab('international_normalized_ratio', ['PT - INR']),
  ...lab('partial_thromboplastin_time', ['PTT']),

  // Urine. Nurses name catheters as they like; what is counted (`Urine Count`, `Urine Occurrence`) is no volume.
  ...output('urine_output', ['Urine', 'URINE CATHETER', 'Indwelling Catheter Output', 'Voided Amount', 'Nephrostomy']),
  ...output('urine_output', ['Urine, void:', 'SN Urine Output(ml)', 'Actual Urine', 'Condom Catheter']),
  ...outputs('urine_output', ['Foley', 'Urine Output', 'Urinary Catheter Output', 'Straight Cath']),
  ...outputs('urine_output', ['Output (mL)-Urethral Catheter', 'Output (mL)-External Urinary Catheter']),
  ...outputs('urine_output', ['Output (mL)-Straight Catheter']),
];

import type { IcdVersion } from '../labels/index.js';
import type { VariableColumn } from '../variables/catalogue.js';

/** LOINC's codes of the variables, as `parent_codes` of `codes.parquet`. Where a vessel or a method is not said, the general one. */
const LOINC: Readonly<Record<VariableColumn, string | null>> = {
  diastolic_blood_pressure: '8462-4',
  fraction_inspired_oxygen: '3150-6',
  glucose: '2345-7',
  heart_rate: '8867-4',
  mean_blood_pressure: '8478-0',
  oxygen_saturation: '2708-6',
  respiratory_rate: '9279-1',
  systolic_blood_pressure: '8480-6',
  temperature: '8310-5',
  weight: '29463-7',
  ph: '11558-4',
  capillary_refill_rate: null,
  glasgow_coma_scale_eye_opening: '9267-6',
  glasgow_coma_scale_motor_response: '9268-4',
  glasgow_coma_scale_total: '9269-2',
  glasgow_coma_scale_verbal_response: '9270-0',
  height: '8302-2',
  creatinine: '2160-0',
  blood_urea_nitrogen: '3094-0',
  sodium: '2951-2',
  potassium: '2823-3',
  bicarbonate: '1963-8',
  chloride: '2075-0',
  lactate: '32693-4',
  white_blood_cell_count: '6690-2',
  hemoglobin: '718-7',
  hematocrit: '4544-3',
  platelet_count: '777-3',
  total_bilirubin: '1975-2',
  alanine_aminotransferase: '1742-6',
  aspartate_aminotransferase: '1920-8',
  albumin: '1751-7',
  international_normalized_ratio: '6301-6',
  partial_thromboplastin_time: '14979-9',
  troponin_t: '6598-7',
  troponin_i: '10839-9',
  partial_pressure_of_oxygen: '2703-7',
  partial_pressure_of_carbon_dioxide: '2019-8',
  urine_output: '9187-6',
};

/** `LOINC/8867-4`, as MEDS's extractions write it; none where LOINC has no such thing. */
export function parentsOfVariable(column: VariableColumn): string[] {
  const code = LOINC[column];
  return code === null ? [] : [`LOINC/${code}`];
}

/** `4280` → `428.0`, `E8497` → `E849.7`, `I5021` → `I50.21`. */
export function dotted(code: string, version: IcdVersion): string {
  const head = version === 9 && code.startsWith('E') ? 4 : 3;
  return code.length > head ? `${code.slice(0, head)}.${code.slice(head)}` : code;
}

/** `ICD9CM/428.0`. */
export function parentOfDiagnosis(code: string, version: IcdVersion): string {
  return `ICD${version}CM/${dotted(code, version)}`;
}

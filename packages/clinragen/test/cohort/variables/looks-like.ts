import type { VariableColumn } from '../../../src/cohort/variables/catalogue.js';

/** What the label of an item must say for it to be the variable: written from the names alone, not from the item maps. */
export const LOOKS_LIKE: Readonly<Record<VariableColumn, RegExp>> = {
  heart_rate: /^heart rate$/i,
  systolic_blood_pressure: /blood pressure systolic|BP systolic/i,
  diastolic_blood_pressure: /blood pressure diastolic|BP diastolic/i,
  mean_blood_pressure: /blood pressure mean|BP mean|^IABP mean$/i,
  respiratory_rate: /^respiratory rate( \(total\))?$/i,
  temperature: /^temperature (celsius|fahrenheit)$/i,
  oxygen_saturation: /^(arterial )?(O2|oxygen) saturation( pulseoxymetry)?$/i,
  fraction_inspired_oxygen: /^inspired O2 fraction$|^oxygen$/i,
  glucose: /^glucose\b/i,
  weight: /^(admission|daily) weight/i,
  height: /^height( \(cm\))?$/i,
  ph: /^pH( \((arterial|venous)\))?$/i,
  capillary_refill_rate: /^capillary refill [LR]$/i,
  glasgow_coma_scale_eye_opening: /GCS.*eye/i,
  glasgow_coma_scale_motor_response: /GCS.*motor/i,
  glasgow_coma_scale_verbal_response: /GCS.*verbal/i,
  glasgow_coma_scale_total: /GCS total/i,
  creatinine: /^creatinine\b/i,
  blood_urea_nitrogen: /^BUN\b|^urea nitrogen/i,
  sodium: /^(ABG )?sodium\b/i,
  potassium: /^(ABG )?potassium\b/i,
  bicarbonate: /^HCO3\b|bicarbonate/i,
  chloride: /^(ABG )?chlo(ri|ir)de\b/i,
  lactate: /^lactate$|^lactic acid\b/i,
  white_blood_cell_count: /^WBC\b|^white ?blood ?c/i,
  hemoglobin: /^(hemoglobin|HGB)\b/i,
  hematocrit: /^hematocrit\b/i,
  platelet_count: /^platelet/i,
  total_bilirubin: /^total bili|^bilirubin, total$/i,
  alanine_aminotransferase: /^ALT$|^SGPT$|^alanine aminotransferase/i,
  aspartate_aminotransferase: /^AST$|^SGOT$|^asparate aminotransferase/i,
  albumin: /^albumin\b/i,
  international_normalized_ratio: /^INR\b/i,
  partial_thromboplastin_time: /^PTT\b/i,
  troponin_t: /^troponin[- ]T$/i,
  troponin_i: /^troponin[- ]I$/i,
  partial_pressure_of_oxygen: /^pO2$|^arterial (PaO2|O2 pressure)$/i,
  partial_pressure_of_carbon_dioxide: /^pCO2$|^arterial (PaCO2|CO2 pressure)$/i,
  urine_output: /urine|foley|void|nephrostomy|ureteral|suprapubic|condom|straight cath|ileoconduit|GU irrigant/i,
};

/** Drugs, other fluids, ratios, scores and alarms share names with tests. */
export const NEVER =
  /alarm|apache|score|drip|chloride.*drip|CSF|ascites|pleural|stool|joint|fluid|clearance|\bratio\b|24 ?hr|cc\/k|direct|feeding|kg\/hr/i;

import { type CatalogueVariable, catalogueVariable, type VariableColumn } from './catalogue.js';

/** The paper's, in the order of the authors' code. */
const PAPER11: readonly VariableColumn[] = [
  'diastolic_blood_pressure',
  'fraction_inspired_oxygen',
  'glucose',
  'heart_rate',
  'mean_blood_pressure',
  'oxygen_saturation',
  'respiratory_rate',
  'systolic_blood_pressure',
  'temperature',
  'weight',
  'ph',
];

/** The benchmark's (Harutyunyan et al., 2019), in its order, all of them as numbers. */
const BENCHMARK17: readonly VariableColumn[] = [
  'capillary_refill_rate',
  'diastolic_blood_pressure',
  'fraction_inspired_oxygen',
  'glasgow_coma_scale_eye_opening',
  'glasgow_coma_scale_motor_response',
  'glasgow_coma_scale_total',
  'glasgow_coma_scale_verbal_response',
  'glucose',
  'heart_rate',
  'height',
  'mean_blood_pressure',
  'oxygen_saturation',
  'respiratory_rate',
  'systolic_blood_pressure',
  'temperature',
  'weight',
  'ph',
];

/** The paper's and what a bedside chart has besides: of the paper's eleven, nine are no laboratory tests at all. */
const EXTENDED: readonly VariableColumn[] = [
  ...PAPER11,
  'glasgow_coma_scale_total',
  'creatinine',
  'blood_urea_nitrogen',
  'sodium',
  'potassium',
  'bicarbonate',
  'chloride',
  'lactate',
  'white_blood_cell_count',
  'hemoglobin',
  'hematocrit',
  'platelet_count',
  'total_bilirubin',
  'alanine_aminotransferase',
  'aspartate_aminotransferase',
  'albumin',
  'international_normalized_ratio',
  'partial_thromboplastin_time',
  'troponin_t',
  'troponin_i',
  'partial_pressure_of_oxygen',
  'partial_pressure_of_carbon_dioxide',
  'urine_output',
];

export type VariableSetName = 'paper11' | 'benchmark17' | 'extended';

/** Ordered: this is the order of V in the series. */
export type VariableSet = readonly CatalogueVariable[];

export const VARIABLE_SETS: Readonly<Record<VariableSetName, VariableSet>> = {
  paper11: PAPER11.map(catalogueVariable),
  benchmark17: BENCHMARK17.map(catalogueVariable),
  extended: EXTENDED.map(catalogueVariable),
};

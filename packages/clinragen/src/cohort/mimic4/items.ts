import { type Item, itemsOf } from '../variables/item.js';

const chart = (...[variable, items, facts]: Tail): Item[] => itemsOf('chartevents', variable, items, facts);
const lab = (...[variable, items, facts]: Tail): Item[] => itemsOf('labevents', variable, items, facts);
const output = (...[variable, items, facts]: Tail): Item[] => itemsOf('outputevents', variable, items, facts);
type Tail = Parameters<typeof itemsOf<number>> extends [string, ...infer Rest] ? Rest : never;

/**
 * MIMIC-IV items (2.2 and 3.1) of all variables: `icu` holds chartevents and outputevents, `hosp` labevents.
 *
 * Laboratory tests of blood only. Several have a second number of the same name (52xxx, 53xxx: another analyser).
 * Left out: total CO2 (50804, 51739), which runs 1 to 2 mmol/L above bicarbonate; haemoglobin and albumin numbered
 * among electrophoreses (51640, 51641, 53138); mixed venous gases; feeding weight; alarms; scores;
 * retired items (Z…).
 */
export const MIMIC4_ITEMS: readonly Item[] = [
  // Vital signs: arterial line and cuff alike, as in the benchmark.
  ...chart('heart_rate', [220045]),
  ...chart('systolic_blood_pressure', [220050, 220179, 224167, 225309, 227243]),
  ...chart('diastolic_blood_pressure', [220051, 220180, 224643, 225310, 227242]),
  ...chart('mean_blood_pressure', [220052, 220181, 224322, 225312]),
  // The benchmark takes spontaneous breaths too (224422, 224689): their median is 0, since a machine makes the others.
  ...chart('respiratory_rate', [220210, 224690]),
  ...chart('temperature', [223761], { unit: 'degF' }),
  ...chart('temperature', [223762]),
  ...chart('oxygen_saturation', [220227, 220277]),
  ...lab('oxygen_saturation', [50817], { kind: 'arterial' }),
  ...chart('fraction_inspired_oxygen', [223835], { unit: '%' }),
  ...lab('fraction_inspired_oxygen', [50816], { unit: '%' }),
  ...chart('weight', [224639, 226512]),
  ...chart('weight', [226531], { unit: 'lb' }),
  ...chart('height', [226707], { unit: 'in' }),
  ...chart('height', [226730]),
  ...chart('capillary_refill_rate', [223951, 224308], { kind: 'text' }),
  // No total is charted: it is the sum of these three.
  ...chart('glasgow_coma_scale_eye_opening', [220739], { kind: 'text' }),
  ...chart('glasgow_coma_scale_motor_response', [223901], { kind: 'text' }),
  ...chart('glasgow_coma_scale_verbal_response', [223900], { kind: 'text' }),

  // Blood gas. pH of any vessel, as in the benchmark: a vein's is lower by 0.03 only.
  ...chart('ph', [220274, 223830]),
  ...lab('ph', [50820]),
  ...chart('partial_pressure_of_oxygen', [220224]),
  ...lab('partial_pressure_of_oxygen', [50821], { kind: 'arterial' }),
  ...chart('partial_pressure_of_carbon_dioxide', [220235]),
  ...lab('partial_pressure_of_carbon_dioxide', [50818], { kind: 'arterial' }),
  ...chart('lactate', [225668]),
  ...lab('lactate', [50813, 52442, 53154]),

  // Chemistry: serum and whole blood.
  ...chart('glucose', [220621, 225664, 226537]),
  ...lab('glucose', [50809, 50931, 52027, 52569]),
  ...chart('creatinine', [220615, 229761]),
  ...lab('creatinine', [50912, 52024, 52546]),
  ...chart('blood_urea_nitrogen', [225624]),
  ...lab('blood_urea_nitrogen', [51006, 52647]),
  ...chart('sodium', [220645, 226534]),
  ...lab('sodium', [50824, 50983, 52455, 52623]),
  ...chart('potassium', [227442, 227464]),
  ...lab('potassium', [50822, 50971, 52452, 52610]),
  ...chart('bicarbonate', [227443]),
  ...lab('bicarbonate', [50803, 50882]),
  ...chart('chloride', [220602, 226536]),
  ...lab('chloride', [50806, 50902, 52434, 52535]),
  ...chart('total_bilirubin', [225690]),
  ...lab('total_bilirubin', [50885, 53089]),
  ...chart('alanine_aminotransferase', [220644]),
  ...lab('alanine_aminotransferase', [50861, 53084]),
  ...chart('aspartate_aminotransferase', [220587]),
  ...lab('aspartate_aminotransferase', [50878, 53088]),
  ...chart('albumin', [227456]),
  ...lab('albumin', [50862, 53085]),
  ...chart('troponin_t', [227429]),
  ...lab('troponin_t', [51003]),
  ...lab('troponin_i', [51002, 52642]),

  // Blood count and clotting.
  ...chart('white_blood_cell_count', [220546]),
  ...lab('white_blood_cell_count', [51300, 51301, 51755, 51756]),
  ...chart('hemoglobin', [220228]),
  ...lab('hemoglobin', [50811, 51222]),
  ...chart('hematocrit', [220545, 226540]),
  ...lab('hematocrit', [50810, 51221, 51638, 51639, 52028]),
  ...chart('platelet_count', [227457]),
  ...lab('platelet_count', [51265, 51704]),
  ...chart('international_normalized_ratio', [227467]),
  ...lab('international_normalized_ratio', [51237, 51675]),
  ...chart('partial_thromboplastin_time', [227466]),
  ...lab('partial_thromboplastin_time', [51275, 52923]),

  // What runs in the unit; not what was measured before it or in the operating room (226627, 226631).
  ...output('urine_output', [226557, 226558, 226559, 226560, 226561, 226563]),
  ...output('urine_output', [226564, 226565, 226567, 226584, 227489]),
  ...output('urine_output', [227488], { kind: 'irrigant' }),
];

/**
 * Says which vessel a blood gas came from: a labevents row of this item with the gas's specimen_id. In the demo 79 % are
 * arterial, 19 % venous or mixed (a vein's median pO2 is 47 instead of 109 mmHg), 2 % do not say and look arterial.
 */
export const MIMIC4_SPECIMEN_TYPE = { item: 52033, arterial: 'ART.', joinedBy: ['specimen_id'] } as const;

import type { VariableColumn } from '../variables/catalogue.js';
import { type Item, type ItemKind, itemsOf } from '../variables/item.js';

/** Item numbers of one variable, by table. */
interface Numbers {
  readonly lab?: readonly number[];
  /** Laboratory gases of any vessel: see `MIMIC3_SPECIMEN_TYPE`. */
  readonly gas?: readonly number[];
  /** CareVue below 50,000, MetaVision from 220,000. */
  readonly chart?: readonly number[];
  readonly output?: readonly number[];
  readonly irrigant?: readonly number[];
}

/**
 * MIMIC-III items of the extended set's variables that are none of the benchmark's 17 (those stand in `variables.ts`).
 *
 * Left out, though they sound right: all fluids but blood; total CO2, which runs 1 to 2 mmol/L above bicarbonate; mixed
 * venous, capillary and "other" gases (858, 3774, 3836, 3838, 4201, 4203, 227516); 490, the alveolar PAO2; 851, a troponin
 * that does not say which; items that nurses named on the spot (1165, 3066, 5661); MetaVision's retired items (Z…).
 */
const NUMBERS: Partial<Readonly<Record<VariableColumn, Numbers>>> = {
  creatinine: { lab: [50912], chart: [791, 1525, 3750, 220615] },
  blood_urea_nitrogen: { lab: [51006], chart: [781, 1162, 3737, 5876, 225624] },
  sodium: { lab: [50824, 50983], chart: [837, 1536, 3726, 3803, 4195, 220645, 226534] },
  potassium: { lab: [50822, 50971], chart: [829, 1535, 3725, 3792, 4194, 227442, 227464] },
  bicarbonate: { lab: [50803, 50882], chart: [812, 227443] },
  chloride: { lab: [50806, 50902], chart: [788, 1523, 3724, 3747, 4193, 220602, 226536] },
  lactate: { lab: [50813], chart: [818, 1531, 225668] },
  white_blood_cell_count: { lab: [51300, 51301], chart: [861, 1127, 1542, 3834, 4200, 220546] },
  hemoglobin: { lab: [50811, 51222], chart: [814, 3759, 220228] },
  hematocrit: { lab: [50810, 51221], chart: [813, 3761, 220545, 226540] },
  platelet_count: { lab: [51265], chart: [828, 3789, 6256, 227457] },
  total_bilirubin: { lab: [50885], chart: [848, 1538, 225690] },
  alanine_aminotransferase: { lab: [50861], chart: [769, 3802, 220644] },
  aspartate_aminotransferase: { lab: [50878], chart: [770, 3801, 220587] },
  albumin: { lab: [50862], chart: [772, 1521, 3727, 227456] },
  international_normalized_ratio: { lab: [51237], chart: [815, 1530, 227467] },
  partial_thromboplastin_time: { lab: [51275], chart: [825, 1533, 3796, 227466] },
  troponin_t: { lab: [51003], chart: [227429] },
  troponin_i: { lab: [51002] },
  partial_pressure_of_oxygen: { gas: [50821], chart: [779, 3785, 3837, 220224] },
  partial_pressure_of_carbon_dioxide: { gas: [50818], chart: [778, 3784, 3835, 220235] },
  // What runs in the unit; not what was measured before it or in the operating room (40061, 40065, 226627, 226631).
  urine_output: {
    output: [
      ...[40055, 40056, 40057, 40069, 40085, 40094, 40096, 40405, 40428, 40473, 40651, 40715, 43175],
      ...[226557, 226558, 226559, 226560, 226561, 226563, 226564, 226565, 226567, 226584, 227489],
    ],
    irrigant: [227488],
  },
};

const PLACES: readonly (readonly [keyof Numbers, table: string, kind?: ItemKind])[] = [
  ['lab', 'LABEVENTS'],
  ['gas', 'LABEVENTS', 'arterial'],
  ['chart', 'CHARTEVENTS'],
  ['output', 'OUTPUTEVENTS'],
  ['irrigant', 'OUTPUTEVENTS', 'irrigant'],
];

export const MIMIC3_EXTENDED_ITEMS: readonly Item[] = Object.entries(NUMBERS).flatMap(([variable, numbers]) =>
  PLACES.flatMap(([place, table, kind]) =>
    itemsOf(table, variable as VariableColumn, numbers[place] ?? [], kind ? { kind } : {}),
  ),
);

/**
 * Says which vessel a blood gas came from: a LABEVENTS row of this item with the same subject and time as the gas. In the
 * demo 92 % are arterial, 4 % venous or mixed, 4 % do not say and look arterial.
 */
export const MIMIC3_SPECIMEN_TYPE = { item: 50800, arterial: 'ART', joinedBy: ['SUBJECT_ID', 'CHARTTIME'] } as const;

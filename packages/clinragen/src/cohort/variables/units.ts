import { CATALOGUE, catalogueVariable, type VariableColumn } from './catalogue.js';

/** Row of the table that the sources join: value in the catalogue's unit = value × factor + offset. */
export interface UnitFactor {
  readonly variable: VariableColumn;
  /** Trimmed and in lower case, as databases write it. */
  readonly unit: string;
  readonly factor: number;
  readonly offset: number;
}

/** Written where there is no unit (MEDS exports `UNK`): the item's declared unit counts. */
export const EMPTY_UNITS: readonly string[] = ['', 'unk', 'none', 'null', 'n/a'];

/** A unit's spellings, and what one of it makes in the catalogue's unit. */
type Accepted = readonly [spellings: readonly string[], factor: number, offset?: number];

const FRACTION = ['1', 'fraction', 'ratio'];
const PERCENT = ['%', 'percent', '% sat.', '% sat'];
const SCORE = ['1', 'points', 'point', 'score', '{score}'];
const PER_MINUTE = ['/min', 'bpm', 'insp/min', 'breaths/min', 'beats/min', 'breaths', 'b/min', 'rpm'];
const MMHG = ['mmhg', 'mm hg', 'mm/hg', 'mm(hg)', 'mm[hg]', 'torr'];
const MG_DL = ['mg/dl', 'mg/100ml', 'mg/100 ml', 'mg%'];
const G_DL = ['g/dl', 'gm/dl', 'g/100ml', 'g%', 'gm%'];
const G_L = ['g/l', 'gm/l'];
const U_L = ['u/l', 'iu/l', 'unit/l', 'units/l', '[iu]/l', '[u]/l'];
const MMOL_L = ['mmol/l', 'mm/l', 'mmoles/l', 'mmol/liter'];
const MEQ_L = ['meq/l', 'meq/liter'];
// The micro sign (U+00B5) and the Greek mu (U+03BC) look alike.
const UMOL_L = ['umol/l', '\u00b5mol/l', '\u03bcmol/l', 'mcmol/l', 'micromol/l'];
const NG_ML = ['ng/ml', 'ug/l', '\u00b5g/l', '\u03bcg/l', 'mcg/l'];
const NG_L = ['ng/l', 'pg/ml'];
const SECONDS = ['s', 'sec', 'sec.', 'secs', 'second', 'seconds', 'second(s)'];
const PER_UL = ['/ul', '/\u00b5l', '/\u03bcl', '/mcl', '/mm3', '/cumm', '/cu mm', 'cells/ul', 'cells/mcl', 'cells/mm3'];
// Laboratories of eICU write it in all these ways; a bare `10` is `10*3/uL` cut short.
const THOUSAND_PER_UL = [
  ...['10*3/ul', '10^3/ul', '10e3/ul', '10e3/mcl', '10(3)/ul', '10(3)/mcl', '10(3)mcl', '10 3/ul', '10'],
  ...['x10*3/ul', 'x10^3/ul', 'x10e3/ul', 'x10 3/ul', 'x10(3)/ul', 'x10(3)/mcl', 'x10 (3)', 'x 10 3'],
  ...['k/ul', 'k/\u00b5l', 'k/\u03bcl', 'k/mcl', 'k/mm3', 'k/cmm', 'k/cumm', 'k/mm cu', 'k/cu mm'],
  ...['th/ul', 'th/mcl', 'th/mm3', 'th/cmm', 'th/cumm', 'ths/ul', 'thou/ul', 'thou/mcl', 'thou/mm3', 'thou/cumm'],
  ...['thous/ul', '1000/ul', '10*9/l', '10^9/l', '10e9/l', '10(9)/l', 'x10*9/l', 'x10^9/l', 'x10e9/l'],
];
// MIMIC lost the degree sign: `?F`. eICU kept it as HTML.
const CELSIUS = [
  ...['cel', 'c', 'c.', 'celsius', 'degc', 'deg c', 'deg. c', 'degree c', 'degrees c'],
  ...['\u00b0c', '?c', '\ufffdc', '&#176;c'],
];
const FAHRENHEIT = [
  ...['[degf]', 'f', 'f.', 'fahrenheit', 'degf', 'deg f', 'deg. f', 'degree f', 'degrees f'],
  ...['\u00b0f', '?f', '\ufffdf', '&#176;f'],
];

const KPA = 7.50062; // mmHg in a kilopascal
const PRESSURE: readonly Accepted[] = [
  [MMHG, 1],
  [['kpa'], KPA],
];
const RATE: readonly Accepted[] = [[PER_MINUTE, 1]];
const ELECTROLYTE: readonly Accepted[] = [[[...MMOL_L, ...MEQ_L], 1]];
const CELLS: readonly Accepted[] = [
  [THOUSAND_PER_UL, 1],
  [PER_UL, 0.001],
];
const PROTEIN: readonly Accepted[] = [
  [G_DL, 1],
  [G_L, 0.1],
];
const SCORES: readonly Accepted[] = [[SCORE, 1]];
const TROPONIN: readonly Accepted[] = [
  [NG_ML, 1],
  [NG_L, 0.001],
  [['ng/dl'], 0.01],
];

/** mg/dL in a mmol/L of a substance of so many g/mol. */
const mgPerDl = (gramsPerMole: number): number => gramsPerMole / 10;

const ACCEPTED: Readonly<Record<VariableColumn, readonly Accepted[]>> = {
  diastolic_blood_pressure: PRESSURE,
  systolic_blood_pressure: PRESSURE,
  mean_blood_pressure: PRESSURE,
  partial_pressure_of_oxygen: PRESSURE,
  partial_pressure_of_carbon_dioxide: PRESSURE,
  heart_rate: RATE,
  respiratory_rate: RATE,
  // CareVue charts fractions under the unit torr.
  fraction_inspired_oxygen: [
    [[...FRACTION, 'torr'], 1],
    [PERCENT, 0.01],
  ],
  oxygen_saturation: [
    [PERCENT, 1],
    [FRACTION, 100],
  ],
  hematocrit: [
    [[...PERCENT, 'vol%', 'vol %'], 1],
    [[...FRACTION, 'l/l'], 100],
  ],
  temperature: [
    [CELSIUS, 1],
    [FAHRENHEIT, 5 / 9, -160 / 9],
    [['k', 'kelvin'], 1, -273.15],
  ],
  weight: [
    [['kg', 'kgs', 'kilogram', 'kilograms'], 1],
    [['g', 'gm', 'gms', 'grams'], 0.001],
    [['lb', 'lb.', 'lbs', 'lbs.', 'pounds', '[lb_av]'], 0.45359237],
    [['oz', 'oz.', 'ounces', '[oz_av]'], 0.45359237 / 16],
  ],
  height: [
    [['cm', 'cms', 'centimeters'], 1],
    [['m', 'meters'], 100],
    [['in', 'in.', 'inch', 'inches', '[in_i]'], 2.54],
    [['ft', 'feet', '[ft_i]'], 30.48],
  ],
  ph: [[['1', 'units', 'unit', 'unit(s)', 'ph', 'ph units', '[ph]'], 1]],
  international_normalized_ratio: [[['1', 'ratio', 'inr', '{inr}', 'units', 'unit', 'unit(s)'], 1]],
  capillary_refill_rate: SCORES,
  glasgow_coma_scale_eye_opening: SCORES,
  glasgow_coma_scale_motor_response: SCORES,
  glasgow_coma_scale_total: SCORES,
  glasgow_coma_scale_verbal_response: SCORES,
  glucose: [
    [MG_DL, 1],
    [MMOL_L, mgPerDl(180.156)],
    [G_L, 100],
  ],
  creatinine: [
    [MG_DL, 1],
    [UMOL_L, mgPerDl(113.118) / 1000],
    [MMOL_L, mgPerDl(113.118)],
  ],
  // Urea in mmol/L, each mole with two of nitrogen (14.007).
  blood_urea_nitrogen: [
    [MG_DL, 1],
    [MMOL_L, mgPerDl(28.014)],
  ],
  total_bilirubin: [
    [MG_DL, 1],
    [UMOL_L, mgPerDl(584.66) / 1000],
  ],
  // mg/dL is meant of lactic acid, 90.078 g/mol.
  lactate: [
    [[...MMOL_L, ...MEQ_L], 1],
    [MG_DL, 1 / mgPerDl(90.078)],
  ],
  sodium: ELECTROLYTE,
  potassium: ELECTROLYTE,
  bicarbonate: ELECTROLYTE,
  chloride: ELECTROLYTE,
  white_blood_cell_count: CELLS,
  platelet_count: CELLS,
  // mmol/L counts single chains with their iron, 16,114 g/mol.
  hemoglobin: [...PROTEIN, [MMOL_L, 1.6114]],
  albumin: PROTEIN,
  alanine_aminotransferase: [
    [U_L, 1],
    [['ukat/l', '\u00b5kat/l', '\u03bckat/l'], 60],
  ],
  aspartate_aminotransferase: [
    [U_L, 1],
    [['ukat/l', '\u00b5kat/l', '\u03bckat/l'], 60],
  ],
  partial_thromboplastin_time: [[SECONDS, 1]],
  troponin_t: TROPONIN,
  troponin_i: TROPONIN,
  urine_output: [
    [['ml', 'mls', 'cc', 'ccs'], 1],
    [['l', 'liters'], 1000],
  ],
};

/** Every accepted unit of every variable, one row each. */
export const UNIT_FACTOR_ROWS: readonly UnitFactor[] = CATALOGUE.flatMap(({ column: variable }) =>
  ACCEPTED[variable].flatMap(([spellings, factor, offset = 0]) =>
    spellings.map((unit) => ({ variable, unit, factor, offset })),
  ),
);

/** The same, variable → unit → row. */
export const UNIT_FACTORS: ReadonlyMap<VariableColumn, ReadonlyMap<string, UnitFactor>> = new Map(
  CATALOGUE.map(({ column }) => [
    column,
    new Map(UNIT_FACTOR_ROWS.filter((row) => row.variable === column).map((row) => [row.unit, row])),
  ]),
);

/** As units stand in the table: trimmed, in lower case, and empty where they say nothing. */
export function normalUnit(unit: string | null): string {
  const plain = (unit ?? '').trim().toLowerCase();
  return EMPTY_UNITS.includes(plain) ? '' : plain;
}

/**
 * A value in the catalogue's unit.
 *
 * @param unit      as the row has it; empty or null means the declared one
 * @param declared  the item's own unit; the catalogue's where absent
 * @returns         null where the unit is unknown
 *
 * @example
 * convert('creatinine', 88.4, 'umol/L'); // 1.0 mg/dL
 */
export function convert(
  variable: VariableColumn,
  value: number,
  unit: string | null,
  declared: string = catalogueVariable(variable).unit,
): number | null {
  const row = UNIT_FACTORS.get(variable)?.get(normalUnit(unit) || normalUnit(declared));
  return row ? value * row.factor + row.offset : null;
}

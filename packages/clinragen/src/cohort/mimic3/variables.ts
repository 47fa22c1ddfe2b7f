/**
 * The 17 variables of the benchmark of Harutyunyan et al. (2019), and the MIMIC-III items that measure them. Items below
 * 50,000 are CareVue's charts, from 220,000 MetaVision's, between them the laboratory's. The rules that turn an item's
 * text into a value are the macros of `sql/clean.sql`.
 */
export interface BenchmarkVariable {
  /** Column of `timeseries.parquet`. */
  readonly column: string;
  /** The benchmark's own name of it. */
  readonly benchmarkName: string;
  /** `text`: kept as charted (the benchmark cleans no Glasgow score). */
  readonly kind: 'number' | 'text';
  readonly items: readonly number[];
}

export const BENCHMARK_VARIABLES: readonly BenchmarkVariable[] = [
  {
    column: 'capillary_refill_rate', // 0 normal or brisk, 1 delayed
    benchmarkName: 'Capillary refill rate',
    kind: 'number',
    items: [115, 3348, 8377],
  },
  {
    column: 'diastolic_blood_pressure', // mmHg, arterial line and cuff alike
    benchmarkName: 'Diastolic blood pressure',
    kind: 'number',
    items: [8368, 8440, 8441, 8502, 8503, 8504, 8506, 8507, 8555, 220051, 220180, 224643, 225310],
  },
  {
    column: 'fraction_inspired_oxygen', // fraction
    benchmarkName: 'Fraction inspired oxygen',
    kind: 'number',
    items: [189, 727, 3420, 3422, 223835],
  },
  {
    column: 'glasgow_coma_scale_eye_opening',
    benchmarkName: 'Glascow coma scale eye opening',
    kind: 'text',
    items: [184, 220739],
  },
  {
    column: 'glasgow_coma_scale_motor_response',
    benchmarkName: 'Glascow coma scale motor response',
    kind: 'text',
    items: [454, 223901],
  },
  { column: 'glasgow_coma_scale_total', benchmarkName: 'Glascow coma scale total', kind: 'text', items: [198] },
  {
    column: 'glasgow_coma_scale_verbal_response',
    benchmarkName: 'Glascow coma scale verbal response',
    kind: 'text',
    items: [723, 223900],
  },
  {
    column: 'glucose', // mg/dL, serum, whole blood and finger stick
    benchmarkName: 'Glucose',
    kind: 'number',
    items: [807, 811, 1529, 3745, 50809, 50931, 51478, 220621, 225664, 226537],
  },
  { column: 'heart_rate', benchmarkName: 'Heart Rate', kind: 'number', items: [211, 220045] }, // /min
  { column: 'height', benchmarkName: 'Height', kind: 'number', items: [1394, 226707, 226730] }, // cm
  {
    column: 'mean_blood_pressure', // mmHg
    benchmarkName: 'Mean blood pressure',
    kind: 'number',
    items: [52, 224, 456, 3312, 3314, 3316, 3320, 3322, 6702, 220052, 220181, 224322, 225312],
  },
  {
    column: 'oxygen_saturation', // %
    benchmarkName: 'Oxygen saturation',
    kind: 'number',
    items: [646, 834, 8498, 50817, 220227, 220277],
  },
  {
    column: 'respiratory_rate', // /min
    benchmarkName: 'Respiratory rate',
    kind: 'number',
    items: [614, 615, 618, 651, 3603, 220210, 224422, 224689, 224690],
  },
  {
    column: 'systolic_blood_pressure', // mmHg
    benchmarkName: 'Systolic blood pressure',
    kind: 'number',
    items: [51, 442, 455, 3313, 3315, 3317, 3321, 3323, 6701, 220050, 220179, 224167, 225309, 227243],
  },
  {
    column: 'temperature', // Celsius
    benchmarkName: 'Temperature',
    kind: 'number',
    items: [676, 677, 678, 679, 3654, 3655, 223761, 223762],
  },
  {
    column: 'weight', // kg
    benchmarkName: 'Weight',
    kind: 'number',
    items: [763, 3580, 3581, 3582, 3693, 224639, 226512, 226531],
  },
  {
    column: 'ph',
    benchmarkName: 'pH',
    kind: 'number',
    items: [780, 860, 1126, 1673, 3839, 4202, 4753, 50820, 50831, 51094, 51491, 220274, 223830],
  },
];

/** Items whose unit stands in their label only, not in VALUEUOM: pounds, ounces, inches. */
export const UNIT_OF_ITEM: ReadonlyMap<number, 'lb' | 'oz' | 'in'> = new Map([
  [3581, 'lb'], // present weight (lb)
  [226531, 'lb'], // admission weight (lbs.)
  [3582, 'oz'], // present weight (oz)
  [1394, 'in'], // height inches
]);

/**
 * Laboratory items that the benchmark counts among glucose and pH though they measure urine (51094, 51478, 51491) or
 * another body fluid (50831). The benchmark's series keeps them; the hourly series, which speaks of the blood, does not: a
 * urine pH of 5.5 is healthy, and 1000 mg/dL of glucose in the urine says little of the blood's.
 */
export const OTHER_FLUID_ITEMS: ReadonlySet<number> = new Set([50831, 51094, 51478, 51491]);

/** Variables that have such items; the table `timeseries` has a column `blood_<variable>` of each besides. */
export const BLOOD_VARIABLES = ['glucose', 'ph'] as const;

/** The words of MIMIC-IV for what MIMIC-III calls otherwise. */
type Words = Readonly<Record<string, string>>;

export const UNITS: Words = {
  MICU: 'Medical Intensive Care Unit (MICU)',
  CCU: 'Coronary Care Unit (CCU)',
  CSRU: 'Cardiac Vascular Intensive Care Unit (CVICU)',
  SICU: 'Surgical Intensive Care Unit (SICU)',
  TSICU: 'Trauma SICU (TSICU)',
};

export const ADMITTED_FROM: Words = {
  'PHYS REFERRAL/NORMAL DELI': 'PHYSICIAN REFERRAL',
  'EMERGENCY ROOM ADMIT': 'EMERGENCY ROOM',
  'TRANSFER FROM HOSP/EXTRAM': 'TRANSFER FROM HOSPITAL',
};

export const DISCHARGED_TO: Words = {
  'DEAD/EXPIRED': 'DIED',
  HOME: 'HOME',
  'HOME HEALTH CARE': 'HOME HEALTH CARE',
  SNF: 'SKILLED NURSING FACILITY',
  'REHAB/DISTINCT PART HOSP': 'REHAB',
};

export const INSURANCE: Words = { Medicare: 'Medicare', Medicaid: 'Medicaid', Private: 'Other' };

export const RACES: Words = {
  WHITE: 'WHITE',
  'BLACK/AFRICAN AMERICAN': 'BLACK/AFRICAN AMERICAN',
  'HISPANIC OR LATINO': 'HISPANIC OR LATINO',
  ASIAN: 'ASIAN',
  'UNKNOWN/NOT SPECIFIED': 'UNKNOWN',
};

/** The test that is done of a specimen: number and name. */
export const CULTURES: Readonly<Record<string, readonly [number, string]>> = {
  'BLOOD CULTURE': [90201, 'Blood Culture, Routine'],
  SPUTUM: [90055, 'RESPIRATORY CULTURE'],
  URINE: [90039, 'URINE CULTURE'],
};

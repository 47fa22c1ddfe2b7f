/**
 * The hospital's ICD-9-CM codes in ICD-10, for admissions from October 2015 on.
 *
 * The choice for each code is ours: what a coder would write for the same finding, of the codes that CMS's general
 * equivalence mappings name, and so that the code leads back to the same phenotype. ICD-10-CM is revised every October;
 * where a code was split within the database's years, the later one stands beside its first year and older mappings do
 * not know it, as in the real tables. Titles are our own short ones.
 */

interface Icd10 {
  readonly code: string;
  readonly title: string;
}

interface Translation extends Icd10 {
  /** What replaced the code on the first of October of `year`. */
  readonly revised?: Icd10 & { readonly year: number };
}

const to = (code: string, title: string, revised?: Translation['revised']): Translation =>
  revised === undefined ? { code, title } : { code, title, revised };

const DIAGNOSES: Readonly<Record<string, Translation>> = {
  '5849': to('N179', 'Acute kidney failure, unspecified'),
  '5845': to('N170', 'Acute kidney failure with tubular necrosis'),
  '43491': to('I639', 'Cerebral infarction, unspecified'),
  '431': to('I619', 'Bleed within the brain, unspecified'),
  '430': to('I609', 'Bleed under the arachnoid, unspecified'),
  '43411': to('I6340', 'Cerebral infarction by embolus, artery unspecified'),
  '41071': to('I214', 'Non-ST elevation infarct'),
  '41011': to('I2109', 'ST elevation infarct, anterior wall'),
  '41041': to('I2119', 'ST elevation infarct, inferior wall'),
  '42731': to('I4891', 'Atrial fibrillation, unspecified'),
  '42732': to('I4892', 'Atrial flutter, unspecified'),
  '42781': to('I495', 'Sick sinus syndrome'),
  '42789': to('I498', 'Other cardiac arrhythmia'),
  '5859': to('N189', 'Chronic kidney disease, unspecified'),
  '5853': to('N183', 'Chronic kidney disease, stage 3'),
  '5856': to('N186', 'End stage kidney disease'),
  '496': to('J449', 'Chronic obstructive lung disease, unspecified'),
  '49121': to('J441', 'Chronic obstructive lung disease, flare'),
  '99811': to('L7622', 'Bleeding of skin after a procedure'),
  '99859': to('T814XXA', 'Infection after a procedure, first encounter', {
    code: 'T8149XA',
    title: 'Infection after a procedure, other site, first encounter',
    year: 2018,
  }),
  '9971': to('I9789', 'Other circulatory complication of a procedure'),
  '99812': to('L7622', 'Bleeding of skin after a procedure', {
    code: 'L7632',
    title: 'Hematoma of skin after a procedure',
    year: 2016,
  }),
  V4501: to('Z950', 'Cardiac pacemaker in place'),
  '4260': to('I442', 'Complete AV block'),
  '4263': to('I447', 'Left bundle branch block, unspecified'),
  '4280': to('I509', 'Heart failure, unspecified'),
  '42823': to('I5023', 'Systolic heart failure, acute on chronic'),
  '42833': to('I5033', 'Diastolic heart failure, acute on chronic'),
  '41401': to('I2510', 'Coronary disease of native artery without angina'),
  '412': to('I252', 'Old myocardial infarct'),
  V4581: to('Z951', 'Coronary bypass in the past'),
  '25040': to('E1122', 'Type 2 diabetes w chronic kidney disease'),
  '25060': to('E1140', 'Type 2 diabetes w neuropathy, unspecified'),
  '25050': to('E11319', 'Type 2 diabetes w retinopathy, no macular edema'),
  '25013': to('E1010', 'Type 1 diabetes w ketoacidosis, no coma'),
  '25000': to('E119', 'Type 2 diabetes, uncomplicated'),
  '25001': to('E109', 'Type 1 diabetes, uncomplicated'),
  '2724': to('E785', 'Hyperlipidemia, unspecified'),
  '2720': to('E780', 'Pure hypercholesterolemia', {
    code: 'E7800',
    title: 'Pure hypercholesterolemia, unspecified',
    year: 2016,
  }),
  '4019': to('I10', 'Primary hypertension'),
  '4011': to('I10', 'Primary hypertension'),
  '2762': to('E872', 'Acidosis'),
  '2763': to('E873', 'Alkalosis'),
  '5789': to('K922', 'GI bleeding, unspecified'),
  '53240': to('K264', 'Duodenal ulcer w bleeding'),
  '5780': to('K920', 'Vomiting of blood'),
  '5693': to('K625', 'Bleeding of anus and rectum'),
  '40390': to('I129', 'Hypertensive kidney disease, stage 1-4'),
  '40391': to('I120', 'Hypertensive kidney disease, stage 5'),
  '5715': to('K7460', 'Cirrhosis, unspecified'),
  '5722': to('K7290', 'Hepatic failure, unspecified, no coma'), // encephalopathy had no code of its own before 2022
  '78959': to('R188', 'Other ascites'),
  '515': to('J8410', 'Pulmonary fibrosis, unspecified'),
  '51889': to('J984', 'Other disorders of lung'),
  '78609': to('R0600', 'Labored breathing, unspecified'),
  '7847': to('R040', 'Nosebleed'),
  '47874': to('J386', 'Narrowing of the larynx'),
  '7861': to('R061', 'Stridor'),
  V440: to('Z930', 'Tracheostomy in place'),
  '5119': to('J90', 'Pleural effusion, elsewhere unclassified'),
  '5180': to('J9811', 'Collapsed lung tissue'),
  '5128': to('J939', 'Pneumothorax, unspecified'),
  '486': to('J189', 'Pneumonia, organism unspecified'),
  '48241': to('J15211', 'Pneumonia by methicillin susceptible staph aureus'),
  '4829': to('J159', 'Bacterial pneumonia, unspecified'),
  '51881': to('J9600', 'Acute respiratory failure, gases unspecified'),
  '51884': to('J9620', 'Acute on chronic respiratory failure, gases unspecified'),
  '0389': to('A419', 'Sepsis, organism unspecified'),
  '03842': to('A4151', 'Sepsis by E coli'),
  '03811': to('A4101', 'Sepsis by methicillin susceptible staph aureus'),
  '78552': to('R6521', 'Severe sepsis w septic shock'),
  '78551': to('R570', 'Cardiogenic shock'),
  '78559': to('R578', 'Other shock'),
  '2859': to('D649', 'Anemia, unspecified'),
  '5990': to('N390', 'Urinary infection, site unspecified'),
  '3051': to('F17210', 'Nicotine dependence, cigarettes'),
  '2449': to('E039', 'Hypothyroidism, unspecified'),
  '53081': to('K219', 'Gastric reflux without esophagitis'),
  '311': to('F329', 'Major depression, single episode, unspecified'),
  V1582: to('Z87891', 'Nicotine dependence in the past'),
  V5861: to('Z7901', 'Long-term anticoagulant'),
  '60000': to('N400', 'Enlarged prostate without symptoms'),
  '27800': to('E669', 'Obesity, unspecified'),
  '73300': to('M810', 'Osteoporosis of age without fracture'),
  '2930': to('F05', 'Delirium of a known physiological condition'),
  '2875': to('D696', 'Low platelets, unspecified'),
  '5770': to('K859', 'Acute pancreatitis, unspecified', {
    code: 'K8590',
    title: 'Acute pancreatitis without necrosis, unspecified',
    year: 2016,
  }),
  '85221': to('S065X0A', 'Subdural bleed after injury, awake, first encounter'),
  '78039': to('R569', 'Convulsions, unspecified'),
  '9654': to('T391X1A', 'Paracetamol poisoning, accidental, first encounter'),
  '4241': to('I359', 'Aortic valve disorder, unspecified'),
};

/** ICD-10-PCS, which has seven characters. */
const PROCEDURES: Readonly<Record<string, Translation>> = {
  '9671': to('5A1945Z', 'Ventilation, 24 to 96 hours'),
  '9604': to('0BH17EZ', 'Breathing tube placed through natural opening'),
  '3893': to('02HV33Z', 'Infusion device placed in superior vena cava'),
  '3891': to('03HY32Z', 'Monitoring device placed in upper artery'),
  '3961': to('5A1221Z', 'Heart-lung machine'),
  '3612': to('021109W', 'Bypass of two coronary arteries from aorta, vein'),
  '0066': to('02703ZZ', 'Dilation of one coronary artery'),
  '4516': to('0DB68ZX', 'Stomach biopsy by endoscope'),
  '3995': to('5A1D60Z', 'Hemodialysis, multiple', {
    code: '5A1D70Z',
    title: 'Hemodialysis, under 6 hours a day',
    year: 2017,
  }),
  '9904': to('30233N1', 'Red cell transfusion by peripheral vein'),
  '5491': to('0W9G3ZZ', 'Belly tap'),
  '3491': to('0W993ZZ', 'Chest tap, right'),
};

export interface Coded {
  readonly code: string;
  readonly title: string;
}

/** @param date  the admission's, in real years: `2017-03-08` */
export function diagnosisIn10(icd9: string, date: string): Coded {
  return asOf(DIAGNOSES[icd9]!, date);
}

/** @param date  the admission's, in real years */
export function procedureIn10(icd9: string, date: string): Coded {
  return asOf(PROCEDURES[icd9]!, date);
}

/** Every ICD-10-CM code that an admission can have, revisions included. */
export function allDiagnosesIn10(): Coded[] {
  return everyCode(DIAGNOSES);
}

export function allProceduresIn10(): Coded[] {
  return everyCode(PROCEDURES);
}

function asOf(translation: Translation, date: string): Coded {
  const { revised } = translation;
  return revised && date >= `${revised.year}-10-01` ? revised : translation;
}

function everyCode(table: Readonly<Record<string, Translation>>): Coded[] {
  const all = Object.values(table).flatMap((t) => (t.revised ? [t, t.revised] : [t]));
  return [...new Map(all.map((c) => [c.code, c])).values()];
}

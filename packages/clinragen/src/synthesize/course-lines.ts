/**
 * The lines of a hospital course that tell no disease of the 25: complaints, openings, work-up, house-keeping, closings.
 * Patients of every label get them, so what they weigh is learned to be nothing.
 */
import type { Problem } from './admission.js';

/** What brought the patient in, as the first sentence has it: complaints that several diseases share. */
export const COMPLAINTS: Readonly<Record<Problem, readonly string[]>> = {
  infarction: ['chest pain', 'chest pressure', 'jaw pain and diaphoresis', 'epigastric discomfort', 'left arm pain'],
  'heart failure': ['shortness of breath', 'dyspnea on exertion', 'leg swelling', 'fatigue', 'orthopnea'],
  arrhythmia: ['palpitations', 'lightheadedness', 'syncope', 'fatigue', 'chest fluttering'],
  pneumonia: ['cough', 'shortness of breath', 'malaise', 'chills', 'pleuritic pain'],
  sepsis: ['malaise', 'confusion', 'chills', 'weakness', 'abdominal pain', 'flank pain'],
  bleeding: ['weakness', 'lightheadedness', 'abdominal pain', 'dark stools', 'pallor'],
  stroke: ['confusion', 'headache', 'weakness', 'slurred speech', 'gait imbalance'],
  'cardiac surgery': ['exertional chest discomfort', 'dyspnea on exertion', 'an elective cardiac operation'],
  surgery: ['abdominal pain', 'an elective operation', 'a planned resection', 'an abdominal mass', 'obstipation'],
  airway: ['shortness of breath', 'wheezing', 'cough', 'throat tightness'],
  liver: ['confusion', 'abdominal distension', 'fatigue', 'jaundice', 'poor appetite'],
  metabolic: ['nausea and vomiting', 'weakness', 'confusion', 'fatigue', 'poor oral intake'],
  injury: ['a fall', 'a motor vehicle accident', 'an overdose', 'neck pain', 'a hip fracture'],
};

export const OPENINGS: readonly string[] = [
  '@pt is a @age year old @person who {presented with|was admitted with|came in with} @complaint.',
  'This is a @age year old @person {admitted|transferred} {to the ICU|to the @unit} {with|for} @complaint.',
  '@age yo @sex {with|presenting with} @complaint, {admitted to the @unit|monitored in the @unit}.',
  '@pt was {admitted|brought} to the @unit {after presenting with|for evaluation of} @complaint.',
  '{In brief, this|This} @age year old @person {presented|came to the emergency department} with @complaint.',
  '@age year old @person {living at home|from a nursing facility|previously independent} {who developed|with new} @complaint.',
];

/** For those who come after an event or for an operation, which nobody "develops". */
export const EVENT_OPENINGS: readonly string[] = [
  '@pt is a @age year old @person {admitted|brought in} {after|for} @complaint.',
  'This is a @age year old @person {transferred|admitted} to the @unit {after|for} @complaint.',
  '@age yo @sex {monitored in|admitted to} the @unit after @complaint.',
  '@age year old @person {living at home|from a nursing facility|previously independent} admitted {to the ICU |}after @complaint.',
];

/** The first work-up, by reason for coming. */
export const DETAILS: Readonly<Record<Problem, readonly string[]>> = {
  infarction: [
    'EKG and enzymes were {obtained on arrival|repeated overnight}.',
    'Symptoms began {at rest|while climbing stairs|overnight} and radiated to the {arm|back}.',
    'Nitroglycerin {gave partial relief|did not help} en route.',
    'Cardiology was {called from the emergency room|consulted on arrival}.',
  ],
  'heart failure': [
    'Symptoms had {progressed over weeks|worsened after dietary indiscretion}.',
    'Outpatient {medications had recently been changed|adherence was uncertain}.',
    'An echocardiogram was {ordered|repeated} and cardiology {consulted|notified}.',
    'Jugular veins were {distended|hard to assess}.',
  ],
  arrhythmia: [
    'Thyroid studies were {sent|normal} and an echocardiogram {ordered|obtained}.',
    'Symptoms {started abruptly|came and went} {while shopping|at work|after dinner}.',
    'Electrophysiology was {made aware|asked to comment}.',
    '@He denied {caffeine|alcohol|stimulant} excess.',
  ],
  pneumonia: [
    'Symptoms had lasted {several days|a week} with {sick grandchildren|recent travel|no exposures}.',
    'Legionella antigen and {influenza swab|viral screen} were {sent|negative}.',
    'Rhonchi were {heard|noted} on exam.',
    'Chest imaging was {obtained in the emergency room|repeated on arrival}.',
  ],
  sepsis: [
    'Lactate and cultures were {drawn|sent} {on arrival|in triage}.',
    'Urinalysis and abdominal imaging were {obtained|ordered}.',
    'An indwelling catheter was {exchanged|removed} on arrival.',
    '@He looked {ill|flushed and tired} in triage and received {a liter|several liters} of saline.',
  ],
  bleeding: [
    'Two large bore intravenous lines were {placed|secured} and blood was crossmatched.',
    '@He had been taking {ibuprofen|naproxen|aspirin} for {back pain|knee pain}.',
    'Orthostatic signs were {present|absent} in triage.',
    'Gastroenterology was {called|consulted} early.',
  ],
  stroke: [
    'Last seen well {the evening before|that morning} by {a spouse|a neighbor|a daughter}.',
    'Head imaging was {obtained at once|done in triage} and vessels were {studied|imaged}.',
    'A swallow evaluation was {requested|failed at first}.',
    'An EEG was {unremarkable|ordered}.',
  ],
  'cardiac surgery': [
    'The operation was {uneventful|well tolerated} and @he came to the unit {intubated|sedated on propofol}.',
    'Chest tubes and wires were {removed|pulled} per protocol.',
    'Preoperative testing {was completed as outpatient|included carotid studies}.',
    'The sternum was {stable|well approximated} at discharge.',
  ],
  surgery: [
    'The operation was {uneventful|lengthy|well tolerated}.',
    'A nasogastric tube was {placed|removed} and bowel function {returned|was awaited}.',
    'An epidural {was used|provided good relief}.',
    'Pathology was {pending|benign} at discharge.',
  ],
  airway: [
    'Symptoms followed {a cold|a viral illness|smoke exposure}.',
    'Noninvasive ventilation was {considered|tried briefly} in triage.',
    'Peak flows were {followed|recorded}.',
    'The neck exam was {unremarkable|without masses}.',
  ],
  liver: [
    'Hepatology was {involved from the start|consulted}.',
    'Abdominal ultrasound with doppler was {obtained|done}.',
    'Alcohol use was {denied|ongoing|remote}.',
    'Asterixis was {present|subtle} on exam.',
  ],
  metabolic: [
    'A toxicology screen was {negative|sent}.',
    'Fluids were {begun|hung} in triage and labs {repeated|followed} every few hours.',
    'Intake had been poor {for days|since a stomach illness}.',
    'Cortisol and thyroid levels were {normal|checked}.',
  ],
  injury: [
    'Trauma survey showed {rib fractures|a wrist fracture|no major injury}.',
    'The cervical collar was {cleared|removed} after imaging.',
    'Orthopedics {was consulted|recommended conservative care}.',
    'Poison control was {called|notified} by the emergency room.',
  ],
};

export const FILLERS: readonly string[] = [
  'Diet was {advanced|resumed} {as tolerated|without difficulty}.',
  'Pain was {well controlled|controlled with oral medication|managed with acetaminophen}.',
  'Physical therapy {evaluated the patient|recommended rehab|cleared @him for home}.',
  '{Subcutaneous heparin|Pneumoboots} {was|were} used for prophylaxis.',
  'Family was updated {daily|at the bedside}; code status was {full|confirmed}.',
  'Home {levothyroxine|citalopram|omeprazole} was {continued|resumed}.',
  'Foley was removed and @he voided {without difficulty|spontaneously}.',
  'Lines were removed {before transfer to the floor|prior to transfer}.',
  'Anemia was {chronic and stable|left for outpatient evaluation}.',
  'Nutrition was consulted {and supplements were given|}.',
  'Social work {met with the family|was involved}.',
  'A urinary tract infection was {treated with ciprofloxacin|noted and treated}.',
  '@He was {called out|transferred} to the floor {in stable condition|once stable}.',
  'Mild delirium at night {cleared|resolved} with {reorientation|haldol}.',
  'Gout flare in the {knee|toe} was treated with colchicine.',
  'Depression: {sertraline|citalopram|mirtazapine} was continued.',
  'Skin tear on the {arm|shin} was dressed {daily|by wound nursing}.',
  'Constipation responded to {senna|bisacodyl|an enema}.',
  'Insomnia was treated with {trazodone|melatonin}.',
  'Hypothyroidism: {levothyroxine dose unchanged|TSH was normal}.',
  'Incidental {thyroid nodule|renal cyst|adrenal nodule} should be followed {by ultrasound|as outpatient}.',
  'Benign prostatic symptoms were {stable|treated with tamsulosin}.',
  'Restraints were {not needed|briefly used}; sitter was {discontinued|provided}.',
  'A PICC line was placed {for access|for home infusion}.',
  'Vaccines were {given|offered} before discharge.',
  'Hearing aids and glasses were {returned|provided}.',
  'Chronic back pain was {stable on gabapentin|treated with lidocaine patches}.',
  'Case management {arranged equipment|coordinated placement}.',
  'Occupational therapy {saw the patient|suggested a walker}.',
  'Seasonal allergies were treated with {loratadine|fluticasone spray}.',
  'Glaucoma drops were {continued|resumed} per {home schedule|ophthalmology}.',
  'Restless legs: {ropinirole|gabapentin} was continued {at night|unchanged}.',
  'Migraine {prophylaxis was continued|responded to acetaminophen}.',
  'Oral thrush was treated with {nystatin|clotrimazole}.',
  'Peripheral lines were {rotated|replaced} without {difficulty|phlebitis}.',
  'Vitamin D and {calcium|iron|folate} were {supplemented|continued}.',
  'An interpreter was {used|present} for {consent|teaching}.',
  'Dental {pain|follow up} was {deferred|addressed} to outpatient.',
  'Sleep hygiene and early mobility were {encouraged|stressed} {daily|by nursing}.',
  'Goals of care were {discussed|reviewed} with {the health care proxy|family}.',
];

export const CLOSINGS: readonly string[] = [
  '@He was discharged {home|home with services|to rehab} in {stable|good} condition.',
  'On the day of discharge @he was {ambulating|eating} and {feeling well|at baseline}.',
  'Discharged to {rehab|a skilled nursing facility|home} with {close|primary care} follow up.',
  'Follow up {was arranged|is scheduled} with {primary care|cardiology|the clinic}.',
  'Medication {changes|instructions} were {reviewed|explained} with {the family|@him} before discharge.',
  '@He {tolerated a regular diet|was walking in the hall} and left in {good|stable} condition.',
  'Remaining issues {will be addressed|can be followed} {by the primary physician|in clinic}.',
];

export const DEATHS: readonly string[] = [
  'Family chose comfort measures and @he {expired|passed away} peacefully.',
  'Despite {full support|aggressive care} @he {expired|died}; family was {present|notified}.',
];

/**
 * What the synthetic physicians write of each disease. Every sentence is ours; none is from a real record.
 *
 * The words are those of hospital courses (abbreviations, trade habits, half sentences), the label names of the
 * benchmark do not appear as such. `told` says the disease for certain; `names` are its short names for lists and
 * problem headings; `hints` are treatments and findings that make it likelier without saying it, and that others get
 * too; `denied` says that it was looked for and not found; `past` that it is over, which is no label of this stay.
 */
import type { Phenotype } from '../phenotypes.js';

export interface Phrases {
  /** Heading for problem lists where the sentence names the disease otherwise. */
  readonly system: string;
  readonly names: readonly string[];
  readonly told: readonly string[];
  readonly hints?: readonly string[];
  readonly denied?: readonly string[];
  readonly past?: readonly string[];
}

export const PHRASES: Readonly<Record<Phenotype, Phrases>> = {
  'Acute and unspecified renal failure': {
    system: 'Renal',
    names: ['AKI', 'acute kidney injury', 'acute renal failure', 'ARF'],
    told: [
      'renal {was consulted|ultrasound showed no hydronephrosis}; {AKI|acute renal failure} {peaked and recovered|from contrast slowly improved}',
      'creatinine {rose|climbed|was elevated} on {admission|presentation}, {consistent with|felt to represent} {AKI|acute kidney injury|acute renal failure} from {poor forward flow|volume depletion|hypotension|dehydration}',
      '{AKI|ARF|acute kidney injury} {was felt to be prerenal|was attributed to ATN|from dehydration} and {improved with fluids|resolved with gentle hydration|recovered by discharge}',
      '@he developed {acute renal failure|AKI|acute kidney injury} with {falling urine output|rising creatinine}; nephrotoxins were {held|avoided}',
      'course was {complicated by|notable for} {AKI|ARF|acute renal failure}, urine sediment {showed muddy casts consistent with ATN|was bland}, and creatinine {returned to baseline|improved}',
    ],
    hints: [
      '{the ACE inhibitor|lisinopril} was held {given rising creatinine|for soft renal function}',
      'medications were renally dosed {and nephrotoxins avoided|}',
    ],
    denied: [
      'renal function remained {normal|at baseline} without {AKI|acute kidney injury}',
      'no {AKI|renal failure} {developed|was seen}',
    ],
    past: ['{remote|prior} history of {AKI|acute renal failure} that {resolved|fully recovered}'],
  },
  'Acute cerebrovascular disease': {
    system: 'Neuro',
    names: ['acute stroke', 'CVA', 'intracranial hemorrhage', 'ischemic stroke'],
    told: [
      'stroke service {started statin and aspirin|completed the workup} for {a small embolic stroke|an acute thalamic infarct|a pontine stroke}',
      'MRI {showed|confirmed|revealed} an acute {MCA|PCA|cerebellar|embolic} {stroke|infarct} and neurology {was consulted|followed}',
      'CT head {showed|revealed} {an intracranial hemorrhage|a subarachnoid hemorrhage|an intraparenchymal hemorrhage} and neurosurgery {followed|was consulted}',
      '@he was {found|noted} to have an acute {ischemic stroke|CVA|left MCA infarct} with {hemiparesis|aphasia|facial droop|neglect}',
      'neurology felt the {hemiparesis|aphasia|weakness} was due to an acute {stroke|CVA|infarct}; {tPA was given|aspirin was started|@he was outside the tPA window}',
    ],
    hints: [
      'speech therapy {recommended|cleared} a {modified|soft} diet',
      'serial neuro checks were {performed|followed} and remained {unchanged|stable}',
    ],
    denied: [
      'CT head {was negative|showed no bleed} and there was no evidence of {stroke|CVA|infarct}',
      'neurology {saw the patient and|} did not find {an acute stroke|any stroke}',
    ],
    past: ['{history of|old} {stroke|CVA} {years ago|in the remote past} with {residual weakness|no deficits}'],
  },
  'Acute myocardial infarction': {
    system: 'Coronaries',
    names: ['NSTEMI', 'STEMI', 'acute MI'],
    told: [
      '{integrilin and heparin were|bivalirudin was} used during PCI for {STEMI|NSTEMI} of the {circumflex|right coronary artery}',
      '{troponin peaked and|EKG showed ST elevations and} @he was treated for {NSTEMI|STEMI|an acute MI} with {aspirin, plavix and a heparin drip|a heparin drip and cath}',
      '@he ruled in for {NSTEMI|an acute myocardial infarction|MI} {with positive troponins|by enzymes} and {went to the cath lab|underwent catheterization with a drug eluting stent}',
      'presentation was {consistent with|due to} {STEMI|NSTEMI|an acute coronary event with infarction}; {cath showed a culprit LAD lesion that was stented|a stent was placed to the RCA}',
      '{NSTEMI|STEMI|acute MI}: {heparin drip was continued for two days|loaded with plavix|taken emergently for PCI}, {enzymes trended down|troponin downtrended}',
    ],
    hints: ['{a heparin drip was started|heparin was continued} {pending further workup|while troponins were cycled}'],
    denied: [
      'cardiac enzymes were {negative|flat} and @he ruled out for {MI|NSTEMI}',
      'EKG was without ischemic changes and {MI was ruled out|there was no evidence of MI}',
    ],
  },
  'Cardiac dysrhythmias': {
    system: 'Rhythm',
    names: ['a-fib', 'atrial fibrillation', 'AF with RVR'],
    told: [
      '{a-fib|AF with RVR|atrial flutter} recurred {after diuresis|overnight|postoperatively} and {sotalol|esmolol|diltiazem} was {started|used}',
      '@he {went into|developed} {atrial fibrillation|a-fib with RVR|AF with RVR} and was {rate controlled with diltiazem|loaded with amiodarone|given metoprolol}',
      'telemetry {showed|was notable for} {atrial fibrillation|paroxysmal a-fib|atrial flutter|sinus node dysfunction}{, cardioverted to sinus|, anticoagulated with coumadin|}',
      '{a-fib|atrial fibrillation} was {managed with amiodarone|rate controlled} and {coumadin|anticoagulation} was {started|continued}',
    ],
    hints: [
      'telemetry was {reviewed daily|monitored}',
      'metoprolol was {titrated|continued} as tolerated',
      'coumadin was {resumed|dosed by INR}',
    ],
    denied: ['telemetry was {unremarkable|without events} and no {a-fib|arrhythmia} was seen'],
  },
  'Chronic kidney disease': {
    system: 'Renal',
    names: ['CKD', 'chronic kidney disease', 'ESRD'],
    told: [
      '{CKD|ESRD|chronic renal insufficiency} {stable|unchanged}; {phosphate binders were continued|epogen was given}',
      '{CKD|chronic kidney disease|chronic renal insufficiency}: {creatinine remained near baseline|baseline creatinine unchanged|nephrology followed}',
      'with {ESRD on hemodialysis|ESRD on HD}, @he {was dialyzed on schedule|continued dialysis through the fistula}',
      '{underlying|known} {CKD|chronic kidney disease|chronic renal insufficiency} {limited contrast use|was taken into account for dosing}',
    ],
    denied: ['baseline renal function is normal, no {CKD|chronic kidney disease}'],
  },
  'Chronic obstructive pulmonary disease and bronchiectasis': {
    system: 'Pulm',
    names: ['COPD', 'emphysema'],
    told: [
      '{advair|spiriva|ipratropium} was {continued|started} for {COPD|emphysema}',
      '{COPD|emphysema} {was treated with nebulizers|was continued on inhalers}{ and a prednisone taper|, tiotropium and albuterol|}',
      '{COPD exacerbation|COPD flare} was treated with {solumedrol|prednisone}, {azithromycin|nebulizers} and {inhalers|albuterol}',
      'given {severe|known|longstanding} {COPD|emphysema}, {oxygen saturation goals were kept low|home oxygen was continued|inhalers were resumed}',
    ],
    hints: ['albuterol nebulizers were {given as needed|available}', 'smoking cessation was {discussed|advised}'],
    denied: ['former smoker without {COPD|emphysema} on pulmonary function tests'],
  },
  'Complications of surgical procedures or medical care': {
    system: 'Surgical',
    names: ['wound infection', 'postoperative bleeding', 'postprocedural hematoma'],
    told: [
      '{iatrogenic injury|retroperitoneal hematoma|seroma} after {catheterization|the operation} {was followed by serial imaging|needed transfusion and observation}',
      'postoperative course was complicated by {bleeding requiring a return to the OR|a wound infection|wound dehiscence|a surgical site hematoma}',
      '@he developed a {groin hematoma after the procedure|postprocedural hematoma|wound infection} {that was opened and packed|managed conservatively|treated with keflex}',
      '{an anastomotic leak|a line infection|a postoperative wound infection|a postprocedural hematoma} {was found|complicated recovery} and {was drained|surgery was called back|required revision}',
    ],
    denied: ['the incision {healed well|was clean} without {wound infection|hematoma|dehiscence}'],
    past: ['prior {wound infection|hematoma} after {remote|childhood} surgery'],
  },
  'Conduction disorders': {
    system: 'Rhythm',
    names: ['complete heart block', 'pacemaker', 'LBBB'],
    told: [
      '{complete heart block|high grade AV block} {required pacing|persisted}, so a {dual chamber|permanent} pacemaker was {implanted|placed}',
      'EKG showed {complete heart block|high grade AV block|a new LBBB} and {EP was consulted|a pacemaker was placed|a temporary wire was placed}',
      'the {pacemaker|ICD} was interrogated and {functioning well|found to be working properly}',
      '{underlying|known} {LBBB|heart block|AV block}, {pacemaker|device} {in place|followed by EP}',
    ],
    denied: ['EKG had normal intervals without {AV block|LBBB|heart block}'],
  },
  'Congestive heart failure; nonhypertensive': {
    system: 'Pump',
    names: ['CHF', 'systolic heart failure', 'diastolic heart failure'],
    told: [
      '{torsemide|bumex|lasix} was {increased|resumed} for {systolic heart failure|diastolic heart failure|CHF} with {rales|crackles|leg edema}',
      '{CHF exacerbation|acute on chronic systolic heart failure|decompensated heart failure|acute diastolic heart failure} was treated with {IV lasix|a lasix drip|furosemide diuresis}',
      'echo showed {a depressed ejection fraction|global hypokinesis} consistent with {CHF|heart failure|cardiomyopathy} and @he was diuresed with {lasix|furosemide}',
      '{CHF|heart failure}: {volume overloaded on exam|BNP was elevated|pulmonary edema on film}, {improved with lasix|diuresed well}',
    ],
    hints: [
      '{lasix was given|furosemide was given} {as needed for volume|for a goal of even balance}',
      'fluid balance was followed {closely|daily}',
    ],
    denied: ['echo showed {preserved|normal} function without {CHF|heart failure}'],
  },
  'Coronary atherosclerosis and other heart disease': {
    system: 'Coronaries',
    names: ['CAD', 'coronary artery disease', 'CAD s/p CABG'],
    told: [
      '{stable angina|ischemic cardiomyopathy} from {CAD|coronary artery disease} was managed {medically|with imdur}',
      '{CAD|coronary artery disease}{| s/p CABG| s/p stents}: {aspirin and beta blocker were continued|aspirin continued|no chest pain in house}',
      '{cath|angiography} showed {three vessel|multivessel|two vessel} {coronary disease|CAD}',
      '@he underwent {CABG|coronary artery bypass grafting} {without incident|with LIMA to LAD}',
      'given {known|history of} {CAD|coronary disease|CAD and remote bypass}, {aspirin was continued|hematocrit was kept above goal}',
    ],
    hints: ['aspirin was {continued|resumed}', 'aspirin and a beta blocker were {continued|started}'],
    denied: ['{cath|stress test} showed clean vessels without {CAD|coronary disease}'],
  },
  'Diabetes mellitus with complications': {
    system: 'Endo',
    names: ['diabetic neuropathy', 'diabetic nephropathy', 'diabetes with retinopathy'],
    told: [
      'podiatry {debrided|saw} a diabetic foot ulcer and {gabapentin|lyrica} was given for diabetic neuropathy',
      'diabetes with {neuropathy|nephropathy|retinopathy|gastroparesis}: {lantus|NPH} and {sliding scale|humalog} were {titrated|adjusted with the diabetes team}',
      '@he presented in {DKA|diabetic ketoacidosis} with {anion gap|ketones} treated with an insulin drip',
      '{diabetic nephropathy|diabetic neuropathy|diabetic retinopathy|diabetic foot ulcer} was {followed by the diabetes service|managed with insulin}',
    ],
    denied: ['no {neuropathy|retinopathy|nephropathy} on {exam|screening}'],
  },
  'Diabetes mellitus without complication': {
    system: 'Endo',
    names: ['DM2', 'type II diabetes', 'diabetes'],
    told: [
      'hemoglobin a1c was {at goal|checked} for {DM2|type II diabetes}; {glyburide|metformin} {continues|was resumed}',
      '{DM2|type II diabetes|diabetes}: {metformin was held and|} {sliding scale insulin was used|covered with sliding scale}',
      '@he has {diabetes|DM2|type II diabetes}, {oral agents|metformin|glipizide} {were|was} {held in house|resumed at discharge}',
    ],
    hints: [
      'fingersticks were {followed|checked} and covered with {a sliding scale|insulin}',
      'an insulin {drip|sliding scale} was used {briefly|per protocol}',
    ],
    denied: ['glucose was normal, no {diabetes|DM2}'],
  },
  'Disorders of lipid metabolism': {
    system: 'Lipids',
    names: ['hyperlipidemia', 'HLD', 'hypercholesterolemia', 'dyslipidemia'],
    told: [
      'lipid panel {was above goal|was checked}; {rosuvastatin|lipitor|ezetimibe} was {started|increased} for {hyperlipidemia|dyslipidemia}',
      '{hyperlipidemia|hypercholesterolemia|dyslipidemia|HLD}: {statin was continued|continued simvastatin|atorvastatin was continued}',
      '{simvastatin|atorvastatin|pravastatin} was {continued|resumed} for {hyperlipidemia|hypercholesterolemia|dyslipidemia}',
    ],
    hints: ['a statin was {continued|given}', 'home {simvastatin|atorvastatin} was {continued|resumed}'],
  },
  'Essential hypertension': {
    system: 'CV',
    names: ['HTN', 'hypertension'],
    told: [
      '{atenolol|valsartan|losartan|nifedipine} was {continued|added} for {HTN|hypertension}',
      '{HTN|hypertension}: {amlodipine was continued|lisinopril was uptitrated|hydrochlorothiazide was resumed}',
      '{hypertension|HTN} was {treated with labetalol|controlled on amlodipine|managed with home agents}',
    ],
    hints: [
      '{home antihypertensives|blood pressure medications} were {resumed|held initially|adjusted}',
      '{lisinopril|amlodipine} was {resumed|started} prior to discharge',
    ],
    denied: ['@he carries no diagnosis of {hypertension|HTN}'],
  },
  'Fluid and electrolyte disorders': {
    system: 'FEN',
    names: ['metabolic acidosis', 'hyperkalemia', 'hyponatremia'],
    told: [
      '{hypernatremia|hypokalemia|metabolic acidosis} {resolved with|was managed with} {free water|potassium|bicarbonate} {repletion|}',
      '{metabolic acidosis|hyperkalemia|hyponatremia|metabolic alkalosis} was {corrected|treated} with {bicarbonate|kayexalate|fluid restriction|saline}',
      'labs were notable for {a metabolic acidosis|hyponatremia|hyperkalemia|a contraction alkalosis} that {resolved|corrected slowly}',
    ],
    hints: ['electrolytes were repleted {as needed|daily}', 'electrolytes were {followed|monitored}'],
    denied: ['{electrolytes were normal|no acidosis was seen}'],
  },
  'Gastrointestinal hemorrhage': {
    system: 'GI',
    names: ['GI bleed', 'upper GI bleed', 'lower GI bleed'],
    told: [
      '{hemoccult positive melena|recurrent hematemesis} from {gastritis|a mallory tear|varices} was a {brisk|slow} GI bleed, {octreotide was started|transfused two units}',
      '{upper GI bleed|GI bleed}: EGD {showed|revealed} {a bleeding duodenal ulcer|a gastric ulcer|erosive gastritis with bleeding}, {treated with clips|cauterized}, on {IV PPI|pantoprazole}',
      '{melena|hematemesis|maroon stools|bright red blood per rectum} with {a hematocrit drop|falling hematocrit} {required transfusion|prompted transfusion of red cells}; GI performed {EGD|colonoscopy|endoscopy}',
      '@he had {a GI bleed|an upper GI bleed|a lower GI bleed} {requiring transfusion|and was transfused}, colonoscopy showed {diverticulosis|angioectasia|a visible vessel}',
    ],
    hints: ['{pantoprazole|PPI} was {continued|given} for prophylaxis', 'hematocrit was {followed|trended}'],
    denied: [
      'hematocrit was stable without {melena|GI bleed}',
      'stools were guaiac negative and there was no evidence of {GI bleed|bleeding}',
    ],
    past: ['{remote|distant} {GI bleed|ulcer bleed} {years ago|in the past}'],
  },
  'Hypertension with complications and secondary hypertension': {
    system: 'CV',
    names: ['hypertensive nephropathy', 'hypertensive kidney disease', 'hypertensive nephrosclerosis'],
    told: [
      '{minoxidil|clonidine|nifedipine} for {hypertensive kidney disease|hypertensive nephropathy} with renal follow up',
      '{hypertensive nephropathy|hypertensive nephrosclerosis|hypertensive kidney disease}: {labetalol|hydralazine|clonidine} was {titrated|continued}',
      'renal disease from {hypertensive nephrosclerosis|longstanding hypertensive nephropathy} was {stable|followed by nephrology}',
    ],
    hints: ['{hydralazine|labetalol|clonidine} was {added|continued} for blood pressure'],
  },
  'Other liver diseases': {
    system: 'Hepatic',
    names: ['cirrhosis', 'hepatic encephalopathy', 'ascites'],
    told: [
      '{hepatitis C cirrhosis|NASH cirrhosis|alcoholic liver disease}: {MELD was followed|transplant clinic was notified|nadolol continued}',
      '{cirrhosis|decompensated cirrhosis|end stage liver disease} {with ascites|with encephalopathy} {was treated with lactulose|was managed with lactulose and rifaximin|was followed by hepatology}',
      '{hepatic encephalopathy|encephalopathy from cirrhosis} {cleared|improved} with {lactulose|lactulose and rifaximin}',
      'paracentesis was {performed for ascites|done for tense ascites}{, no SBP|} and {spironolactone|nadolol} was {continued|started} for {cirrhosis|portal hypertension}',
    ],
    hints: ['liver enzymes were {trended|followed}'],
    denied: ['ultrasound showed a normal liver without {cirrhosis|ascites}'],
  },
  'Other lower respiratory disease': {
    system: 'Pulm',
    names: ['interstitial lung disease', 'pulmonary fibrosis', 'hypoxia of unclear cause'],
    told: [
      '{hemoptysis|a pulmonary nodule|pulmonary fibrosis} was {worked up by bronchoscopy|followed on CT}',
      'chest CT showed {pulmonary fibrosis|interstitial lung disease|ground glass opacities} and {pulmonary was consulted|outpatient pulmonary follow up was arranged}',
      '{interstitial lung disease|pulmonary fibrosis|hypoxia of unclear cause} was {evaluated by pulmonary|thought to explain the oxygen requirement}',
    ],
    hints: [
      'supplemental oxygen was {weaned|given by nasal cannula}',
      'ambulatory saturation was {checked|followed} before discharge',
    ],
  },
  'Other upper respiratory disease': {
    system: 'Airway',
    names: ['stridor', 'epistaxis', 'tracheostomy'],
    told: [
      '{vocal cord edema|subglottic stenosis} with stridor was {seen on laryngoscopy|treated with heliox}',
      '{stridor|upper airway swelling} was {noted after extubation|evaluated by ENT} and treated with {racemic epinephrine|dexamethasone}',
      '{epistaxis|a nosebleed} {required nasal packing|was controlled with packing} {by ENT|}',
      'the {tracheostomy|trach} {was downsized|required suctioning|site was clean} {and ENT followed|}',
    ],
    denied: ['ENT scope was normal without {stridor|swelling}'],
  },
  'Pleurisy; pneumothorax; pulmonary collapse': {
    system: 'Pulm',
    names: ['pleural effusion', 'pneumothorax', 'atelectasis'],
    told: [
      '{pigtail catheter|chest tube} drained {a loculated effusion|a pneumothorax|an exudative pleural effusion}',
      '{a pleural effusion|a left pleural effusion|bilateral pleural effusions} {was drained by thoracentesis|required a chest tube|followed with serial films}',
      'CXR {showed|revealed} {a small pneumothorax|lobar collapse|a large effusion|bibasilar atelectasis with collapse}{ and a chest tube was placed| that resolved|}',
    ],
    denied: ['CXR showed no {effusion|pneumothorax}', 'post pull film without {pneumothorax|effusion}'],
  },
  'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)': {
    system: 'ID',
    names: ['pneumonia', 'PNA', 'aspiration pneumonia'],
    told: [
      '{aspiration pneumonia|multifocal pneumonia|PNA} {improved with|was covered with} {unasyn|clindamycin|ceftriaxone|moxifloxacin}',
      'CXR {showed|revealed} {a right lower lobe|a left lower lobe|a lingular} {infiltrate|consolidation} consistent with {pneumonia|PNA}, treated with {levofloxacin|ceftriaxone and azithromycin|vancomycin and zosyn}',
      '{pneumonia|community acquired pneumonia|hospital acquired pneumonia|PNA} was treated with {levofloxacin|a course of antibiotics|vancomycin and cefepime}',
      'sputum grew {MRSA|pneumococcus|gram negative rods} and {pneumonia|PNA} was treated with {vancomycin|levofloxacin|cefepime}',
    ],
    hints: [
      '{antibiotics were|levofloxacin was} {given empirically|continued briefly}',
      'sputum cultures were {sent|pending}',
    ],
    denied: [
      'CXR was clear with no evidence of {pneumonia|infiltrate}',
      '{pneumonia|PNA} was ruled out {by CT|on imaging}',
    ],
    past: ['{pneumonia|PNA} last {winter|year}, since resolved'],
  },
  'Respiratory failure; insufficiency; arrest (adult)': {
    system: 'Pulm',
    names: ['respiratory failure', 'hypoxic respiratory failure', 'hypercarbic respiratory failure'],
    told: [
      '{bipap was tried|high flow oxygen was used} for {hypercarbic respiratory failure|hypoxic respiratory failure} {before intubation|with improvement}',
      '{hypoxic respiratory failure|hypercarbic respiratory failure|respiratory failure} {required intubation|led to intubation} and @he was {extubated|weaned from the ventilator} later',
      '@he was intubated for {respiratory failure|hypoxic respiratory failure|respiratory distress and failure} and {extubated without difficulty|extubated to nasal cannula}',
    ],
    hints: ['respiratory status {improved gradually|was followed closely}', '@he was weaned {from oxygen|to room air}'],
    denied: ['breathing was comfortable without {respiratory failure|need for intubation}'],
  },
  'Septicemia (except in labor)': {
    system: 'ID',
    names: ['sepsis', 'urosepsis', 'bacteremia with sepsis'],
    told: [
      '{sepsis|urosepsis} {physiology improved|resolved} with {source control|percutaneous drainage|line removal} and antibiotics',
      '{sepsis|urosepsis|sepsis from a urinary source|sepsis from cholangitis} was treated with {vancomycin and zosyn|broad spectrum antibiotics|meropenem} and {fluids|early goal directed therapy}',
      'blood cultures grew {E coli|staph aureus|gram negative rods} and {sepsis|bacteremia with sepsis} was treated with {ceftriaxone|nafcillin|meropenem}',
    ],
    hints: [
      '{broad spectrum antibiotics|vancomycin and zosyn} were {started|given empirically}',
      'cultures were {sent|followed}',
    ],
    denied: ['blood cultures were negative, no {sepsis|bacteremia}'],
  },
  Shock: {
    system: 'Hemodynamics',
    names: ['septic shock', 'cardiogenic shock', 'shock'],
    told: [
      '{vasopressin|phenylephrine|dobutamine} was {added|used} for {shock|septic shock|cardiogenic shock}',
      '{septic shock|cardiogenic shock|shock} required {norepinephrine|levophed|pressors} {via a central line|and stress dose steroids|for a day}',
      '@he was in {shock|septic shock|cardiogenic shock} on {levophed|norepinephrine|dopamine} {and weaned off|that was weaned}',
    ],
    hints: [
      '{a central line|an arterial line} was placed {for access|for monitoring}',
      'hemodynamics were {supported|followed closely}',
    ],
    denied: ['@he never required {pressors|levophed}'],
  },
};

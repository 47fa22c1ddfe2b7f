/**
 * MIMIC-III 1.4's tables as far as the synthetic hospital fills them: names, columns and their order as in the full
 * database (upper case), and the dictionaries of items. Items keep MIMIC's numbers, since cohort rules go by them.
 */

export const COLUMNS = {
  PATIENTS: 'ROW_ID,SUBJECT_ID,GENDER,DOB,DOD,DOD_HOSP,DOD_SSN,EXPIRE_FLAG',
  ADMISSIONS:
    'ROW_ID,SUBJECT_ID,HADM_ID,ADMITTIME,DISCHTIME,DEATHTIME,ADMISSION_TYPE,ADMISSION_LOCATION,DISCHARGE_LOCATION,INSURANCE,LANGUAGE,RELIGION,MARITAL_STATUS,ETHNICITY,EDREGTIME,EDOUTTIME,DIAGNOSIS,HOSPITAL_EXPIRE_FLAG,HAS_CHARTEVENTS_DATA',
  ICUSTAYS:
    'ROW_ID,SUBJECT_ID,HADM_ID,ICUSTAY_ID,DBSOURCE,FIRST_CAREUNIT,LAST_CAREUNIT,FIRST_WARDID,LAST_WARDID,INTIME,OUTTIME,LOS',
  DIAGNOSES_ICD: 'ROW_ID,SUBJECT_ID,HADM_ID,SEQ_NUM,ICD9_CODE',
  D_ICD_DIAGNOSES: 'ROW_ID,ICD9_CODE,SHORT_TITLE,LONG_TITLE',
  PROCEDURES_ICD: 'ROW_ID,SUBJECT_ID,HADM_ID,SEQ_NUM,ICD9_CODE',
  D_ICD_PROCEDURES: 'ROW_ID,ICD9_CODE,SHORT_TITLE,LONG_TITLE',
  CHARTEVENTS:
    'ROW_ID,SUBJECT_ID,HADM_ID,ICUSTAY_ID,ITEMID,CHARTTIME,STORETIME,CGID,VALUE,VALUENUM,VALUEUOM,WARNING,ERROR,RESULTSTATUS,STOPPED',
  LABEVENTS: 'ROW_ID,SUBJECT_ID,HADM_ID,ITEMID,CHARTTIME,VALUE,VALUENUM,VALUEUOM,FLAG',
  OUTPUTEVENTS:
    'ROW_ID,SUBJECT_ID,HADM_ID,ICUSTAY_ID,CHARTTIME,ITEMID,VALUE,VALUEUOM,STORETIME,CGID,STOPPED,NEWBOTTLE,ISERROR',
  INPUTEVENTS_MV:
    'ROW_ID,SUBJECT_ID,HADM_ID,ICUSTAY_ID,STARTTIME,ENDTIME,ITEMID,AMOUNT,AMOUNTUOM,RATE,RATEUOM,STORETIME,CGID,ORDERID,LINKORDERID,ORDERCATEGORYNAME,SECONDARYORDERCATEGORYNAME,ORDERCOMPONENTTYPEDESCRIPTION,ORDERCATEGORYDESCRIPTION,PATIENTWEIGHT,TOTALAMOUNT,TOTALAMOUNTUOM,ISOPENBAG,CONTINUEINNEXTDEPT,CANCELREASON,STATUSDESCRIPTION,COMMENTS_EDITEDBY,COMMENTS_CANCELEDBY,COMMENTS_DATE,ORIGINALAMOUNT,ORIGINALRATE',
  PROCEDUREEVENTS_MV:
    'ROW_ID,SUBJECT_ID,HADM_ID,ICUSTAY_ID,STARTTIME,ENDTIME,ITEMID,VALUE,VALUEUOM,LOCATION,LOCATIONCATEGORY,STORETIME,CGID,ORDERID,LINKORDERID,ORDERCATEGORYNAME,SECONDARYORDERCATEGORYNAME,ORDERCATEGORYDESCRIPTION,ISOPENBAG,CONTINUEINNEXTDEPT,CANCELREASON,STATUSDESCRIPTION,COMMENTS_EDITEDBY,COMMENTS_CANCELEDBY,COMMENTS_DATE',
  PRESCRIPTIONS:
    'ROW_ID,SUBJECT_ID,HADM_ID,ICUSTAY_ID,STARTDATE,ENDDATE,DRUG_TYPE,DRUG,DRUG_NAME_POE,DRUG_NAME_GENERIC,FORMULARY_DRUG_CD,GSN,NDC,PROD_STRENGTH,DOSE_VAL_RX,DOSE_UNIT_RX,FORM_VAL_DISP,FORM_UNIT_DISP,ROUTE',
  MICROBIOLOGYEVENTS:
    'ROW_ID,SUBJECT_ID,HADM_ID,CHARTDATE,CHARTTIME,SPEC_ITEMID,SPEC_TYPE_DESC,ORG_ITEMID,ORG_NAME,ISOLATE_NUM,AB_ITEMID,AB_NAME,DILUTION_TEXT,DILUTION_COMPARISON,DILUTION_VALUE,INTERPRETATION',
  SERVICES: 'ROW_ID,SUBJECT_ID,HADM_ID,TRANSFERTIME,PREV_SERVICE,CURR_SERVICE',
  NOTEEVENTS: 'ROW_ID,SUBJECT_ID,HADM_ID,CHARTDATE,CHARTTIME,STORETIME,CATEGORY,DESCRIPTION,CGID,ISERROR,TEXT',
  D_ITEMS: 'ROW_ID,ITEMID,LABEL,ABBREVIATION,DBSOURCE,LINKSTO,CATEGORY,UNITNAME,PARAM_TYPE,CONCEPTID',
  D_LABITEMS: 'ROW_ID,ITEMID,LABEL,FLUID,CATEGORY,LOINC_CODE',
} as const;

export type Table = keyof typeof COLUMNS;

/** Charted items: number, label, linked table, category, unit, kind of value. */
export const ITEMS: readonly (readonly [number, string, string, string, string, string])[] = [
  [220045, 'Heart Rate', 'chartevents', 'Routine Vital Signs', 'bpm', 'Numeric'],
  [220050, 'Arterial Blood Pressure systolic', 'chartevents', 'Routine Vital Signs', 'mmHg', 'Numeric'],
  [220051, 'Arterial Blood Pressure diastolic', 'chartevents', 'Routine Vital Signs', 'mmHg', 'Numeric'],
  [220052, 'Arterial Blood Pressure mean', 'chartevents', 'Routine Vital Signs', 'mmHg', 'Numeric'],
  [220179, 'Non Invasive Blood Pressure systolic', 'chartevents', 'Routine Vital Signs', 'mmHg', 'Numeric'],
  [220180, 'Non Invasive Blood Pressure diastolic', 'chartevents', 'Routine Vital Signs', 'mmHg', 'Numeric'],
  [220181, 'Non Invasive Blood Pressure mean', 'chartevents', 'Routine Vital Signs', 'mmHg', 'Numeric'],
  [220210, 'Respiratory Rate', 'chartevents', 'Respiratory', 'insp/min', 'Numeric'],
  [220277, 'O2 saturation pulseoxymetry', 'chartevents', 'Respiratory', '%', 'Numeric'],
  [220739, 'GCS - Eye Opening', 'chartevents', 'Neurological', '', 'Text'],
  [223761, 'Temperature Fahrenheit', 'chartevents', 'Routine Vital Signs', '?F', 'Numeric'],
  [223835, 'Inspired O2 Fraction', 'chartevents', 'Respiratory', '', 'Numeric'],
  [223900, 'GCS - Verbal Response', 'chartevents', 'Neurological', '', 'Text'],
  [223901, 'GCS - Motor Response', 'chartevents', 'Neurological', '', 'Text'],
  [224639, 'Daily Weight', 'chartevents', 'General', 'kg', 'Numeric'],
  [225664, 'Glucose finger stick', 'chartevents', 'Labs', '', 'Numeric'],
  [226512, 'Admission Weight (Kg)', 'chartevents', 'General', 'kg', 'Numeric'],
  [226730, 'Height (cm)', 'chartevents', 'General', 'cm', 'Numeric'],
  [226559, 'Foley', 'outputevents', 'Output', 'mL', 'Numeric'],
  [220995, 'Sodium Bicarbonate 8.4%', 'inputevents_mv', 'Medications', 'mEq', 'Solution'],
  [221347, 'Amiodarone', 'inputevents_mv', 'Medications', 'mg', 'Solution'],
  [221794, 'Furosemide (Lasix)', 'inputevents_mv', 'Medications', 'mg', 'Solution'],
  [221906, 'Norepinephrine', 'inputevents_mv', 'Medications', 'mg', 'Solution'],
  [223258, 'Insulin - Regular', 'inputevents_mv', 'Medications', 'units', 'Solution'],
  [225158, 'NaCl 0.9%', 'inputevents_mv', 'Fluids/Intake', 'mL', 'Solution'],
  [225168, 'Packed Red Blood Cells', 'inputevents_mv', 'Blood Products/Colloids', 'mL', 'Solution'],
  [225798, 'Vancomycin', 'inputevents_mv', 'Antibiotics', 'dose', 'Solution'],
  [225855, 'Ceftriaxone', 'inputevents_mv', 'Antibiotics', 'dose', 'Solution'],
  [225792, 'Invasive Ventilation', 'procedureevents_mv', '2-Ventilation', '', 'Process'],
  [224275, '20 Gauge', 'procedureevents_mv', 'Access Lines - Peripheral', '', 'Process'],
];

/** Laboratory items: number, label, category, LOINC, unit, normal range. */
export const LABS = {
  creatinine: [50912, 'Creatinine', 'Chemistry', '2160-0', 'mg/dL', 0.5, 1.2],
  urea: [51006, 'Urea Nitrogen', 'Chemistry', '3094-0', 'mg/dL', 6, 20],
  sodium: [50983, 'Sodium', 'Chemistry', '2951-2', 'mEq/L', 133, 145],
  potassium: [50971, 'Potassium', 'Chemistry', '2823-3', 'mEq/L', 3.3, 5.1],
  bicarbonate: [50882, 'Bicarbonate', 'Chemistry', '1963-8', 'mEq/L', 22, 32],
  glucose: [50931, 'Glucose', 'Chemistry', '2345-7', 'mg/dL', 70, 105],
  whiteCells: [51301, 'White Blood Cells', 'Hematology', '804-5', 'K/uL', 4, 11],
  hematocrit: [51221, 'Hematocrit', 'Hematology', '4544-3', '%', 36, 52],
  platelets: [51265, 'Platelet Count', 'Hematology', '777-3', 'K/uL', 150, 440],
  ph: [50820, 'pH', 'Blood Gas', '11558-4', 'units', 7.35, 7.45],
  lactate: [50813, 'Lactate', 'Blood Gas', '32693-4', 'mmol/L', 0.5, 2],
} as const;

export type Lab = keyof typeof LABS;

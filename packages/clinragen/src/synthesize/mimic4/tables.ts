/**
 * The tables of MIMIC-IV 2.2 and 3.1 and of MIMIC-IV-Note 2.2 as far as the synthetic hospital fills them: paths, columns
 * and their order as in the published files.
 */
export const COLUMNS = {
  'hosp/patients': 'subject_id,gender,anchor_age,anchor_year,anchor_year_group,dod',
  'hosp/admissions':
    'subject_id,hadm_id,admittime,dischtime,deathtime,admission_type,admit_provider_id,admission_location,discharge_location,insurance,language,marital_status,race,edregtime,edouttime,hospital_expire_flag',
  'hosp/diagnoses_icd': 'subject_id,hadm_id,seq_num,icd_code,icd_version',
  'hosp/d_icd_diagnoses': 'icd_code,icd_version,long_title',
  'hosp/procedures_icd': 'subject_id,hadm_id,seq_num,chartdate,icd_code,icd_version',
  'hosp/d_icd_procedures': 'icd_code,icd_version,long_title',
  'hosp/d_labitems': 'itemid,label,fluid,category',
  'hosp/labevents':
    'labevent_id,subject_id,hadm_id,specimen_id,itemid,order_provider_id,charttime,storetime,value,valuenum,valueuom,ref_range_lower,ref_range_upper,flag,priority,comments',
  'hosp/services': 'subject_id,hadm_id,transfertime,prev_service,curr_service',
  'hosp/prescriptions':
    'subject_id,hadm_id,pharmacy_id,poe_id,poe_seq,order_provider_id,starttime,stoptime,drug_type,drug,formulary_drug_cd,gsn,ndc,prod_strength,form_rx,dose_val_rx,dose_unit_rx,form_val_disp,form_unit_disp,doses_per_24_hrs,route',
  'hosp/microbiologyevents':
    'microevent_id,subject_id,hadm_id,micro_specimen_id,order_provider_id,chartdate,charttime,spec_itemid,spec_type_desc,test_seq,storedate,storetime,test_itemid,test_name,org_itemid,org_name,isolate_num,quantity,ab_itemid,ab_name,dilution_text,dilution_comparison,dilution_value,interpretation,comments',
  'icu/icustays': 'subject_id,hadm_id,stay_id,first_careunit,last_careunit,intime,outtime,los',
  'icu/d_items': 'itemid,label,abbreviation,linksto,category,unitname,param_type,lownormalvalue,highnormalvalue',
  'icu/chartevents':
    'subject_id,hadm_id,stay_id,caregiver_id,charttime,storetime,itemid,value,valuenum,valueuom,warning',
  'icu/outputevents': 'subject_id,hadm_id,stay_id,caregiver_id,charttime,storetime,itemid,value,valueuom',
  'icu/inputevents':
    'subject_id,hadm_id,stay_id,caregiver_id,starttime,endtime,storetime,itemid,amount,amountuom,rate,rateuom,orderid,linkorderid,ordercategoryname,secondaryordercategoryname,ordercomponenttypedescription,ordercategorydescription,patientweight,totalamount,totalamountuom,isopenbag,continueinnextdept,statusdescription,originalamount,originalrate',
  'icu/procedureevents':
    'subject_id,hadm_id,stay_id,caregiver_id,starttime,endtime,storetime,itemid,value,valueuom,location,locationcategory,orderid,linkorderid,ordercategoryname,ordercategorydescription,patientweight,isopenbag,continueinnextdept,statusdescription,ORIGINALAMOUNT,ORIGINALRATE',
  'note/discharge': 'note_id,subject_id,hadm_id,note_type,note_seq,charttime,storetime,text',
} as const;

export type Table = keyof typeof COLUMNS;

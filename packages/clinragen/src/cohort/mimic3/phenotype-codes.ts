export { PHENOTYPE_OF_ICD9 } from '../labels/icd9.js';

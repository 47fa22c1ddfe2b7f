/**
 * A discharge summary as MIMIC-IV-Note holds it: its headings, `___` where something was taken out (names, dates, ages),
 * lines of one blank between the sections.
 */
import { numbered, type Summary, wrap } from '../summary.js';

const SERVICES: Readonly<Record<string, string>> = {
  CMED: 'MEDICINE',
  MED: 'MEDICINE',
  CSURG: 'CARDIOTHORACIC',
  SURG: 'SURGERY',
  NMED: 'NEUROLOGY',
  NSURG: 'NEUROSURGERY',
  TRAUM: 'SURGERY',
};

/** MIMIC-III's marks become the three underscores. */
export function conceal(text: string): string {
  return text.replace(/\[\*\*.*?\*\*\]/gs, '___');
}

/**
 * @param quoting  ends with a quotation: the file's row then ends in three quotes, which a reader that guesses its escape
 *                 character from the first rows takes for an open value
 */
export function renderSummary(summary: Summary, quoting: boolean): string {
  const { facts, history, acute, drugs } = summary;
  const died = summary.disposition === 'Expired';
  const title = facts.patient.sex === 'M' ? 'Mr.' : 'Ms.';
  const sections = [
    ' \nName:  ___                   Unit No:   ___',
    'Admission Date:  ___              Discharge Date:   ___',
    `Date of Birth:  ___             Sex:   ${facts.patient.sex}`,
    `Service: ${SERVICES[facts.service] ?? facts.service}`,
    `Allergies: \n${summary.allergies}`,
    'Attending: ___.',
    `Chief Complaint:\n${facts.slots.complaint}`,
    `Major Surgical or Invasive Procedure:\n${summary.procedure}`,
    `History of Present Illness:\n${wrap(conceal(summary.present))}`,
    `Past Medical History:\n${numbered(history, 'None')}`,
    'Social History:\n___',
    'Family History:\nNoncontributory.',
    `Physical Exam:\nADMISSION PHYSICAL EXAM:\n${summary.exam}`,
    `Pertinent Results:\nADMISSION LABS:\n___ WBC-${summary.whiteCells} Hct-${summary.hematocrit} Plt ___`,
    `${summary.courseHeading}\n${wrap(conceal(summary.course))}`,
    `Medications on Admission:\nThe Preadmission Medication list is accurate and complete.\n${numbered(drugs, 'None')}`,
    `Discharge Medications:\n${died ? 'None' : numbered(drugs, 'None')}`,
    `Discharge Disposition:\n${summary.disposition}`,
    `Discharge Diagnosis:\n${acute.join('\n') || history[0] || facts.slots.complaint}`,
    died
      ? 'Discharge Condition:\nExpired'
      : 'Discharge Condition:\nMental Status: Clear and coherent.\nActivity Status: Ambulatory.',
    died
      ? 'Discharge Instructions:\nN/A'
      : `Discharge Instructions:\n${wrap(`Dear ${title} ___, it was a pleasure to care for you at ___. Please take your medications as listed and see ${summary.followUp} within two weeks.`)}`,
  ];
  const end = quoting && !died ? 'Please call ___ with any question, however "small"' : '___\n';
  return `${sections.join('\n \n')}\n \nFollowup Instructions:\n${end}`;
}

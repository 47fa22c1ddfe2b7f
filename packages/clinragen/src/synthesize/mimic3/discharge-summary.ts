/** A discharge summary as MIMIC-III's NOTEEVENTS hold it: its headings, and `[** **]` where something was taken out. */
import { isoDate } from '../calendar.js';
import { numbered, type Summary, wrap } from '../summary.js';

export function renderSummary(summary: Summary): string {
  const { facts, history, acute, drugs } = summary;
  const date = (minutes: number) => `[**${isoDate(minutes).replace(/-0?/g, '-')}**]`;
  const sections = [
    `Admission Date:  ${date(facts.admitted)}              Discharge Date:   ${date(facts.discharged)}`,
    `Date of Birth:  ${date(facts.born)}             Sex:   ${facts.patient.sex}`,
    `Service: ${facts.service}`,
    `Allergies:\n${summary.allergies}`,
    'Attending:[**First Name3 (LF) 100**]',
    `Chief Complaint:\n${facts.slots.complaint}`,
    `Major Surgical or Invasive Procedure:\n${summary.procedure}`,
    `History of Present Illness:\n${wrap(summary.present)}`,
    `Past Medical History:\n${numbered(history, 'Noncontributory')}`,
    `Social History:\n${summary.social}`,
    'Family History:\nNoncontributory.',
    `Physical Exam:\n${summary.exam}`,
    `Pertinent Results:\n[**${isoDate(facts.admitted).slice(0, 4)}**] WBC-${summary.whiteCells} Hct-${summary.hematocrit} Plt Ct-${summary.platelets}`,
    `${summary.courseHeading}\n${wrap(summary.course)}`,
    `Medications on Admission:\n${numbered(drugs, 'None')}`,
    `Discharge Medications:\n${numbered(drugs, 'None')}`,
    `Discharge Disposition:\n${summary.disposition}`,
    `Discharge Diagnosis:\n${acute.join('\n') || history[0] || facts.slots.complaint}`,
    `Discharge Condition:\n${summary.condition}`,
    `Followup Instructions:\n[**Hospital1 18**] ${summary.followUp} within two weeks`,
  ];
  return `${sections.join('\n\n')}\n`;
}

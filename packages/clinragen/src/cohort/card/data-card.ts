import { thousands, unitName } from '../../report-page/index.js';
import { databaseFacts } from './databases.js';
import type { CohortFacts } from './facts.js';
import type { LeakageFacts } from './leakage.js';
import { markdownCode, markdownTable, escapeMarkdown as text } from './markdown.js';
import { remakeYaml } from './remake.js';
import { noteWords } from './sections-measured.js';
import { characteristicRows, labelCells, overlapWords, splitWords } from './sections-people.js';
import { cell, flowSteps } from './small-cells.js';
import { cellText, modeOf, orDash, percent, quantilesText, reasonOf, shareText, warningsOf } from './words.js';

/**
 * `DATACARD.md`: the headings of *Datasheets for Datasets* (Gebru et al., 2021), with the items of TRIPOD+AI (Collins et al.,
 * 2024) that they answer. Ends with what only people know.
 *
 * @param command  makes the cohort again; default: from the options in cohort.json
 */
export function renderDataCard(facts: CohortFacts, leakage?: LeakageFacts, command?: string): string {
  const { file, splits } = facts;
  const database = databaseFacts(file);
  const mode = modeOf(facts);
  const [all] = splits;
  const warnings = warningsOf(facts);
  const parts: string[] = [
    `# Data card: ${text(file.source)}`,
    `**${file.synthetic ? 'Synthetic patients: made by a program, no real ones' : 'Real patients’ data, in aggregate'}.** ` +
      `**Task: ${mode.name}.** ${mode.meaning}`,
    `${thousands(all!.stays)} ICU stays of ${thousands(all!.subjects)} subjects, ${thousands(facts.hours)} hours of ` +
      `${facts.variables.length} variables. Pictures and all numbers: \`cohort.html\`; machine-readable: \`cohort.json\`. ${smallCounts(facts)}`,
    ...(warnings.length > 0 ? [`**Warnings**\n\n${warnings.map((one) => `- ${text(one)}`).join('\n')}`] : []),

    '## Motivation',
    'Made to train and to score small language models that read an ICU stay (its note and its hourly series), name the ' +
      'recorded diseases and write why (ClinRaGen; Niu et al., arXiv 2411.07611). Not made to describe a population.',

    '## Composition',
    '*TRIPOD+AI: participants, flow and characteristics; outcome; sample size; missing data.*',
    `### Participants\n\n${flow(facts)}`,
    markdownTable(['', ...splits.map(({ split }) => split)], characteristicRows(splits, facts.fewest)),
    `Medians with quartiles. The split is ${text(splitWords(facts))}; ${text(overlapWords(facts))}.`,
    `### Outcome: labels\n\nThe recorded diagnosis codes of the stay or its admission, grouped into phenotypes. Codes are written for billing; they are not the truth about the patient.${codes(facts)}`,
    labels(facts),
    `### Predictors: hourly series\n\n${series(facts)}`,
    `### Predictors: note\n\nNotes are ${text(noteWords(file.notes?.kind))}. ${leaks(facts, leakage)}`,

    '## Collection process',
    '*TRIPOD+AI: source of data, dates, setting.*',
    `${text(database.collection)}${database.cite ? `\n\n${text(database.cite)}` : ''}`,

    '## Preprocessing, cleaning, labeling',
    '*TRIPOD+AI: data preparation, predictors, missing data.*',
    preprocessing(facts),

    '## Uses',
    '- Meant for: research on diagnosis from records, comparison of models on the same stays and split.\n' +
      '- Not for: the care of patients. No model trained on it is a medical device.',

    '## Limits',
    limits(facts),

    '## Distribution: terms',
    `${text(database.terms)}${database.page === null ? '' : ` <${database.page}>`}${
      file.synthetic
        ? ''
        : '\n\nThe cohort’s tables hold patients’ notes and measurements and stand under the same terms as their source. This card and `cohort.html` hold aggregates only.'
    }`,

    '## Maintenance: making it again',
    command === undefined
      ? `${markdownCode(remakeYaml(file), 'yaml')}\n\n${markdownCode('clinragen cohort --config cohort.yaml', 'sh')}\n\nThe same tables, options and version give the same cohort. \`path\` is the source’s folder as its maker named it.`
      : `${markdownCode(command, 'sh')}\n\nThe same tables, options and version give the same cohort.`,

    '## For its makers to fill in',
    '*TRIPOD+AI: ethical approval, funding, data sharing, patient and public involvement.* A program cannot know these: who made ' +
      'this cohort, under which approval and agreement, who paid, whom to ask.',
  ];
  return `${parts.join('\n\n')}\n`;
}

const smallCounts = ({ fewest }: CohortFacts): string =>
  fewest > 1
    ? `Counts from 1 to ${fewest - 1} stand as &lt;${fewest}; \\* stands where such a count and one beside it are hidden, since their sum would tell it.`
    : '';

function flow({ file, fewest }: CohortFacts): string {
  const steps = flowSteps(file.filters ?? [], fewest);
  const hiddenStart = steps.some(({ dropped }) => cell(dropped, fewest) === 'few');
  return markdownTable(
    ['', 'Stays', 'Dropped', 'Why'],
    steps.map(({ filters, stays, dropped }, i) => [
      filters.join(', '),
      i === 0 && hiddenStart ? `<${thousands(steps.at(-1)!.stays + fewest)}` : thousands(stays),
      i === 0 ? '' : cellText(cell(dropped, fewest), fewest),
      i === 0 || dropped === 0 ? '' : filters.map(reasonOf).join('; or '),
    ]),
  );
}

function codes({ file, fewest }: CohortFacts): string {
  if (!file.codes) return '';
  const { codes: all, mapped, ofNone, notCodes } = file.codes;
  return ` Of ${thousands(all)} recorded codes ${percent(mapped / Math.max(1, all))} are of a label, ${percent(ofNone / Math.max(1, all))} of none; ${cellText(cell(notCodes, fewest), fewest).replace('<', '&lt;')} are no codes.`;
}

function labels({ labels: all, splits, fewest }: CohortFacts): string {
  return markdownTable(
    ['Label', ...splits.map(({ split }) => split), '95 % interval, all'],
    all.map((label) => {
      const cells = labelCells(label, fewest);
      const share = label.parts[0]!.share;
      const interval = share && typeof cells[0] === 'number' ? `${percent(share.low)}–${percent(share.high)}` : '–';
      const counts = cells.map((one, i) => {
        const { share: part, of } = label.parts[i]!;
        const value = typeof one === 'number' && part !== null && of >= fewest ? ` (${percent(part.value)})` : '';
        return `${cellText(one, fewest)}${value}`;
      });
      return [label.label, ...counts, interval];
    }),
  );
}

function series({ variables, splits, hours, fewest }: CohortFacts): string {
  const total = splits[0]!.stays;
  return markdownTable(
    ['Variable', 'Unit', 'Stays never measured', 'Hours measured', 'Median gap, h', 'Median (quartiles)', 'Fences'],
    variables.map(({ variable, stays, hours: measured, gap, quantiles }) => [
      variable.name,
      unitName(variable.unit),
      shareText(total - stays, total, fewest),
      stays > 0 && stays < fewest ? '–' : percent(measured / Math.max(1, hours)),
      orDash(gap),
      quantilesText(quantiles),
      `${orDash(variable.low)} to ${orDash(variable.high)}`,
    ]),
  );
}

function leaks({ fewest }: CohortFacts, leakage: LeakageFacts | undefined): string {
  if (!leakage) return 'Names and codes of the labels were not looked for in them.';
  const pairs = (share: number | null): string => (share === null ? '–' : percent(share));
  const kind =
    leakage.mention === 'leak'
      ? 'in composed notes that is a leak'
      : 'in a hospital course that is evidence, written after the stay';
  return text(
    `${pairs(leakage.recordedNamed)} of the recorded diseases are named in the stay’s note (${kind}), and ` +
      `${pairs(leakage.unrecordedNamed)} of the others; ICD codes stand in the notes of ${cellText(cell(leakage.staysWithCodes, fewest), fewest)} stays.`,
  );
}

function preprocessing({ file, fewest, variables }: CohortFacts): string {
  const sum = (field: 'dropped' | 'clamped' | 'righted'): string =>
    cellText(
      cell(
        file.variables.reduce((total, variable) => total + (variable[field] ?? 0), 0),
        fewest,
      ),
      fewest,
    );
  const unreadable = Object.values(file.unreadable ?? {}).reduce((a, b) => a + b, 0);
  const sums = variables.filter(({ hourly }) => hourly === 'sum').map(({ variable }) => variable.name);
  return [
    `- Series: one value an hour, the last of the hour${sums.length > 0 ? ` (of ${text(sums.join(', '))}: the hour’s sum)` : ''}; carried forward where nothing was measured; the variable’s normal value before the first measurement and where there is none. A mask tells measured from filled in.`,
    `- Limits of what is taken as true, by variable: ${text(sum('dropped'))} measurements dropped, ${text(sum('clamped'))} moved to the limit, ${text(sum('righted'))} put right; ${text(cellText(cell(unreadable, fewest), fewest))} records unreadable.`,
    `- Fences for anomalies: ${file.options?.fences === 'paper' ? 'those of the authors’ code' : 'a quartile range and a half beyond the quartiles of the training split; no other part of the split is looked at'}.`,
    `- Notes: numbers and stop words removed, at most ${text(String(file.options?.noteWords ?? 'any number of'))} words.`,
  ].join('\n');
}

function limits({ file, variables, splits, fewest, until }: CohortFacts): string {
  const total = splits[0]!.stays;
  const rare = variables.filter(({ stays }) => stays < total / 2).map(({ variable }) => variable.name);
  const seldom = variables.length > 0 ? Math.min(...splits.slice(1).map(({ stays }) => stays)) : 0;
  const lines = [
    until === null
      ? 'Retrospective: note and labels describe the same finished stay, so that a score says nothing about foretelling.'
      : 'Prospective in what is read, not in what is asked: the labels are codes of the whole stay, also of what came later.',
    'Labels are billing codes: diseases that were treated but not coded are missing, and coding habits differ between hospitals.',
    'What is measured is what somebody chose to measure: that a value is missing says something about the patient.',
    ...(rare.length > 0 ? [`In more than half of the stays never measured: ${rare.join(', ')}.`] : []),
    ...(splits[0]!.sites > 1
      ? []
      : ['One hospital, as far as the cohort tells: nothing here shows that a model serves another.']),
    ...(seldom < 100
      ? [`The smallest part of the split has ${cellText(cell(seldom, fewest), fewest)} stays: intervals are wide.`]
      : []),
    ...(file.synthetic
      ? ['Synthetic: relations between note, series and labels are those that its program knows.']
      : []),
  ];
  return lines.map((line) => `- ${text(line)}`).join('\n');
}

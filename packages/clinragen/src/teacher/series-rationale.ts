import { type Anomaly, canonicalVariable, type Direction } from '../captions/index.js';
import { builtinSeriesEvidence } from '../knowledge/index.js';
import { entryOf } from './lexicon.js';
import { countWords, listOf, type Phrasing } from './phrasing.js';
import type { TeacherInput } from './teacher.js';

/** R^t holds at most so many words: a small student is to learn it. */
export const SERIES_WORDS = 32;

/** The medical word for a variable outside its fence, where there is one that says no more than that. */
const NOUNS: Readonly<Record<string, Partial<Record<Direction, string>>>> = {
  'heart rate': { high: 'tachycardia', low: 'bradycardia' },
  'blood pressure': { low: 'hypotension' },
  temperature: { high: 'fever', low: 'hypothermia' },
  glucose: { high: 'hyperglycemia', low: 'hypoglycemia' },
  'oxygen saturation': { low: 'hypoxemia' },
  'respiratory rate': { high: 'tachypnea' },
  ph: { high: 'alkalemia', low: 'acidemia' },
};

/** Variables that are one finding to a reader. */
const FAMILIES: Readonly<Record<string, string>> = {
  'systolic blood pressure': 'blood pressure',
  'mean blood pressure': 'blood pressure',
  'fraction inspired oxygen': 'inspired oxygen',
  'glasgow coma scale total': 'coma scale',
  'white blood cell count': 'white cell count',
};

/** Words that name a finding: `low blood pressure`, and `hypotension`. */
export function findingNames(variable: string, direction: Direction): { plain: string; noun: string | undefined } {
  const name = familyOf(variable);
  return { plain: `${direction} ${name}`, noun: NOUNS[name]?.[direction] };
}

function familyOf(variable: string): string {
  const name = canonicalVariable(variable);
  return FAMILIES[name] ?? name;
}

/** Anomalies that a reader takes as one: low systolic and low mean pressure. */
interface Finding {
  readonly family: string;
  readonly direction: Direction;
  readonly anomalies: readonly Anomaly[];
  /** Recorded diseases that it is a sign of, by their short names, the most telling first. */
  readonly diseases: readonly string[];
  readonly strength: number;
}

const SEVERITY = { slight: 1, marked: 2, extreme: 3 } as const;

/**
 * R^t of the paper's equation 3: what is abnormal in the series, how long, and which recorded diseases it supports; or that
 * nothing is. At most {@link SERIES_WORDS} words.
 *
 * Says nothing of a variable that `input.anomalies` does not report in that direction.
 */
export function seriesRationale(input: TeacherInput, phrasing: Phrasing): string {
  const findings = findingsOf(input, phrasing);
  const names = input.diagnoses.map((phenotype) => phrasing.pick(phenotype, entryOf(phenotype).short));
  if (findings.length === 0) return unremarkable(input.caption, names, phrasing);
  const explained = new Set(findings.flatMap(({ diseases }) => diseases));
  const rest = names.filter((name) => !explained.has(name)).length;
  for (let count = findings.length; ; count--) {
    for (const detail of DETAILS) {
      const text = compose(findings.slice(0, count), detail, rest > 0, phrasing);
      if (count === 1 && detail === 'none') return text;
      if (countWords(text) <= SERIES_WORDS) return text;
    }
  }
}

/** How much is said of a finding: duration and trend of all, of the first one, of none. */
type Detail = 'all' | 'first' | 'none';

const DETAILS: readonly Detail[] = ['all', 'first', 'none'];

function findingsOf(input: TeacherInput, phrasing: Phrasing): Finding[] {
  const groups = new Map<string, Anomaly[]>();
  for (const anomaly of input.anomalies) {
    const key = `${anomaly.direction} ${familyOf(anomaly.variable)}`;
    groups.set(key, [...(groups.get(key) ?? []), anomaly]);
  }
  // A low diastolic pressure alone is no hypotension, but beside a low systolic or mean one it says nothing more.
  for (const direction of ['high', 'low']) {
    const pressure = groups.get(`${direction} blood pressure`);
    const diastolic = groups.get(`${direction} diastolic blood pressure`);
    if (pressure === undefined || diastolic === undefined) continue;
    pressure.push(...diastolic);
    groups.delete(`${direction} diastolic blood pressure`);
  }
  const evidence = builtinSeriesEvidence();
  const findings = [...groups.values()].map((anomalies) => {
    const signs = input.diagnoses.flatMap((phenotype) => {
      const weights = (evidence[phenotype] ?? [])
        .filter((sign) =>
          anomalies.some((x) => x.direction === sign.direction && canonicalVariable(x.variable) === sign.variable),
        )
        .map(({ weight }) => weight);
      if (weights.length === 0) return [];
      return [{ name: phrasing.pick(phenotype, entryOf(phenotype).short), weight: Math.max(...weights) }];
    });
    signs.sort((a, b) => b.weight - a.weight);
    const worst = Math.max(...anomalies.map((x) => SEVERITY[x.severity] * Math.log2(1 + x.hours)));
    return {
      family: familyOf(anomalies[0]!.variable),
      direction: anomalies[0]!.direction,
      anomalies,
      // A merely compatible disease is named only where nothing better explains the finding.
      diseases: signs
        .filter(({ weight }) => weight >= 2 || weight === signs[0]!.weight)
        .slice(0, 2)
        .map(({ name }) => name),
      strength: worst * (1 + (signs[0]?.weight ?? 0)),
    };
  });
  return findings.sort((a, b) => b.strength - a.strength);
}

function compose(findings: readonly Finding[], detail: Detail, rest: boolean, phrasing: Phrasing): string {
  // Findings of the same diseases share a clause: "fever and tachycardia, consistent with sepsis".
  const clauses = new Map<string, string[]>();
  for (const [i, finding] of findings.entries()) {
    const diseases = listOf(finding.diseases);
    const described = describe(finding, detail === 'all' || (detail === 'first' && i === 0), phrasing);
    clauses.set(diseases, [...(clauses.get(diseases) ?? []), described]);
  }
  const link = phrasing.pick('link', LINKS);
  const parts = [...clauses].map(([diseases, described]) =>
    diseases === '' ? listOf(described) : `${listOf(described)}, ${link} ${diseases}`,
  );
  const tail = rest && detail === 'all' ? phrasing.pick('rest', RESTS) : '';
  return `Lab test shows ${parts.join('; ')}${tail}.`;
}

function describe({ family, direction, anomalies }: Finding, withCourse: boolean, phrasing: Phrasing): string {
  const { plain, noun } = findingNames(family, direction);
  const name = noun === undefined ? plain : phrasing.pick(`name ${plain}`, [plain, noun]);
  if (!withCourse) return name;
  const longest = anomalies.reduce((a, b) => (b.hours > a.hours ? b : a));
  const adjective = phrasing.pick('severity', ['severe', 'marked']);
  const extreme = anomalies.some((x) => x.severity === 'extreme');
  const severity = extreme ? `${adjective}${name === noun ? '' : 'ly'} ` : '';
  const trend = longest.trend === 'rising' || longest.trend === 'falling' ? ` (${longest.trend})` : '';
  return `${severity}${name} ${durationInWords(longest)}${trend}`;
}

/** How long, in words coarse enough to be learned: never longer than it was. */
function durationInWords({ hours, runs }: Anomaly): string {
  if (runs.length >= 3) return 'repeatedly';
  if (hours <= 2) return 'briefly';
  if (hours < 12) return 'for hours';
  if (hours < 24) return 'for half a day or more';
  if (hours < 48) return 'for over a day';
  return 'for days';
}

const LINKS = ['consistent with', 'in keeping with', 'supporting', 'fitting'] as const;

const RESTS = ['; other diagnoses rest on the notes', '; the rest is not shown by the series', ''] as const;

/** Nothing outside the fences; a caption that calls nothing normal means that nothing was measured. */
function unremarkable(caption: string, names: readonly string[], phrasing: Phrasing): string {
  if (!/\bnormal\b/.test(caption)) return 'Lab test shows no measured values.';
  const normal = phrasing.pick('normal', [
    'all measured values within normal limits',
    'a series within normal limits',
    'no value outside normal limits',
    'normal vital signs and labs throughout',
  ]);
  if (names.length === 0) return `Lab test shows ${normal}.`;
  const some = names.slice(0, 3);
  const tail = phrasing.pick('tail', [
    '',
    `, so ${listOf(some)} ${some.length > 1 ? 'rest' : 'rests'} on the notes`,
    `, without support for ${listOf(some, 'or')}`,
  ]);
  return `Lab test shows ${normal}${tail}.`;
}

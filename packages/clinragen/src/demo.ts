/** `clinragen demo`: the whole way, once, with a table and a stay explained at the end. */
import { readCohort } from './cohort/index.js';
import { cohortReportStep, cohortStep } from './cohort-steps.js';
import { diagnoseStays, readPredictions, renderDiagnosis } from './diagnose/index.js';
import { renderComparison } from './evaluate/index.js';
import { loadCheckpoint } from './model/index.js';
import { duration } from './progress.js';
import type { StepContext } from './step-context.js';
import { distillStep, evaluateStep, knowledgeStep, rationalesStep } from './steps.js';

const READING_HELP = `Rows: label frequency names the most frequent diseases whatever the stay; stage 1 reads the note, stage 2 the series,
stage 3 both; ClinRaGen-III is stage 3 trained without rationales.`;

/** Runs every step of a run and prints what came out. Steps that are complete are skipped. */
export async function demo(
  context: StepContext,
  print: (text: string) => void,
  terminal: { colour: boolean; width: number },
): Promise<void> {
  const began = performance.now();
  const { run, config } = context;
  const synthetic = config.cohort.source.kind === 'synthetic';
  print(
    synthetic
      ? 'ClinRaGen on a synthetic hospital: no patient in it is real, and its scores say nothing about medicine.\n'
      : 'ClinRaGen on real patients’ records: keep what it prints and writes as the terms of the data demand.\n',
  );
  await cohortStep(context);
  const cohortPage = await cohortReportStep(context);
  await knowledgeStep(context);
  await rationalesStep(context);
  await distillStep(context, { resume: 'where-possible' });
  await distillStep(context, { variant: 'checkpoints-without-rationales', resume: 'where-possible' });
  const { comparison, report } = await evaluateStep(context);

  const cohort = await readCohort(run.path('cohort'));
  print(`\n${renderComparison(comparison, { colour: terminal.colour })}\n\n${READING_HELP}\n`);
  const explained = bestExplained(await readPredictions(run.path('predictions.jsonl')));
  const stay = cohort.stays.find(({ id }) => id === explained);
  if (stay !== undefined) {
    const loaded = await loadCheckpoint(run.path('checkpoints', 'stage-3'));
    const [prediction] = await diagnoseStays(loaded, [stay], cohort.variables, config.generate);
    loaded.model.dispose();
    if (prediction !== undefined) {
      const { colour, width } = terminal;
      print(
        `\n${renderDiagnosis({ stay, variables: cohort.variables, prediction, recorded: stay.labels, synthetic: cohort.synthetic, colour, width })}\n`,
      );
    }
  }
  const peak = process.resourceUsage().maxRSS / 1024 ** 2; // KiB → GiB
  print(`\nreport:      ${report}`);
  print(`cohort:      ${cohortPage}`);
  print(`another stay: npx clinragen diagnose --run ${run.dir} --stay ${explained ?? 'ID'}`);
  print(`took ${duration((performance.now() - began) / 1000)}, ${peak.toFixed(1)} GiB of memory at most`);
}

/** The stay to show: among those with the most diagnoses right, the one with the fewest wrong. */
function bestExplained(predictions: Awaited<ReturnType<typeof readPredictions>>): string | undefined {
  const gain = ({ diagnosed, recorded }: (typeof predictions)[number]) => {
    const right = diagnosed.filter((name) => recorded.includes(name)).length;
    return right - (diagnosed.length - right) - (recorded.length - right);
  };
  return [...predictions].sort((a, b) => gain(b) - gain(a) || (a.stay < b.stay ? -1 : 1))[0]?.stay;
}

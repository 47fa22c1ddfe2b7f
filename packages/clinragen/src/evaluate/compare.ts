import { z } from 'zod';
import type { Prediction } from '../types.js';
import { type BootstrapOptions, bootstrapScores, bootstrapSettings, pairedDifference } from './bootstrap.js';
import { EvaluateError } from './errors.js';
import { labelTable } from './label-table.js';

/** One model to compare, with what it says of the same stays as the others. */
export interface ComparedModel {
  /** `stage 3, note and series`. */
  readonly name: string;
  /** What it reads: `nothing`, `note`, `series`, `note and series`. */
  readonly reads: string;
  readonly predictions: readonly Prediction[];
}

const interval = z.object({ value: z.number(), low: z.number(), high: z.number() });
const difference = interval.extend({ separated: z.boolean() });

/** The table of models: scores with intervals, and how far the main model is above each, paired by subject. */
export const comparisonSchema = z.object({
  /** The model that the others are compared with. */
  main: z.string(),
  stays: z.int().min(1),
  subjects: z.int().min(1),
  bootstrap: z.object({ replicates: z.int(), seed: z.int(), level: z.number() }),
  models: z.array(
    z.object({
      name: z.string(),
      reads: z.string(),
      microF1: interval,
      macroF1: interval,
      exactMatch: interval,
      /** Main model minus this one, on the same drawn subjects; null for the main model itself. */
      mainMinusThis: z.object({ microF1: difference, macroF1: difference }).nullable(),
    }),
  ),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/**
 * Compares models on the same stays.
 *
 * @param main name of the model that the others are measured against
 * @throws EvaluateError where `main` is none of the models, names repeat, or the models differ in their stays
 */
export function compareModels(
  models: readonly ComparedModel[],
  main: string,
  options: BootstrapOptions = {},
): Comparison {
  const settings = bootstrapSettings(options);
  const names = models.map((model) => model.name);
  if (new Set(names).size !== names.length) {
    throw new EvaluateError(`models: found a name twice in ${names.join(', ')}, expected different names`);
  }
  const tables = models.map((model) => labelTable(model.predictions));
  const mainTable = tables[names.indexOf(main)];
  if (!mainTable) throw new EvaluateError(`main model: found ${main}, expected one of ${names.join(', ')}`);
  return {
    main,
    stays: mainTable.stays.length,
    subjects: mainTable.subjects.length,
    bootstrap: settings,
    models: models.map(({ name, reads }, index) => {
      const table = tables[index]!;
      const { microF1, macroF1, exactMatch } = bootstrapScores(table, settings).summary;
      const above = name === main ? null : pairedDifference(mainTable, table, settings);
      return {
        name,
        reads,
        microF1,
        macroF1,
        exactMatch,
        mainMinusThis: above && { microF1: above.microF1, macroF1: above.macroF1 },
      };
    }),
  };
}

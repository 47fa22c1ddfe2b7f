import type { ReportCase } from './evaluate/index.js';
import type { Prediction, Rationale, Stay } from './types.js';

/** Share of diagnosed and recorded diseases that are both; 1 where both lists are empty. */
function agreement({ diagnosed, recorded }: Prediction): number {
  const union = new Set([...diagnosed, ...recorded]);
  return union.size === 0 ? 1 : diagnosed.filter((name) => recorded.includes(name)).length / union.size;
}

/** Cases for the report, from the best diagnosed to the worst at even distances: failures are shown as well. */
export function chooseCases(
  stays: readonly Stay[],
  predictions: readonly Prediction[],
  teacher: ReadonlyMap<string, Rationale>,
  count: number,
): ReportCase[] {
  const ranked = [...predictions].sort((a, b) => agreement(b) - agreement(a) || (a.stay < b.stay ? -1 : 1));
  const byId = new Map(stays.map((stay) => [stay.id, stay]));
  const wanted = Math.min(count, ranked.length);
  return Array.from({ length: wanted }, (_, i) => {
    const prediction = ranked[wanted === 1 ? 0 : Math.round((i * (ranked.length - 1)) / (wanted - 1))] as Prediction;
    const rationale = teacher.get(prediction.stay);
    return {
      stay: byId.get(prediction.stay) as Stay,
      prediction,
      ...(rationale === undefined ? {} : { teacher: rationale }),
    };
  });
}

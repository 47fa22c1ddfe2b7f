import type { Admission } from './admission.js';
import type { Write } from './bedside.js';
import type { Course } from './physiology.js';
import type { Rng } from './rng.js';

/** Glasgow coma scale in MetaVision's words; the sedated and the stroke patients score low. */
export function writeComaScale(
  rng: Rng,
  write: Write,
  time: number,
  course: Course,
  admission: Admission,
  t: number,
): void {
  const sedated = course.ventilated !== undefined && t < course.ventilated.to;
  const dull = !sedated && (admission.problem === 'stroke' ? rng.chance(0.6) : rng.chance(0.08));
  const [eye, verbal, motor] = sedated
    ? ([
        ['To Speech', '3'],
        ['No Response-ETT', '1'],
        ['Localizes Pain', '5'],
      ] as const)
    : dull
      ? ([
          ['To Speech', '3'],
          ['Confused', '4'],
          ['Obeys Commands', '6'],
        ] as const)
      : ([
          ['Spontaneously', '4'],
          ['Oriented', '5'],
          ['Obeys Commands', '6'],
        ] as const);
  write(220739, time, eye[0], '', eye[1]);
  write(223900, time, verbal[0], '', verbal[1]);
  write(223901, time, motor[0], '', motor[1]);
}

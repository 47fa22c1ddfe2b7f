/** What was found of the labels in the notes: counts only. The shape of `leakageReport` in `../note/leakage.ts`. */
export interface LeakageFacts {
  /** What it is when a note names a recorded disease: in composed notes a leak, in a hospital course evidence. */
  readonly mention: 'leak' | 'evidence';
  readonly stays: number;
  /** With an ICD code in the note. */
  readonly staysWithCodes: number;
  /** Of all recorded (stay, disease) pairs, and of all others, the share whose note names the disease; null without pairs. */
  readonly recordedNamed: number | null;
  readonly unrecordedNamed: number | null;
  readonly diseases: readonly DiseaseLeakage[];
}

export interface DiseaseLeakage {
  readonly disease: string;
  /** Stays with the disease on record; of those, how many name it at all, and how many by its official name. */
  readonly recorded: number;
  readonly recordedNamed: number;
  readonly recordedOfficial: number;
  /** The same of the stays without it. */
  readonly unrecorded: number;
  readonly unrecordedNamed: number;
  readonly unrecordedOfficial: number;
}

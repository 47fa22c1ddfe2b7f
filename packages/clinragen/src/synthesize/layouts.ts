/** The layouts of tables that the hospital can be written in. */
import { Mimic3Recorder, writeDictionaries as writeDictionaries3 } from './mimic3/recorder.js';
import { COLUMNS as COLUMNS_3 } from './mimic3/tables.js';
import { writeDictionaries as writeDictionaries4 } from './mimic4/dictionaries.js';
import { Mimic4Recorder } from './mimic4/recorder.js';
import { COLUMNS as COLUMNS_4 } from './mimic4/tables.js';
import type { Recorder } from './recorder.js';
import { type Compression, TableWriter } from './table-writer.js';

export type Layout = 'mimic3' | 'mimic4';

export interface OpenTables {
  readonly tables: TableWriter;
  readonly recorder: Recorder;
}

type Open = (folder: string, seed: number, compression: Compression, extended: boolean) => Promise<OpenTables>;

/** By layout: its name in words, the file (without ending) by which a folder of it is known, and how to begin one. */
export const LAYOUTS: Readonly<Record<Layout, { readonly name: string; readonly sign: string; readonly open: Open }>> =
  {
    mimic3: {
      name: 'MIMIC-III 1.4',
      sign: 'PATIENTS',
      open: async (folder, _seed, compression, extended) => {
        const tables = await TableWriter.open(folder, COLUMNS_3, compression);
        writeDictionaries3(tables, extended);
        return { tables, recorder: new Mimic3Recorder(tables) };
      },
    },
    mimic4: {
      name: 'MIMIC-IV 2.2 and MIMIC-IV-Note 2.2',
      sign: 'hosp/patients',
      open: async (folder, seed, compression, extended) => {
        const tables = await TableWriter.open(folder, COLUMNS_4, compression);
        writeDictionaries4(tables, extended);
        return { tables, recorder: new Mimic4Recorder(tables, seed) };
      },
    },
  };

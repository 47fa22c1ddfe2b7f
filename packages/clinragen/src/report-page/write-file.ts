import { rename, rm, writeFile } from 'node:fs/promises';

/** Writes a text file that is there whole or not at all: under a temporary name in its folder, then renamed. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp-${process.pid}`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

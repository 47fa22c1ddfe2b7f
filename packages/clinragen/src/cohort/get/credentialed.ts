/** How to come by a database that PhysioNet gives only to people whom it knows: in words, because nobody may do it for them. */
import {
  cohortCommand,
  DATABASES,
  type Database,
  type DatabaseName,
  filesUrl,
  pageUrl,
  wgetFolder,
} from './databases.js';

/** Which demo shows the same tables without credentials. */
const DEMO_OF: Partial<Record<DatabaseName, DatabaseName>> = {
  mimic3: 'mimic3-demo',
  mimic4: 'mimic4-demo',
  eicu: 'eicu-demo',
};

/**
 * The way to a credentialed database, step by step, ending with the command that reads it.
 *
 * @example
 * process.stdout.write(howToGet('mimic3'));
 */
export function howToGet(name: DatabaseName): string {
  const database: Database = DATABASES[name];
  const demo = DEMO_OF[name];
  return `${database.title} ${database.version} needs credentials: nothing was downloaded.
  ${database.holds}
  ${database.licence}

It is real patients’ data, given to each person by name; clinragen never asks for your password. The way there, once:

  1. An account:   https://physionet.org/register/
  2. Credentials:  https://physionet.org/settings/credentialing/  (a reference is asked for; allow some days)
  3. Training:     the CITI course "Data or Specimens Only Research", its report uploaded under your profile
                   https://physionet.org/about/citi-course/
  4. Agreement:    sign the data use agreement at the end of the database’s page
                   ${pageUrl(database)}
  5. Download:     in a folder outside any repository, with your own PhysioNet name (wget asks for the password;
                   the same command again goes on where it was cut off):

     wget -r -N -c -np --user YOUR_PHYSIONET_NAME --ask-password ${filesUrl(database)}

  6. Check:        (cd ${wgetFolder(database)} && sha256sum --quiet -c SHA256SUMS.txt)

${afterwards(name)}
What may be done with it is what you signed: it is not shared, and no online service may keep it. See docs/data.md.
${demo === undefined ? '' : `Without credentials, the same tables in small: clinragen get ${demo}\n`}`;
}

function afterwards(name: DatabaseName): string {
  const folder = wgetFolder(DATABASES[name]);
  if (name !== 'mimic4-note') {
    const notes =
      name === 'mimic4' ? 'Its discharge summaries are a database of their own: clinragen get mimic4-note\n' : '';
    return `Then:\n\n     ${cohortCommand(DATABASES[name], folder)}\n${notes === '' ? '' : `\n${notes}`}`;
  }
  const mimic4 = wgetFolder(DATABASES.mimic4);
  return `Then put its folder note/ beside MIMIC-IV’s hosp/ and icu/ (see clinragen get mimic4):

     mv ${folder}/note ${mimic4}/note
     ${cohortCommand(DATABASES.mimic4, mimic4)}
`;
}

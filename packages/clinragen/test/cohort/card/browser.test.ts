import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cohortFacts, writeCohortReport } from '../../../src/cohort/card/index.js';
import { readCohort } from '../../../src/cohort/index.js';
import { leakageReport } from '../../../src/cohort/note/leakage.js';
import { WORST_CONTRAST } from '../../report-page/contrast.js';
import { asReal, changedCohort, makeCohort } from './made-cohort.js';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const missing = existsSync(executablePath) ? '' : `: skipped, no Chromium at ${executablePath} (set CHROMIUM_PATH)`;

const SECTIONS = ['summary', 'warnings', 'flow', 'people', 'labels', 'measured', 'distributions', 'limits', 'notes'];
const CHECKS = ['leakage', 'codes', 'provenance'];

describe.skipIf(missing !== '')(`cohort.html in a browser, from file://${missing}`, () => {
  let browser: Browser;
  let folder: string;
  let url: string;
  // Making the hospital and its cohort takes some seconds.
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clinragen-card-'));
    const made = await makeCohort(folder);
    const leakage = leakageReport((await readCohort(made)).stays);
    // As if it were of real patients, in several hospitals: everything that the page can hold.
    const sites = `SELECT * REPLACE ('H' || (hash(subject_id) % 4)::VARCHAR AS site) FROM stays`;
    const dir = await changedCohort(made, join(folder, 'real'), asReal, sites);
    await writeCohortReport({ dir, facts: await cohortFacts(dir), leakage });
    url = pathToFileURL(join(dir, 'cohort.html')).href;
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  it.each([
    { name: 'desktop, light', width: 1280, colorScheme: 'light', media: 'screen' },
    { name: 'desktop, dark', width: 1280, colorScheme: 'dark', media: 'screen' },
    { name: 'phone', width: 375, colorScheme: 'light', media: 'screen' },
    { name: 'paper', width: 680, colorScheme: 'dark', media: 'print' },
  ] as const)(
    '$name: no error, no request, nothing wider than the window',
    async ({ name, width, colorScheme, media }) => {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(url);
      await page.emulateMedia({ media });
      expect(complaints).toEqual([]);
      expect(requests.filter((request) => request !== url && !request.startsWith('data:'))).toEqual([]);
      for (const id of [...SECTIONS, ...CHECKS]) expect(await page.locator(`#${id} h2`).isVisible(), id).toBe(true);
      expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0);
      // Every picture says what it is to those who cannot see it, and no tick lies outside of its picture.
      expect(await page.locator('svg[role=img]').count()).toBeGreaterThan(30);
      expect(await page.locator('svg[role=img]:not([aria-label])').count()).toBe(0);
      expect(await page.locator('svg:not([role=img]):not([aria-hidden=true])').count()).toBe(0);
      const astray = await page.evaluate(`[...document.querySelectorAll('svg.chart text')].filter((text) => {
      const [inner, outer] = [text.getBoundingClientRect(), text.ownerSVGElement.getBoundingClientRect()];
      return inner.left < outer.left - 4 || inner.right > outer.right + 6;
    }).map((text) => text.textContent)`);
      expect(astray).toEqual([]);
      const pictures = process.env.CLINRAGEN_SCREENSHOTS;
      if (pictures)
        await page.screenshot({ path: join(pictures, `cohort-${name.replace(', ', '-')}.png`), fullPage: true });
      await page.close();
    },
  );

  it.each(['light', 'dark'] as const)('text stands out from its ground by 4.5 to 1, %s', async (colorScheme) => {
    const page = await browser.newPage({ colorScheme });
    await page.goto(url);
    const worst = await page.evaluate(WORST_CONTRAST);
    expect((worst as { ratio: number }).ratio, JSON.stringify(worst)).toBeGreaterThan(4.5);
    await page.close();
  });
});

import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseHTML } from 'linkedom';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport, writeReport } from '../../src/evaluate/report.js';
import { variableFacts } from '../../src/evaluate/series-facts.js';
import { html } from '../../src/report-page/index.js';
import type { Variable } from '../../src/types.js';
import { WORST_CONTRAST } from '../report-page/contrast.js';
import { madeUpReport, VARIABLES } from './made-up-report.js';

const report = madeUpReport();
const SECTIONS = ['summary', 'models', 'training', 'diseases', 'calibration', 'rationales', 'cases', 'method'];

describe('the report', () => {
  const { document } = parseHTML(renderReport(report));
  const text = (selector: string) => document.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').trim() ?? '';

  it('has every section, in order, and a link to each', () => {
    expect([...document.querySelectorAll('main > section')].map((section) => section.id)).toEqual(SECTIONS);
    expect([...document.querySelectorAll('nav a')].map((link) => link.getAttribute('href'))).toEqual(
      SECTIONS.map((id) => `#${id}`),
    );
  });

  it('shows the numbers of the metrics with their intervals', () => {
    const { f1 } = report.metrics.diagnoses.micro;
    expect(text('.figures')).toContain(`micro F1 ${f1.value.toFixed(3)}${f1.low.toFixed(3)}–${f1.high.toFixed(3)}`);
    expect(document.querySelectorAll('.diseases tbody tr').length).toBe(25);
    expect(text('#rationales')).toContain('10'); // ten stays of the fixture have no teacher's rationale
    for (const model of report.comparison!.models) expect(text('#models table')).toContain(model.name);
  });

  it('says in the picture of a variable what the picture shows', () => {
    const [first] = report.cases;
    const facts = variableFacts(first!.stay.series, VARIABLES, 3);
    expect(facts.above).toBeGreaterThan(3);
    const chart = document.querySelectorAll('#case-1 .multiples svg')[3]!;
    expect(chart.getAttribute('aria-label')).toContain(`heart rate: measured in ${facts.measuredHours} of 72 hours`);
    expect(chart.getAttribute('aria-label')).toContain(`${facts.above} hours above 128`);
    expect(chart.querySelectorAll('[fill="var(--alarm)"] path').length).toBe(facts.above + facts.below);
    expect(text('#case-1 .multiples li:nth-child(10)')).toMatch(/weight kg ?not measured/);
  });

  it('marks every diagnosis as recorded or not', () => {
    report.cases.forEach(({ stay, prediction }, index) => {
      const rows = (kind: string) => document.querySelectorAll(`#case-${index + 1} .diagnoses tr.${kind}`).length;
      const hits = prediction.diagnosed.filter((name) => stay.labels.includes(name)).length;
      expect(rows('hit')).toBe(hits);
      expect(rows('extra')).toBe(prediction.diagnosed.length - hits);
      expect(rows('missed')).toBe(stay.labels.length - hits);
    });
    expect(text('#case-2 .pair:nth-child(2) .model')).toContain('No rationale.');
  });

  it('says whether patients are real, and that text of theirs is inside', () => {
    expect(text('.banner')).toContain('Synthetic patients');
    const real = (rest: object) => parseHTML(renderReport(madeUpReport({ synthetic: false, ...rest }))).document;
    expect(real({}).querySelector('.banner')!.textContent).toContain('Contains patient-level text');
    expect(real({ cases: [] }).querySelector('.banner')!.textContent).toContain('no note and no single stay is shown');
    expect(real({ cases: [] }).querySelector('#cases')).toBeNull();
    for (const page of [document, real({})]) {
      expect(page.querySelector('.banner')!.textContent).toContain('Research use only');
    }
  });

  it('escapes every text from outside', () => {
    const evil = `<script>alert("x")</script><img src=x onerror='y'>&amp;`;
    const [first] = report.cases;
    const page = renderReport(
      madeUpReport({
        title: evil,
        source: evil,
        environment: { [evil]: evil },
        variables: VARIABLES.map((v): Variable => ({ ...v, name: evil, unit: evil })),
        curves: report.curves.map((record) => ({ ...record, stage: evil })),
        comparison: {
          ...report.comparison!,
          models: report.comparison!.models.map((m, i) => ({ ...m, name: evil + i })),
        },
        cases: [
          {
            stay: { ...first!.stay, note: evil, subject: evil, id: evil },
            prediction: { ...first!.prediction, stay: evil, rationale: { note: evil, series: evil } },
            teacher: { stay: evil, note: evil, series: evil, teacher: evil },
          },
        ],
      }),
    );
    const { document: parsed } = parseHTML(page);
    expect(parsed.querySelectorAll('script, img, [onerror]').length).toBe(0);
    expect(parsed.querySelector('h1')!.textContent).toBe(evil);
    expect(parsed.querySelector('.note .prose')!.textContent).toBe(evil);
  });

  it('refuses a case whose texts belong to another stay, or whose series has another shape', () => {
    const [first, second] = report.cases;
    expect(() => renderReport({ ...report, cases: [{ ...first!, prediction: second!.prediction }] })).toThrow(
      /stay 200000: found a text of stay 200007/,
    );
    expect(() => renderReport({ ...report, variables: VARIABLES.slice(1) })).toThrow(
      /expected 72 hours × 10 variables/,
    );
  });

  it('escapes in its templates, lists included', () => {
    expect(html`<a b="${`"'`}">${['<', html`<i>${'&'}</i>`, null, false, 0]}</a>`.text).toBe(
      '<a b="&quot;&#39;">&lt;<i>&amp;</i>0</a>',
    );
  });
});

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const missing = existsSync(executablePath) ? '' : `: skipped, no Chromium at ${executablePath} (set CHROMIUM_PATH)`;

describe.skipIf(missing !== '')(`the report in a browser, from file://${missing}`, () => {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clinragen-report-'));
    await writeReport({ path: join(folder, 'report.html'), ...report });
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  it.each([
    { name: 'desktop, light', width: 1280, colorScheme: 'light' },
    { name: 'desktop, dark', width: 1280, colorScheme: 'dark' },
    { name: 'phone', width: 375, colorScheme: 'light' },
  ] as const)('$name: no error, no request, nothing wider than the window', async ({ name, width, colorScheme }) => {
    expect(await readdir(folder)).toEqual(['report.html']);
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    const url = pathToFileURL(join(folder, 'report.html')).href;
    await page.goto(url);
    expect(complaints).toEqual([]);
    expect(requests.filter((request) => request !== url && !request.startsWith('data:'))).toEqual([]);

    for (const id of SECTIONS) expect(await page.locator(`#${id} h2`).isVisible()).toBe(true);
    expect(await page.locator('svg[role=img]').count()).toBe(3 + 3 + 1 + 3 * VARIABLES.length);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    // Every picture and figure says what it is to those who cannot see it.
    expect(await page.locator('svg[role=img]:not([aria-label])').count()).toBe(0);
    expect(await page.locator('svg:not([role=img]):not([aria-hidden=true])').count()).toBe(0);
    const folderForPictures = process.env.CLINRAGEN_SCREENSHOTS;
    if (folderForPictures) {
      await page.screenshot({ path: join(folderForPictures, `report-${name.replace(', ', '-')}.png`), fullPage: true });
    }
    await page.close();
  });

  it.each(['light', 'dark'] as const)('text stands out from its ground by 4.5 to 1, %s', async (colorScheme) => {
    const page = await browser.newPage({ colorScheme });
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
    const worst = await page.evaluate(WORST_CONTRAST);
    expect((worst as { ratio: number }).ratio, JSON.stringify(worst)).toBeGreaterThan(4.5);
    await page.close();
  });
});

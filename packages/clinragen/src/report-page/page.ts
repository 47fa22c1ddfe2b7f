import { readFileSync } from 'node:fs';
import { type Content, Html, html } from './html.js';

const STYLE = readFileSync(new URL('../../src/report-page/page.css', import.meta.url), 'utf8');

export interface PageSection {
  /** Of the section, and of the link to it. */
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

export interface Page {
  readonly title: string;
  /** Above the title: what kind of page it is. */
  readonly eyebrow: string;
  readonly banner: Html;
  /** Short facts under the banner, name and value. */
  readonly facts: readonly (readonly [name: string, value: Content])[];
  readonly sections: readonly PageSection[];
  /** The report's own style sheet, after the page's. */
  readonly style: string;
}

/**
 * A report as one HTML page that needs nothing else: no script, no network, no other file. A content security policy in
 * the page holds the browser to that.
 */
export function renderPage({ title, eyebrow, banner, facts, sections, style }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Html(STYLE + style)}</style>
</head>
<body>
<header class="top">
<p class="eyebrow">${eyebrow}</p>
<h1>${title}</h1>
${banner}
<dl class="facts">
${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
<nav aria-label="Sections">${sections.map((section) => html`<a href="#${section.id}">${section.title}</a> `)}</nav>
</header>
<main>
${sections.map(
  ({
    id,
    title: heading,
    body,
  }) => html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${heading}</h2>
${body}</section>
`,
)}
</main>
<footer><p>Research software, not a medical device. Not for use in the care of patients.</p></footer>
</body>
</html>
`.text;
}

/** What the data are, and what the page is not for. `real` draws the eye: these are people. */
export function pageBanner(kind: 'synthetic' | 'real', text: Html): Html {
  return html`<div class="banner ${kind}" role="note"><p>${text}</p>
<p><b>Research use only.</b> Not a medical device.</p></div>`;
}

/** A table wider than a phone scrolls by itself, reachable by keyboard. */
export const scroller = (label: string, table: Html): Html =>
  html`<div class="scroller" role="region" aria-label="${label}" tabindex="0">${table}</div>`;

/** A list of names and values that may be long. */
export const factList = (facts: readonly (readonly [name: string, value: Content])[]): Html =>
  html`<dl class="facts method">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

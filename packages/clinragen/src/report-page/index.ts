/** Reports as single HTML pages: escaped templates, charts as inline SVG, one style sheet. Knows nothing of what they report. */
export { draw } from './draw.js';
export { type Content, escapeHtml, Html, html } from './html.js';
export { duration, quantity, quantityRange, score, thousands, unitName } from './numbers.js';
export { factList, type Page, type PageSection, pageBanner, renderPage, scroller } from './page.js';
export { writeWhole } from './write-file.js';

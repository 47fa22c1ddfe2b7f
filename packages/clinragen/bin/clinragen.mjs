#!/usr/bin/env node
import { existsSync } from 'node:fs';

const cli = new URL('../dist/cli.js', import.meta.url);
if (!existsSync(cli)) {
  console.error('clinragen is not compiled yet: run `npm run setup` in the root of the project.');
  process.exit(1);
}
await import(cli.href);

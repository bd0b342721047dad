/**
 * Writes docs/coverage.md from the services' tables and AWS's models. With `--check` it writes
 * nothing and fails when the page is not what it would write.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Coverage, coverage } from '../src/server/side/coverage.ts';
import { allServices } from '../src/services/all.ts';

const PAGE = 'docs/coverage.md';

function page(services: readonly Coverage[]): string {
  const begun = services.filter(({ built }) => built.length > 0);
  const rest = services.filter(({ built }) => built.length === 0);
  return [
    '# What is built',
    '',
    'Made by `npm run coverage` from the code; a running server answers the same at',
    '`GET /_millrace/v1/coverage`. Every other operation answers an error that names it.',
    '',
    '| service | built | of |',
    '|---|---:|---:|',
    ...begun.map(({ service, built, missing }) => row(service, built, missing)),
    ...rest.map(({ service, built, missing }) => row(service, built, missing)),
    '',
    ...begun.flatMap(section),
  ].join('\n');
}

function row(service: string, built: readonly string[], missing: readonly string[]): string {
  return `| ${service} | ${built.length} | ${built.length + missing.length} |`;
}

function section({ service, built, missing }: Coverage): readonly string[] {
  const left = missing.length > 0 ? ['Not built yet:', '', wrapped(missing), ''] : [];
  return [`## ${service}`, '', wrapped(built), '', ...left];
}

const wrapped = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(' ');

const text = page(coverage(new Map(allServices.map((service) => [service.name, service]))));
if (process.argv.includes('--check')) {
  const stale = !existsSync(PAGE) || readFileSync(PAGE, 'utf8') !== text;
  if (stale) console.error(`${PAGE} is stale: npm run coverage`);
  process.exitCode = stale ? 1 : 0;
} else {
  writeFileSync(PAGE, text);
}

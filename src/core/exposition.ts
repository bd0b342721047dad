/**
 * Figures as text, in the format 0.0.4 of Prometheus: families by name, points by labels.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
import { Distribution, type Family, type Point, Total } from './metrics.ts';

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Families without a point are left out. */
export function exposition(families: readonly Family[]): string {
  return families.map(familyText).join('');
}

function familyText(family: Family): string {
  const lines = family.points().map(({ values, point }) => {
    const labels = family.labels.map((label, at) => `${label}="${escaped(values[at] ?? '')}"`);
    return { labels: labels.join(','), point };
  });
  if (lines.length === 0) return '';
  lines.sort((a, b) => (a.labels < b.labels ? -1 : 1));
  const { name, kind } = family;
  const help = family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  const head = `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`;
  return head + lines.map(({ labels, point }) => samples(name, labels, point)).join('');
}

function samples(name: string, labels: string, point: Point): string {
  if (!(point instanceof Total)) return sample(name, labels, point.value);
  const buckets = point instanceof Distribution ? bucketsOf(name, labels, point) : '';
  const sum = sample(`${name}_sum`, labels, point.sum);
  return `${buckets}${sum}${sample(`${name}_count`, labels, point.count)}`;
}

function bucketsOf(name: string, labels: string, { bounds, counts }: Distribution): string {
  let below = 0;
  let text = '';
  for (const [at, count] of counts.entries()) {
    below += count;
    const bound = `le="${number(bounds[at] ?? Number.POSITIVE_INFINITY)}"`;
    text += sample(`${name}_bucket`, labels === '' ? bound : `${labels},${bound}`, below);
  }
  return text;
}

function sample(name: string, labels: string, value: number): string {
  return `${name}${labels === '' ? '' : `{${labels}}`} ${number(value)}\n`;
}

function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

function escaped(value: string): string {
  if (!/["\\\n]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/**
 * Malformed requests: `node test/simulation/malformed.ts --count 50000 --seed 7`.
 *
 * The seed makes the same requests again; `--only N` sends one of them alone.
 */
import { parseArgs } from 'node:util';
import { malformed } from './malformed/run.ts';

const MOST_GROWTH_MEGABYTES = 50;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '50000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const seed = Number(values.seed);
const verdict = await malformed({
  count: Number(values.count),
  seed,
  ...(values.only !== undefined && { only: Number(values.only) }),
  say: (line) => console.log(line),
});

for (const objection of verdict.objections) console.error(objection);
if (verdict.died !== undefined) console.error(`the server ended by itself: ${verdict.died}`);
const grown = verdict.grownMegabytes;
console.log(
  `malformed: ${verdict.sent} requests with seed ${seed}, ` +
    `${verdict.died === undefined ? 0 : 1} crashes, ${verdict.objections.length} objections, ` +
    `${verdict.replayed} refusals shown to change nothing, memory +${grown.toFixed(1)} MB`,
);
const grew = values.only === undefined && grown > MOST_GROWTH_MEGABYTES;
if (verdict.objections.length > 0 || verdict.died !== undefined || grew) {
  const [, index] = /^case (\d+)/.exec(verdict.objections[0] ?? '') ?? [];
  const only = index === undefined ? `--count ${values.count}` : `--only ${index}`;
  console.error(`again: node test/simulation/malformed.ts --seed ${seed} ${only}`);
  process.exitCode = 1;
}

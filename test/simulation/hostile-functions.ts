/**
 * Functions that misbehave: `node test/simulation/hostile-functions.ts --rounds 200`.
 */
import { parseArgs } from 'node:util';
import { hostile } from './hostile/run.ts';

const MOST_GROWTH_MEGABYTES = 50;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '50' } } });
const rounds = Number(values.rounds);
const { invocations, objections, megabytes, died } = await hostile({
  rounds,
  say: (line) => console.log(line),
});

for (const objection of objections.slice(0, 20)) console.error(objection);
if (died !== undefined) console.error(`the server ended by itself: ${died}`);
const { before, after } = megabytes;
console.log(
  `hostile functions: ${rounds} rounds, ${invocations} invocations, ` +
    `${objections.length} objections, memory ${before.toFixed(0)} to ${after.toFixed(0)} MB`,
);
const grew = after - before > MOST_GROWTH_MEGABYTES;
if (objections.length > 0 || died !== undefined || grew) process.exitCode = 1;

/** Handlers that do not behave. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const never = () => new Promise(() => {});
const busy = () => {
  setInterval(() => {}, 1000);
  return never();
};
let calls = 0;

export const waits = () => busy();

export const computes = async () => {
  for (;;);
};

export const waitsOnce = () => (calls++ === 1 ? busy() : Promise.resolve(process.pid));

export const throwsLate = () => {
  setTimeout(() => {
    throw new RangeError('late');
  }, 1);
  return busy();
};

export const rejectsUnheard = () => {
  Promise.reject(new Error('nobody cares'));
  return busy();
};

/** Only when it is idle again. */
export const throwsAfterwards = async () => {
  setTimeout(() => {
    throw new Error('afterwards');
  }, 20);
  return process.pid;
};

/** Leaves so much that removing it takes a while. */
export const leavesFiles = async () => {
  const { TMPDIR } = process.env;
  for (let i = 0; i < 1000; i++) writeFileSync(`${TMPDIR}/${i}`, '');
  setTimeout(() => process.exit(1), 20);
  return TMPDIR;
};

export const startsAnother = async () => {
  const child = spawn('sleep', ['60']);
  console.log('child', child.pid);
  process.exit(3);
};

/** In a group of its own, which holds on to the output. */
export const leavesAnother = () => {
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'inherit' });
  console.log('child', child.pid);
  child.unref();
  return busy();
};

export const floods = async () => {
  const line = 'x'.repeat(99);
  for (let i = 0; i < 100_000; i++) console.log(line);
  process.stdout.write(`${'y'.repeat(1_000_000)}\n`);
};

export const eats = async () => {
  const kept = [];
  setInterval(() => kept.push(Buffer.alloc(40_000_000, 1)), 5);
  await never();
};

export const runs = () => {
  console.log('running', process.pid);
  return busy();
};

export const turns = async () => {
  console.log('turning', process.pid);
  for (;;);
};

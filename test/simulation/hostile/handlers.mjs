/** Handlers that misbehave, each in a way of its own. */
const MEGABYTE = 1024 * 1024;
const LINE = `${'x'.repeat(1023)}\n`;

export async function waits() {
  await new Promise(() => setInterval(() => {}, 1_000));
}

export function turns() {
  for (;;);
}

export function exits() {
  process.exit(3);
}

export function leaves() {
  process.exit(0);
}

export function throws() {
  throw new TypeError('Nothing is right.');
}

export async function floods() {
  for (let i = 0; i < 10; i++) process.stdout.write(LINE.repeat(1024));
  return 'flooded';
}

export async function swells() {
  return 'x'.repeat(7 * MEGABYTE);
}

/** Answers what its message says; text that is no JSON goes out as a JSON string. */
export async function misreports({ Records }) {
  return JSON.parse(Records[0].body).answer;
}

export async function behaves(event) {
  return event;
}

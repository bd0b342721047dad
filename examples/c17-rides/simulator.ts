/**
 * Cars that go north and say once a second where they are. Most keep to the limit; two do not; one
 * goes too fast for five seconds only. Now and then a phone sends two samples the wrong way round.
 */
import { KM_PER_DEGREE, type LocationUpdated } from './rides.ts';

export interface Car {
  readonly rideId: string;
  /** Its next sample. */
  next(): LocationUpdated;
}

const START_MS = Date.UTC(2026, 0, 15, 10);
const TOO_FAST = [3, 8];
const SHORTLY_TOO_FAST = 5;

export const speeders = TOO_FAST.map((number) => `ride-${number}`);

export function makeCars(count: number): readonly Car[] {
  return Array.from({ length: count }, (_, number) => makeCar(number));
}

function makeCar(number: number): Car {
  let sent = 0;
  return {
    rideId: `ride-${number}`,
    next: () => {
      sent += 1;
      return sampleOf(number, sent);
    },
  };
}

export function sampleOf(number: number, sequence: number): LocationUpdated {
  const second = sequence + swap(number, sequence);
  let km = 0;
  for (let passed = 1; passed <= second; passed += 1) km += kmhAt(number, passed) / 3_600;
  return {
    rideId: `ride-${number}`,
    driverId: `driver-${number}`,
    lat: 48 + km / KM_PER_DEGREE,
    lon: 11 + number / 100,
    ts: START_MS + second * 1_000,
    sequence,
  };
}

/** Two samples of ten change places, at another time for each car. */
function swap(number: number, sequence: number): number {
  const place = (sequence + number) % 10;
  if (sequence === 1 && place === 4) return 0;
  return place === 3 ? 1 : place === 4 ? -1 : 0;
}

function kmhAt(number: number, second: number): number {
  if (TOO_FAST.includes(number)) return 145;
  const isShortlyTooFast = number === SHORTLY_TOO_FAST && second > 10 && second <= 15;
  return isShortlyTooFast ? 150 : 40 + ((number * 7) % 60);
}

/**
 * Rides, where they are and how fast they go. Pure: functions, simulator and checks share it.
 */
export interface LocationUpdated {
  readonly rideId: string;
  readonly driverId: string;
  readonly lat: number;
  readonly lon: number;
  /** When it was there, in milliseconds. */
  readonly ts: number;
  /** Which one of the ride's it is, in the order of sending; begins with 1. */
  readonly sequence: number;
}

/** What is known of a ride within a window: the ends of its way. */
export interface Leg {
  readonly first: LocationUpdated;
  readonly last: LocationUpdated;
  readonly samples: number;
}

export interface RideSpeedComputed {
  readonly rideId: string;
  readonly kmh: number;
  readonly samples: number;
  readonly from: string;
  readonly to: string;
}

export const TOO_FAST_KMH = 130;

/** Samples may come in any order. */
export function extend(leg: Leg | undefined, sample: LocationUpdated): Leg {
  if (!leg) return { first: sample, last: sample, samples: 1 };
  const { first, last, samples } = leg;
  return {
    first: sample.ts < first.ts ? sample : first,
    last: sample.ts > last.ts ? sample : last,
    samples: samples + 1,
  };
}

/** 0 where there is but one sample. */
export function speedOf({ first, last }: Leg): number {
  const hours = (last.ts - first.ts) / 3_600_000;
  return hours === 0 ? 0 : Math.round(kilometresBetween(first, last) / hours);
}

const EARTH_KM = 6_371;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** On a great circle. */
function kilometresBetween(a: LocationUpdated, b: LocationUpdated): number {
  const half = (from: number, to: number) => Math.sin(radians(to - from) / 2) ** 2;
  const across = Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * half(a.lon, b.lon);
  return 2 * EARTH_KM * Math.asin(Math.sqrt(half(a.lat, b.lat) + across));
}

/** Kilometres that lead one degree to the north. */
export const KM_PER_DEGREE = radians(EARTH_KM);

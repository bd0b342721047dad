/**
 * Limits are data: `quotas.json` holds them, in two profiles. `classic` names what differs from
 * `current`; a stack may raise or lower any of them by name.
 */
import profiles from './quotas.json' with { type: 'json' };

export type QuotaName = keyof typeof profiles.current;
export type Quotas = Readonly<Record<QuotaName, number>>;

export function quotas(
  profile: 'current' | 'classic' = 'current',
  changes: Partial<Record<QuotaName, number>> = {},
): Quotas {
  return { ...profiles.current, ...(profile === 'classic' ? profiles.classic : {}), ...changes };
}

/** A change as it is typed, such as `dynamodb.throttle=1`. Throws where it names no quota. */
export function readQuota(text: string): Partial<Record<QuotaName, number>> {
  const [name = '', value = ''] = text.split('=', 2);
  const number = Number(value);
  if (!Object.hasOwn(profiles.current, name))
    throw new Error(`There is no quota called "${name}".`);
  if (value.trim() === '' || !(number >= 0)) {
    throw new Error(`A quota is set as ${name}=<number>, and not below 0.`);
  }
  return { [name]: number };
}

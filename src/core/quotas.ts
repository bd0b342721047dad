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

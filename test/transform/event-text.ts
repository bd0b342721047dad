import cases from './cases.json' with { type: 'json' };

/** The event of the cases as text, with numbers that parsing would change. */
export const eventText = JSON.stringify(cases.event).replace(
  '"matrix"',
  '"price":1.0,"big":9223372036854775807,"matrix"',
);

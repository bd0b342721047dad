/** What something means, not what colour it has. */
export type Tone = 'neutral' | 'accent' | 'ok' | 'retry' | 'fail' | 'dead';

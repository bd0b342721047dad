/** The last part of a view's address. */
export type ViewName =
  | 'map'
  | 'tail'
  | 'trace'
  | 'why'
  | 'dead-letters'
  | 'queues'
  | 'functions'
  | 'archives'
  | 'send'
  | 'time';

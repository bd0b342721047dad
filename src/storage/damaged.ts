/** What is said of stored data that does not match its checksum. */
export function damaged(what: string): string {
  return `${what} does not match its checksum: the data was damaged after it was written.`;
}

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // Machines may be busy: what waits for something real waits long before it fails.
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // Stacks share nothing, so files may share a worker: loading the code once halves the run.
    isolate: false,
  },
});

import { defineConfig } from 'vitest/config'

const quick = ['unit', 'faults', 'infra', 'workflows', 'reliability'].map(folder => `test/${folder}/**/*.test.ts`)

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // One for each core of the smallest machine that runs this.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'unit', include: quick } },
      {
        extends: true,
        test: {
          name: 'scenarios',
          include: ['test/scenarios/**/*.test.ts'],
          globalSetup: ['test/support/synthesize-once.ts'],
        },
      },
    ],
  },
})

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
    // Hooks start commands and servers; on a busy machine a start takes many times as long.
    hookTimeout: 120_000,
    maxWorkers: 3,
  },
})

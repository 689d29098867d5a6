/**
 * What `import 'finesweep/testing'` exports: the tests that every sampler, store and executor must pass, for those who write
 * one. They need a test runner's functions (`node:test`, Vitest), and assert with `node:assert`.
 */

export { checkExecutor } from './check-executor.ts'
export { checkSampler } from './check-sampler.ts'
export { checkStore } from './check-store.ts'
export type { TestRunner } from './runner.ts'

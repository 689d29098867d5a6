import { expect, test } from 'vitest'
import { withinArtifactLimit } from '../../src/study/artifact-limit.ts'
import type { TrialOutcome } from '../../src/trial.ts'

const MEASURED = [{ step: 1, value: 0.5, metrics: {}, seconds: 1 }]

/** A complete trial that leaves that many bytes behind; null for nothing. */
function leaving(byteLength: number | null): TrialOutcome {
  return {
    state: 'complete',
    measurements: MEASURED,
    error: null,
    artifact: byteLength === null ? null : ({ byteLength } as Uint8Array),
    arithmetic: 'fma',
    slot: 2,
    host: null,
    startedAt: 5,
    durationMs: 7,
  }
}

test('an outcome whose artifact fits stays as it is, up to 512,000,000 bytes', () => {
  for (const bytes of [null, 0, 1, 512_000_000]) {
    const outcome = leaving(bytes)
    expect(withinArtifactLimit(outcome)).toBe(outcome)
  }
})

test('a larger one makes the trial fail, with what it measured', () => {
  expect(withinArtifactLimit(leaving(512_000_001))).toEqual({
    ...leaving(null),
    state: 'failed',
    error: {
      code: 'artifact-too-large',
      message: 'The artifact is 513 MB; at most 512 MB can be kept',
      stack: null,
    },
  })
  expect(withinArtifactLimit(leaving(2e9)).error?.message).toContain('is 2000 MB;')
})

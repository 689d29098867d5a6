import { expect, test } from 'vitest'
import { PROTOCOL } from '../../src/engine/protocol.ts'
import { whyNotHere } from '../../src/engine/sameness.ts'
import { BEHAVIOURS } from '../../src/testing/executor/stand.ts'
import { KERNELS, offerOf } from './in-process.ts'

const WORKER = { codeVersion: '1', token: null, kernels: KERNELS }

test.each([
  ['the same build', {}, null],
  [
    'another version',
    { codeVersion: '2', protocol: PROTOCOL + 1 },
    /^it runs finesweep 1, but the study runs 2\. Install/,
  ],
  [
    'another build of its version',
    { protocol: PROTOCOL - 1 },
    /^it runs another build of finesweep 1 .*\(protocol \d+, not \d+\)\. Install/,
  ],
])('a worker is told what differs from the study: %s', async (_, changes, reason) => {
  const offer = await offerOf({ kind: 'module', file: BEHAVIOURS }, changes)
  const why = whyNotHere(WORKER, offer)
  if (reason === null) expect(why).toBe(null)
  else expect(why).toMatch(reason)
})

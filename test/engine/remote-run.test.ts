import { expect, test } from 'vitest'
import { RemoteRun } from '../../src/engine/remote-run.ts'
import { RungQuestions } from '../../src/engine/rung-questions.ts'
import { cutOff } from '../../src/execute/outcome.ts'
import { trial } from '../../src/testing/executor/stand.ts'

const MEASURED = [1, 2, 3].map((step) => ({ step, value: -step, metrics: {}, seconds: step }))

test('an attempt has all measurements that were judged, though the outcome of the slower of two workers counts', async () => {
  const run = new RemoteRun(trial('x'), '0.0', () => {}, undefined)
  run.measured(0, MEASURED.slice(0, 2))
  run.resolve(cutOff('stopped', null, MEASURED.slice(0, 1), 0))
  expect((await run.outcome).measurements).toEqual(MEASURED.slice(0, 2))
})

test('an attempt has the measurements of its outcome where they are as many', async () => {
  const run = new RemoteRun(trial('x'), '0.0', () => {}, undefined)
  const last = MEASURED.map((measurement) => ({ ...measurement, value: 5 }))
  run.measured(0, MEASURED)
  run.resolve(cutOff('complete', null, last, 0))
  expect((await run.outcome).measurements).toEqual(last)
})

test('both copies of a job that wait at a rung of one worker get the verdict', async () => {
  const questions = new RungQuestions()
  const verdicts = [questions.verdict('8.3', 2, () => {}), questions.verdict('8.3', 2, () => {})]
  questions.answer('8.3', 2, 'prune')
  expect(await Promise.all(verdicts)).toEqual(['prune', 'prune'])
})

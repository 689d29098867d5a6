/**
 * Runs or resumes the small study in this process, which kills itself before its write number CRASH_BEFORE.
 * CRASH_DB: the store. Prints how many writes there were if it gets to the end.
 */
import { createInlineExecutor } from '../../src/execute/inline.ts'
import { openExperiment } from '../../src/session/open-experiment.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { runStudy } from '../../src/study/study-run.ts'
import { readExperiment } from '../../src/study-file/read-experiment.ts'
import { withFaults } from '../store/faults.ts'
import { studyFile } from './finesweep.ts'

const crashBefore = Number(process.env.CRASH_BEFORE)
let writes = 0
const writer = openWriter(process.env.CRASH_DB!)
const store = withFaults(writer, {
  before(index) {
    writes = index + 1
    if (index === crashBefore) process.kill(process.pid, 'SIGKILL')
  },
})
const { experiment, source, fingerprints } = await openExperiment(readExperiment(studyFile('small.yaml')))
let study = store.latestStudy()
if (study === undefined) {
  const { name, seed, direction, metric, lag } = experiment
  study = store.createStudy({
    name,
    seed,
    direction,
    metric,
    tieMetric: null,
    lag,
    experiment,
    fingerprints,
    codeVersion: '0',
  })
} else store.acquireLease(study.id)
await runStudy({
  study,
  space: experiment.space,
  stages: experiment.stages,
  limits: { trialTimeoutMs: null, retries: 0, maxFailures: null, maxEpochs: null },
  store,
  executor: createInlineExecutor(source, { slots: 2 }),
  listener: () => {},
  say: () => {},
  host: 'here',
  signal: new AbortController().signal,
})
writer.close()
console.log(writes)

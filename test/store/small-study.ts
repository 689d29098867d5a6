import type { StudyWriter } from '../../src/store/store.ts'
import { newStudy, outcome, spec, stage } from '../../src/testing/store/records.ts'

/** How many trials the small study has. */
const TRIALS = 3

/** Does what a study does to its store, from wherever it stands to its end. */
export function runSmallStudy(store: StudyWriter): void {
  const study = store.findStudy('small') ?? store.createStudy(newStudy({ name: 'small' }))
  if (study.state === 'complete') return
  store.acquireLease(study.id)
  if (store.stages(study.id).length === 0) store.addStage(study.id, stage({ trials: TRIALS }))
  const done = new Set(store.trials(study.id, { states: ['complete', 'failed'] }).map(({ number }) => number))
  for (let number = 0; number < TRIALS; number++) {
    if (done.has(number)) continue
    store.startTrial(study.id, spec(number), 'a-host')
    if (number === 1) store.flush()
    const failed = {
      state: 'failed' as const,
      error: { code: 'threw', message: 'threw', stack: null },
    }
    const ended = outcome(number, {
      artifact: new Uint8Array([number]),
      ...(number === 1 ? failed : {}),
    })
    store.finishTrial(study.id, number, ended, number !== 1)
    store.keepArtifacts(study.id, [number])
    store.flush()
  }
  store.renewLease(study.id)
  if (store.evaluations(study.id).length === 0) {
    const metrics = { loss: 1, accuracy: 0.5 }
    store.addEvaluation(study.id, { trial: 2, at: 0, part: 'test', examples: 10, metrics, confusion: null })
  }
  store.finishStudy(study.id, 'complete', null)
}

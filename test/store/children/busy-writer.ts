import { openWriter } from '../../../src/store/sqlite-store.ts'
import { newStudy, outcome, spec, stage } from '../../../src/testing/store/records.ts'

/**
 * A process that writes trials of the study "busy" as fast as it can, for ever, the unfinished ones first. After each
 * flush it tells how many trials are finished.
 */
const [, , file] = process.argv
const store = openWriter(file!)
const study = store.findStudy('busy') ?? store.createStudy(newStudy({ name: 'busy' }))
store.acquireLease(study.id)
if (store.stages(study.id).length === 0) store.addStage(study.id, stage())
const begun = store.trials(study.id)
const unfinished = begun.filter(({ state }) => state !== 'complete').map(({ number }) => number)
let next = begun.length
let finished = begun.length - unfinished.length

function work(): void {
  // Some trials begin and end in one flush, some begin in one and end in the next.
  const batch = [unfinished.shift() ?? next++, unfinished.shift() ?? next++, unfinished.shift() ?? next++]
  for (const number of batch) store.startTrial(study.id, spec(number), 'a-host')
  if (finished % 2 === 0) store.flush()
  for (const number of batch) {
    const artifact = new Uint8Array(10_000).fill(number)
    store.finishTrial(study.id, number, outcome(1 / number, { artifact }), true)
  }
  store.keepArtifacts(study.id, batch.slice(0, 2))
  store.flush()
  finished += batch.length
  process.send!(finished)
  setImmediate(work)
}
process.on('disconnect', () => process.exit())
work()

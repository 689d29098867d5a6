import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Listener, LiveHub } from '../../src/cli/live/hub.ts'
import type { LiveEvent } from '../../src/cli/live/watch.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { createExampleStudy, exampleSpec, STAGES, writeTrial } from '../cli/example-store.ts'

/** Messages up to the end, or up to the one that tells of a trial. */
async function read(listener: Listener, upTo?: number): Promise<LiveEvent[]> {
  const heard: LiveEvent[] = []
  for (let event = await listener.next(); event !== null; event = await listener.next()) {
    heard.push(event)
    if (event.event === 'trials' && numbersIn([event]).includes(upTo ?? -1)) break
  }
  return heard
}

function numbersIn(events: readonly LiveEvent[]): number[] {
  return events.flatMap(({ event, data }) =>
    event === 'trials' ? (JSON.parse(data) as { number: number[] }).number : [],
  )
}

it('lets a page go for which more than 4 MB wait, which holds up no other and goes on where it was', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'finesweep-slow-'))
  const writer = openWriter(join(folder, 'studies.db'))
  const study = createExampleStudy(writer, 'loud')
  writer.addStage(study.id, STAGES[0]!)
  const hub = new LiveHub(join(folder, 'studies.db'))
  try {
    const slow = hub.listen(study, 0)
    const quick = hub.listen(study, 0)
    for (let number = 0; number < 6; number++) {
      writeTrial(writer, study.id, exampleSpec(number), {
        params: exampleSpec(number).params,
        values: [],
        state: 'failed',
        error: { code: 'threw', message: 'x'.repeat(1_000_000) },
      })
      hub.poll()
      expect(numbersIn(await read(quick, number))).toEqual([number])
    }
    // Nothing is left for it to read but that it is over.
    expect(await read(slow)).toEqual([])
    slow.close()
    const back = hub.listen(study, 0)
    expect(numbersIn(await read(back, 5))).toEqual([0, 1, 2, 3, 4, 5])
  } finally {
    hub.close()
    writer.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

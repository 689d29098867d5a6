import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { makePage } from '../../src/cli/live/app.ts'
import { LiveHub } from '../../src/cli/live/hub.ts'
import { KeptPages } from '../../src/cli/live/pages.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import type { StudyRecord } from '../../src/store/store.ts'
import { createExampleStudy, EXAMPLE_TRIALS, exampleSpec, STAGES, writeTrial } from '../cli/example-store.ts'
import { study } from '../picture/studies.ts'

/** Pages that say how many were made, each of which takes 100 ms by their clock. */
function counted() {
  let made = 0
  const clock = { now: 0 }
  const make = async () => {
    clock.now += 100
    return { html: `page ${++made}`, records: study() }
  }
  return { pages: new KeptPages(make, () => clock.now), clock }
}

const one = { id: 1 } as StudyRecord
const ended = (version: string) => ({ version, isRunning: false })
const running = (version: string) => ({ version, isRunning: true })

describe('pages kept between viewers', () => {
  it('are made once for all that come while nothing changes', async () => {
    const { pages } = counted()
    const both = await Promise.all([pages.get(one, ended('a')), pages.get(one, ended('a'))])
    expect(both.map(({ html }) => html)).toEqual(['page 1', 'page 1'])
    const third = await pages.get(one, ended('a'))
    expect(gunzipSync(third.gzip).toString()).toBe('page 1')
  })

  it('are made again after a change', async () => {
    const { pages } = counted()
    await pages.get(one, ended('a'))
    expect((await pages.get(one, ended('b'))).html).toBe('page 2')
  })

  it('of a study that runs are sent again for ten times as long as one takes, and not when it has ended', async () => {
    const { pages, clock } = counted()
    await pages.get(one, running('a'))
    clock.now += 999
    expect((await pages.get(one, running('b'))).html).toBe('page 1')
    expect((await pages.get(one, ended('c'))).html).toBe('page 2')
    const { pages: others, clock: later } = counted()
    await others.get(one, running('a'))
    later.now += 1001
    expect((await others.get(one, running('b'))).html).toBe('page 2')
  })

  it('are tried again after a failure', async () => {
    let tries = 0
    const pages = new KeptPages(async () => {
      if (++tries === 1) throw new Error('locked')
      return { html: 'page', records: study() }
    })
    await expect(pages.get(one, ended('a'))).rejects.toThrow('locked')
    expect((await pages.get(one, ended('a'))).html).toBe('page')
  })

  it('are not kept for every study of a store', async () => {
    const { pages } = counted()
    for (const id of [1, 2, 3, 4, 5]) await pages.get({ id } as StudyRecord, ended('a'))
    expect(pages.recordsOf(1)).toBeUndefined()
    expect(pages.recordsOf(2)).toBeDefined()
    expect((await pages.get(one, ended('a'))).html).toBe('page 6')
  })
})

it('a page that is older than the study hears what it lacks: stages, trials and curves', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'finesweep-pages-'))
  const writer = openWriter(join(folder, 'studies.db'))
  const begun = createExampleStudy(writer, 'growing')
  writer.addStage(begun.id, STAGES[0]!)
  const write = (number: number) => writeTrial(writer, begun.id, exampleSpec(number), EXAMPLE_TRIALS[number]!)
  for (let number = 0; number < 4; number++) write(number)
  const hub = new LiveHub(join(folder, 'studies.db'), makePage)
  try {
    hub.poll()
    const { html } = await hub.page(begun)
    const from = Number(/&from=(\d+)"/.exec(html)![1])
    expect(from).toBe(4)
    for (let number = 4; number < 6; number++) write(number)
    writer.addStage(begun.id, STAGES[1]!)
    for (let number = 6; number < 8; number++) write(number)
    const listener = hub.listen(begun, from)
    const heard = new Map<string, unknown>()
    while (!heard.has('summary')) {
      const { event, data } = (await listener.next())!
      heard.set(event, JSON.parse(data))
    }
    expect(heard.get('stages')).toHaveLength(2)
    expect(heard.get('trials')).toMatchObject({ number: [4, 5, 6, 7] })
    const curves = heard.get('curves') as { trial: number }[]
    expect(curves.map(({ trial }) => trial)).toEqual(expect.arrayContaining([6, 7]))
    writer.finishStudy(begun.id, 'complete', null)
    hub.poll()
    const complete = hub.reader.findStudy('growing')!
    expect((await hub.page(complete)).records.trials).toHaveLength(8)
  } finally {
    hub.close()
    writer.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

it('a page that was made before there were enough trials hears how much each parameter mattered', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'finesweep-importance-'))
  const writer = openWriter(join(folder, 'studies.db'))
  const begun = createExampleStudy(writer, 'growing')
  writer.addStage(begun.id, { ...STAGES[0]!, trials: 20 })
  const write = (number: number) => {
    const spec = { ...exampleSpec(0), number, params: { learningRate: 1e-3, reg: 1, dropout: number / 40 } }
    writeTrial(writer, begun.id, spec, { params: spec.params, values: [number / 40] })
  }
  write(0)
  const hub = new LiveHub(join(folder, 'studies.db'), makePage)
  try {
    hub.poll()
    expect((await hub.page(begun)).records.importance).toBeNull()
    for (let number = 1; number < 20; number++) write(number)
    writer.finishStudy(begun.id, 'complete', null)
    const listener = hub.listen(begun, 1)
    let message = await listener.next()
    while (message!.event !== 'summary') message = await listener.next()
    const { importance } = JSON.parse(message!.data)
    expect(importance[0]).toMatchObject({ name: 'dropout' })
    expect(importance[0].whole).toBeGreaterThan(0.9)
  } finally {
    hub.close()
    writer.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

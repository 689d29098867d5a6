import { hostname } from 'node:os'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { findProcess, thisProcess } from '../../src/process-identity.ts'
import { heldBySomebodyElse, isLive, leaseLost } from '../../src/store/lease.ts'
import { openReader, openWriter } from '../../src/store/sqlite-store.ts'
import { newStudy, outcome, spec } from '../../src/testing/store/records.ts'
import { ask, ended, nextMessage, startChild } from './children/start.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let files = 0
const newFile = (): string => `${folder}/lease-${files++}.db`

/** A store with one study, whose lease is as `row` says. */
function storeLeasedTo(row: {
  host: string
  pid: number
  process: string | null
  heartbeatAt: number
}): string {
  const file = newFile()
  const store = openWriter(file)
  store.createStudy(newStudy())
  store.close()
  const db = new Database(file)
  db.prepare("INSERT INTO leases VALUES (1, 'another', @host, @pid, @process, 0, @heartbeatAt)").run(row)
  db.close()
  return file
}

describe('a lease', () => {
  const held = { token: 't', host: hostname(), pid: process.pid, process: null, since: 0, heartbeatAt: 0 }

  it('that another holds says what to do: wait where its process is seen, or for a minute without a heartbeat', () => {
    const told = (lease: typeof held) => heldBySomebodyElse('s', lease).hint
    expect(told({ ...held, ...thisProcess() } as typeof held)).toBe('Wait until it ends, or stop it first.')
    expect(told({ ...held, host: 'elsewhere' })).toBe(
      'If it has died, the study is free 60 s after its last heartbeat.',
    )
  })

  it('that was lost says to whom', () => {
    expect(leaseLost('s', { ...held, host: 'b-host', pid: 17 })).toMatchObject({
      code: 'store',
      message: 'Study "s": this process lost its lease; pid 17 on host b-host runs it now',
      hint: 'Resume the study: uncommitted trials are rerun.',
    })
    expect(leaseLost('s', undefined).message).toBe(
      'Study "s": this process lost its lease; no process holds it now',
    )
  })

  it('on another host is live for less than a minute after its heartbeat', () => {
    const elsewhere = { ...held, host: 'elsewhere', heartbeatAt: 5000 }
    expect([0, 5000, 64_999, 65_000].map((now) => isLive(elsewhere, now))).toEqual([true, true, true, false])
  })

  it('keeps a second writer out, even one of the same process, and says who holds it since when', () => {
    const file = newFile()
    const first = openWriter(file, { now: () => 1_700_000_000_000 })
    const { id } = first.createStudy(newStudy())
    const second = openWriter(file)
    expect(() => second.acquireLease(id)).toThrow(
      `Study "quickstart" is being run by pid ${process.pid} on host ${hostname()} (since 2023-11-14T22:13:20.000Z)`,
    )
    first.close()
    second.acquireLease(id)
    second.close()
  })

  it('lets two writers run two studies in one file at once', () => {
    const file = newFile()
    const stores = [openWriter(file), openWriter(file)]
    const ids = stores.map((store, k) => store.createStudy(newStudy({ name: `study-${k}` })).id)
    for (let number = 0; number < 10; number++) {
      for (const [k, store] of stores.entries()) store.startTrial(ids[k]!, spec(number), 'a-host')
      for (const [k, store] of stores.entries()) {
        store.finishTrial(ids[k]!, number, outcome(k), false)
        store.flush()
      }
    }
    expect(ids.map((id) => stores[0]!.countTrials(id).complete)).toEqual([10, 10])
    for (const store of stores) store.close()
  })

  it('of a process on another host is live until its heartbeat is a minute old', () => {
    const minute = 60_000
    const heartbeatAt = 1_700_000_000_000
    const file = storeLeasedTo({ host: 'elsewhere', pid: 1, process: null, heartbeatAt })
    const early = openWriter(file, { now: () => heartbeatAt + minute - 1 })
    expect(early.lease(1)).toMatchObject({ host: 'elsewhere', pid: 1 })
    expect(() => early.acquireLease(1)).toThrow('pid 1 on host elsewhere')
    early.close()
    const late = openWriter(file, { now: () => heartbeatAt + minute })
    expect(late.lease(1)).toBeUndefined()
    late.acquireLease(1)
    expect(late.lease(1)).toMatchObject({ host: hostname(), pid: process.pid })
    late.close()
  })

  it('of a live process on this host is live however old its heartbeat', () => {
    const file = storeLeasedTo({ ...thisProcess(), heartbeatAt: 0 })
    const store = openWriter(file)
    expect(() => store.acquireLease(1)).toThrow(UserError)
    store.close()
  })

  it('does not take a process that was given the same pid for its holder', () => {
    const identity = thisProcess()
    if (identity.process === null) return
    const earlier = identity.process.replace(/\d+$/, (ticks) => String(Number(ticks) - 1))
    expect(findProcess(identity)).toBe('alive')
    expect(findProcess({ ...identity, process: earlier })).toBe('gone')
    const [boot, namespace, start] = identity.process.split(':')
    expect(findProcess({ ...identity, process: `another:${namespace}:${start}` })).toBe('gone')
    expect(findProcess({ ...identity, process: `${boot}:0:${start}` })).toBe('unknown')
    const store = openWriter(storeLeasedTo({ ...identity, process: earlier, heartbeatAt: Date.now() }))
    store.acquireLease(1)
    store.close()
  })

  it('that was lost to another writer stops the one that had it from writing', () => {
    const file = newFile()
    const suspended = openWriter(file)
    const { id } = suspended.createStudy(newStudy())
    suspended.startTrial(id, spec(0), 'a-host')
    suspended.flush()
    const db = new Database(file)
    db.exec('DELETE FROM leases')
    db.close()
    const other = openWriter(file)
    other.acquireLease(id)
    other.startTrial(id, spec(0), 'b-host')
    other.flush()
    suspended.finishTrial(id, 0, outcome(0.5), false)
    expect(() => suspended.flush()).toThrow('lost its lease')
    expect(() => suspended.renewLease(id)).toThrow('lost its lease')
    other.finishTrial(id, 0, outcome(0.25), false)
    other.releaseLease(id)
    suspended.acquireLease(id)
    suspended.flush()
    expect(() => suspended.startTrial(id, spec(0), 'a-host')).toThrow('Trial 0 is complete')
    suspended.close()
    other.close()
    const back = openWriter(file)
    expect(back.trial(id, 0)).toMatchObject({ value: 0.25, attempts: 2, host: 'b-host' })
    back.close()
  })

  it('goes to one of several processes that ask at once, for a new file, a new study and an old one', async () => {
    const file = newFile()
    const rivals = [startChild('rival', file), startChild('rival', file), startChild('rival', file)]
    await Promise.all(rivals.map((rival) => nextMessage(rival)))
    for (const command of ['create first', 'create second', 'acquire 1', 'acquire 2', 'acquire 1']) {
      const answers = await Promise.all(rivals.map((rival) => ask<string>(rival, command)))
      expect(answers.filter((answer) => answer === 'won')).toHaveLength(1)
      const winner = rivals[answers.indexOf('won')]!
      const told = command.startsWith('create') ? 'already exists' : `is being run by pid ${winner.pid}`
      for (const answer of answers) if (answer !== 'won') expect(answer).toContain(told)
      await Promise.all(rivals.map((rival) => ask(rival, 'close')))
    }
    for (let round = 0; round < 5; round++) {
      const names = await Promise.all(rivals.map((rival) => ask<string>(rival, 'create-free study')))
      const first = 3 * round + 1
      expect(names.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))).toEqual(
        [0, 1, 2].map((k) => `study-${first + k}`),
      )
    }
    for (const rival of rivals) rival.disconnect()
    await Promise.all(rivals.map(ended))
  })

  it('of a process that was killed is free at once', async () => {
    const file = newFile()
    const holder = startChild('rival', file)
    await nextMessage(holder)
    expect(await ask(holder, 'create first')).toBe('won')
    const reader = openReader(file)
    expect(reader.lease(1)).toMatchObject({ pid: holder.pid })
    const store = openWriter(file)
    expect(() => store.acquireLease(1)).toThrow(`pid ${holder.pid}`)
    holder.kill('SIGKILL')
    await ended(holder)
    expect(reader.lease(1)).toBeUndefined()
    store.acquireLease(1)
    expect(reader.lease(1)).toMatchObject({ pid: process.pid })
    store.close()
    reader.close()
  })
})

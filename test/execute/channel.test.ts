import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CHANNEL_BYTES, type Channel, monotonicMs, openChannel } from '../../src/execute/channel.ts'

const NUM_CHANNELS = 3

/** The main thread's side and the worker's of each channel of one memory. */
function openBoth(): { main: Channel[]; worker: Channel[] } {
  const memory = new SharedArrayBuffer(NUM_CHANNELS * CHANNEL_BYTES)
  const open = (): Channel[] => Array.from({ length: NUM_CHANNELS }, (_, index) => openChannel(memory, index))
  return { main: open(), worker: open() }
}

const measurement = { step: 1, value: 2, metrics: { loss: 3 }, seconds: 4 }

/** All that a channel shows. */
function shown(channel: Channel) {
  const { index } = channel
  return [
    index,
    channel.stopRequested(),
    channel.threadId(),
    channel.takenAt(),
    channel.begunAt(),
    channel.heapBytes(),
  ]
}

describe('a channel', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['hrtime'] }))
  afterEach(() => vi.useRealTimers())

  it('is empty at first', () => {
    const { main } = openBoth()
    expect(main.map(shown)).toEqual([
      [0, false, 0, 0, 0, 0],
      [1, false, 0, 0, 0, 0],
      [2, false, 0, 0, 0, 0],
    ])
  })

  it('shows what the other side wrote, each thing apart, and nothing of its neighbours', () => {
    const { main, worker } = openBoth()
    vi.advanceTimersByTime(1000)
    worker[1]!.take(7)
    expect(shown(main[1]!)).toEqual([1, false, 7, monotonicMs(), 0, 0])
    const takenAt = monotonicMs()
    vi.advanceTimersByTime(50)
    worker[1]!.begin(4096)
    expect(shown(main[1]!)).toEqual([1, false, 7, takenAt, takenAt + 50, 4096])
    main[1]!.requestStop()
    expect(shown(worker[1]!)).toEqual([1, true, 7, takenAt, takenAt + 50, 4096])
    worker[1]!.journal.write(measurement)
    expect(main[1]!.journal.read()).toEqual([measurement])
    for (const index of [0, 2]) {
      expect(shown(main[index]!)).toEqual([index, false, 0, 0, 0, 0])
      expect(main[index]!.journal.read()).toEqual([])
    }
  })

  it('forgets all of the trial before with a reset', async () => {
    const { main, worker } = openBoth()
    worker[0]!.take(7)
    worker[0]!.begin(4096)
    worker[0]!.journal.write(measurement)
    main[0]!.requestStop()
    main[0]!.giveVerdict('prune')
    main[0]!.reset()
    expect(shown(worker[0]!)).toEqual([0, false, 0, 0, 0, 0])
    expect(main[0]!.journal.read()).toEqual([])
    main[0]!.giveVerdict('go-on')
    expect(await worker[0]!.verdict()).toBe('go-on')
  })

  it('takes a trial with names of its own', () => {
    const { main, worker } = openBoth()
    worker[0]!.take(7)
    worker[0]!.journal.write(measurement)
    main[0]!.reset()
    worker[0]!.take(8)
    worker[0]!.journal.write(measurement)
    expect(main[0]!.journal.read()).toEqual([measurement])
  })

  it.each(['go-on', 'prune', 'stop'] as const)(
    'gives the verdict "%s" once, whether it is there or awaited',
    async (verdict) => {
      const { main, worker } = openBoth()
      main[2]!.giveVerdict(verdict)
      expect(await worker[2]!.verdict()).toBe(verdict)
      const next = worker[2]!.verdict()
      let isThere = false
      void next.then(() => {
        isThere = true
      })
      await new Promise(setImmediate)
      expect(isThere).toBe(false)
      main[2]!.giveVerdict('stop')
      expect(await next).toBe('stop')
    },
  )
})

it('the monotonic clock counts milliseconds', () => {
  vi.spyOn(process, 'hrtime').mockReturnValue([3, 250_000_000])
  expect(monotonicMs()).toBe(3250)
  vi.restoreAllMocks()
})

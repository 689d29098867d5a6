import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createProgress } from '../../src/cli/progress.ts'
import type { StudyRecord } from '../../src/store/store.ts'
import type { StudyEvent } from '../../src/study/events.ts'
import type { TrialRecord } from '../../src/trial.ts'
import { CapturedStream } from './capture.ts'
import { EXAMPLE_TRIALS, exampleSpec, PLANS, STAGES } from './example-store.ts'

const STUDY = {
  id: 1,
  name: 'quickstart',
  seed: 42,
  direction: 'maximize',
  metric: 'validAccuracy',
  experiment: null,
} as unknown as StudyRecord

const STARTED: StudyEvent = {
  kind: 'study-started',
  study: STUDY,
  stages: PLANS,
  workers: 2,
  host: 'here',
  finished: 0,
  best: null,
}

/** The events of the example study, one trial after the other. */
function* exampleEvents(): Generator<StudyEvent> {
  yield STARTED
  for (const stage of STAGES) {
    yield { kind: 'stage-started', stage, finished: 0 }
    for (let number = stage.firstTrial; number < stage.firstTrial + stage.trials; number++) {
      const { values, state = 'complete', error = null } = EXAMPLE_TRIALS[number]!
      const spec = exampleSpec(number)
      yield { kind: 'trial-started', spec, attempt: 1 }
      for (const [i, value] of values.entries()) {
        yield {
          kind: 'measured',
          trial: number,
          measurement: { step: i + 1, value, metrics: {}, seconds: 1 },
        }
      }
      const record: TrialRecord = {
        ...spec,
        state: state === 'stopped' ? 'failed' : state,
        value: values.at(-1) ?? null,
        epochs: values.length,
        metrics: {},
        error: error === null ? null : { ...error, stack: null },
        attempts: 1,
        arithmetic: null,
        host: null,
        tie: null,
        slot: null,
        origin: null,
        startedAt: number * 6000,
        durationMs: 4000,
      }
      yield { kind: 'trial-finished', record }
    }
    yield { kind: 'stage-finished', stage }
  }
  yield { kind: 'study-finished', state: 'complete', endReason: null }
}

/** Plays the example study, an event every 2 s. */
function play(stream: CapturedStream, options: { quiet?: boolean; env?: Record<string, string> } = {}): void {
  let time = 0
  const progress = createProgress({
    stream,
    env: options.env ?? {},
    quiet: options.quiet ?? false,
    now: () => time,
  })
  for (const event of exampleEvents()) {
    progress.listener(event)
    time += 2000
  }
  progress.close()
  progress.close()
}

const LOG = [
  'quickstart: 9 trials in 2 stages; seed 42, 2 workers',
  'quickstart coarse 1/6: trial 0 complete, validAccuracy 0.1012; best 0 with 0.1012; 8 s, about 1 min 52 s left',
  'Trial 1 diverged: loss became NaN in epoch 1, step 32. Replay it alone: finesweep replay quickstart 1',
  'Trial 3 failed: took longer than 5 s. Replay it alone: finesweep replay quickstart 3',
]

describe('progress', () => {
  it('is lines that grep well where there is no terminal, at most one in 10 s for finished trials', () => {
    const stream = new CapturedStream()
    play(stream)
    const lines = stream.text.trim().split('\n')
    for (const line of LOG) expect(lines).toContain(line)
    expect(stream.text).toBe(stripVTControlCharacters(stream.text))
    expect(lines.filter((line) => line.startsWith('quickstart coarse'))).toHaveLength(3)
    const head =
      'coarse done: 6 trials, 4 epochs, 34 s, 1 diverged, 1 failed. Narrowing to the best 40 % (2 trials):'
    expect(lines.slice(lines.indexOf(head)).slice(1, 4)).toEqual([
      '  lr       [1e-6, 10]  -> [1.9e-4, 8.8e-3]  narrowed to 1.7 of 7 decades; all 2 diverged trials lie above 0.31',
      '  reg      [1e-5, 1e5] -> [2.2e-7, 0.31]    best 1.4e-5 lies at the lower edge: moved 1.7 decades below it',
      '  dropout  [0, 0.95]   kept                 the best trials are distributed like all trials (p = 0.42)',
    ])
  })

  it('tells how far the data are before the study begins', () => {
    for (const [window, expected] of [
      [undefined, 'Finding 100 principal components\n'],
      [{ columns: 80, rows: 24 }, 'Finding 100 principal components: 43 %'],
    ] as const) {
      const stream = new CapturedStream(window)
      const progress = createProgress({ stream, env: {}, quiet: false })
      progress.preparing('finding 100 principal components', 0.42)
      progress.preparing('finding 100 principal components', 0.435)
      // What is printed draws the picture below it at once.
      if (window !== undefined) progress.print('a sentence')
      expect(stripVTControlCharacters(stream.text)).toContain(expected)
      progress.close()
    }
  })

  it('is nothing at all when it is to be quiet', () => {
    for (const window of [undefined, { columns: 80, rows: 24 }]) {
      const stream = new CapturedStream(window)
      play(stream, { quiet: true })
      expect(stream.text).toBe('')
    }
  })

  it('is redrawn in place on a terminal, and gives the cursor back', () => {
    const stream = new CapturedStream({ columns: 80, rows: 24 })
    const listeners = process.listenerCount('exit')
    play(stream)
    expect(process.listenerCount('exit')).toBe(listeners)
    const screen = new Screen(80, 40)
    screen.write(stream.text)
    expect(screen.cursorIsVisible).toBe(true)
    const shown = screen.lines()
    expect(shown[0]).toBe(LOG[0])
    expect(shown).toContain('Trial 1 diverged: loss became NaN in epoch 1, step 32. Replay it alone:')
    // The picture itself is gone; what was decided stays.
    expect(shown.join('\n')).not.toContain(' · ')
    expect(shown.join('\n')).toContain('best 1.4e-5 lies at the lower edge:')
  })

  it('leaves no line behind where the terminal echoes ^C over it', () => {
    class Echoing extends CapturedStream {
      override write(text: string, done?: (error?: Error | null) => void): boolean {
        return super.write(text.includes('\x1b[?25l') ? `${text}^C` : text, done)
      }
    }
    const stream = new Echoing({ columns: 60, rows: 24 })
    play(stream)
    const screen = new Screen(60, 60)
    screen.write(stream.text)
    expect(screen.lines().join('\n')).not.toContain(' · ')
  })

  it('asks the terminal how wide it is, and breaks no sentence within a word', () => {
    class Narrowed extends CapturedStream {
      getWindowSize(): [number, number] {
        return [40, 24]
      }
    }
    const stream = new Narrowed({ columns: 80, rows: 24 })
    const progress = createProgress({ stream, env: {}, quiet: false })
    for (const event of [...exampleEvents()].slice(0, 4)) progress.listener(event)
    progress.print('Stopping: no new trials; running ones may finish. Ctrl-C again stops at once.')
    progress.close()
    const lines = stripVTControlCharacters(stream.text).split(/[\r\n]+/)
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(40)
  })

  it('draws nothing in place on a dumb terminal, and no colours with NO_COLOR', () => {
    const dumb = new CapturedStream({ columns: 80, rows: 24 })
    play(dumb, { env: { TERM: 'dumb' } })
    expect(dumb.text).toBe(stripVTControlCharacters(dumb.text))
    const plain = new CapturedStream({ columns: 80, rows: 24 })
    play(plain, { env: { NO_COLOR: '1' } })
    expect(plain.text).not.toContain('\x1b[31m')
    expect(plain.text).toContain('\x1b[?25h')
  })

  it('does not tell again what an earlier process told, and knows its best trial', () => {
    const stream = new CapturedStream()
    const progress = createProgress({ stream, env: {}, quiet: false, now: () => 0 })
    const events = [...exampleEvents()]
    const best = { number: 2, state: 'complete', params: {}, epochs: 1, value: 0.9 }
    progress.listener({ ...events[0]!, finished: 7, best } as StudyEvent)
    progress.listener({ kind: 'stage-started', stage: STAGES[0]!, finished: 6 })
    progress.listener({ kind: 'stage-finished', stage: STAGES[0]! })
    progress.listener({ kind: 'stage-started', stage: STAGES[1]!, finished: 1 })
    for (const event of events.slice(-6, -2)) progress.listener(event)
    progress.close()
    expect(stream.text).toContain('9 trials in 2 stages, 7 of them already finished; seed 42')
    expect(stream.text).not.toContain('Narrowing')
    expect(stream.text).toContain('best 2 with 0.9000')
  })

  it('tells of a stage that two processes ran what this one can know', () => {
    const stream = new CapturedStream()
    const progress = createProgress({ stream, env: {}, quiet: false, now: () => 0 })
    const events = [...exampleEvents()]
    progress.listener({ ...events[0]!, finished: 4 } as StudyEvent)
    progress.listener({ kind: 'stage-started', stage: STAGES[0]!, finished: 4 })
    const first = events.findIndex((event) => event.kind === 'trial-finished')
    const second = events.findIndex((event, i) => i > first && event.kind === 'trial-finished')
    for (const i of [first, second]) progress.listener(events[i]!)
    progress.listener({ kind: 'stage-finished', stage: STAGES[0]! })
    progress.listener({ kind: 'stage-started', stage: STAGES[1]!, finished: 0 })
    progress.close()
    expect(stream.text).toContain('coarse done: 6 trials. Narrowing to the best 40 % (2 trials):')
  })

  it('counts mishaps after the first few', () => {
    const stream = new CapturedStream()
    const progress = createProgress({ stream, env: {}, quiet: false, dbOption: ' --db F', now: () => 0 })
    progress.listener(STARTED)
    progress.listener({ kind: 'stage-started', stage: STAGES[0]!, finished: 0 })
    const diverged = [...exampleEvents()].find(
      (event) => event.kind === 'trial-finished' && event.record.state === 'diverged',
    )!
    for (let i = 0; i < 20; i++) progress.listener(diverged)
    progress.close()
    expect(stream.text.match(/Replay it alone: finesweep replay quickstart 1 --db F/g)).toHaveLength(5)
    expect(stream.text.match(/only counted/g)).toHaveLength(1)
  })
})

const ESC = '\x1b'
const TOKEN = new RegExp(`${ESC}\\[[?\\d;]*[a-zA-Z]|.|\\n|\\r`, 'g')
const CURSOR_UP = new RegExp(`^${ESC}\\[(\\d+)A$`)
const COLOUR = new RegExp(`^${ESC}\\[\\d+m$`)

/** As much of a terminal as the picture uses: it fails on any other control sequence. */
class Screen {
  cursorIsVisible = true
  readonly #columns: number
  readonly #cells: string[][]
  #row = 0
  #column = 0

  constructor(columns: number, rows: number) {
    this.#columns = columns
    this.#cells = Array.from({ length: rows }, () => [])
  }

  lines(): string[] {
    return this.#cells.map((cells) =>
      Array.from(cells, (cell) => cell ?? ' ')
        .join('')
        .trimEnd(),
    )
  }

  write(text: string): void {
    for (const [token] of text.matchAll(TOKEN)) this.#take(token)
  }

  #take(token: string): void {
    const up = CURSOR_UP.exec(token)
    if (up !== null) this.#row = Math.max(0, this.#row - Number(up[1]))
    else if (token === '\x1b[K') this.#cells[this.#row]!.length = this.#column
    else if (token === '\x1b[J') {
      this.#cells[this.#row]!.length = this.#column
      for (let row = this.#row + 1; row < this.#cells.length; row++) this.#cells[row] = []
    } else if (token === '\x1b[?25l' || token === '\x1b[?25h') this.cursorIsVisible = token.endsWith('h')
    else if (token === '\r') this.#column = 0
    else if (token === '\n') {
      this.#row++
      this.#column = 0
    } else if (token.startsWith('\x1b')) expect(token).toMatch(COLOUR)
    else {
      if (this.#column === this.#columns) {
        this.#row++
        this.#column = 0
      }
      this.#cells[this.#row]![this.#column++] = token
    }
  }
}

import fc from 'fast-check'
import type { Curve, PictureStage, PictureStudy, PictureTrial } from '../../src/picture/study.ts'
import type { Distribution, Params, ParamValue } from '../../src/space/distribution.ts'
import type { SearchSpace } from '../../src/space/search-space.ts'
import type { TrialState } from '../../src/trial.ts'

export const RATE: Distribution = { kind: 'float', low: 1e-6, high: 10, log: true, step: null, hard: true }
const UNITS: Distribution = { kind: 'int', low: 16, high: 256, log: true, step: 1, hard: false }
const OPTIMIZER: Distribution = { kind: 'categorical', choices: ['sgd', 'adam'], ordered: false }
const MOMENTUM: Distribution = { kind: 'float', low: 0, high: 0.99, log: false, step: null, hard: true }

export const SPACE: SearchSpace = {
  parameters: { learningRate: RATE, units: UNITS, optimizer: OPTIMIZER, momentum: MOMENTUM },
  conditions: { momentum: { optimizer: 'sgd' } },
  constraints: [],
}

const NARROWED: SearchSpace = {
  ...SPACE,
  parameters: {
    ...SPACE.parameters,
    learningRate: { ...RATE, low: 1e-4, high: 0.5 } as Distribution,
    units: { ...UNITS, low: 30, high: 1040 } as Distribution,
  },
}

export function trial(
  number: number,
  value: number | null,
  changes: Partial<PictureTrial> = {},
): PictureTrial {
  return {
    number,
    stage: 0,
    state: value === null ? 'diverged' : 'complete',
    value,
    epochs: value === null ? 0 : 1,
    budget: { epochs: 1 },
    tie: null,
    params: {},
    startedAt: 1_000_000 + number * 500,
    durationMs: 900,
    slot: null,
    host: null,
    imported: false,
    error: null,
    ...changes,
  }
}

export function stage(index: number, changes: Partial<PictureStage> = {}): PictureStage {
  return {
    index,
    name: ['coarse', 'fine', 'finest'][index] ?? `stage-${index + 1}`,
    trials: 8,
    epochs: 1 + 3 * index,
    sampler: 'sobol',
    firstTrial: 8 * index,
    space: SPACE,
    narrowing: null,
    ...changes,
  }
}

export function study(changes: Partial<PictureStudy> = {}): PictureStudy {
  return {
    name: 'small',
    direction: 'maximize',
    metric: 'validAccuracy',
    stages: [stage(0)],
    trials: [],
    curves: [],
    importance: null,
    ...changes,
  }
}

/** Two stages, a diverged and a failed trial, a conditional and a categorical parameter, a range that moved. */
export function twoStages(direction: 'maximize' | 'minimize' = 'maximize'): PictureStudy {
  const sign = direction === 'maximize' ? 1 : -1
  const params = (i: number): Params => ({
    learningRate: 10 ** ((i * 0.61) % 7) * 1e-6,
    units: 16 + ((i * 37) % 240),
    optimizer: i % 2 === 0 ? 'sgd' : 'adam',
    ...(i % 2 === 0 ? { momentum: ((i * 29) % 99) / 100 } : {}),
  })
  const trials = Array.from({ length: 24 }, (_, i): PictureTrial => {
    const second = i >= 16
    const missing = i === 5 || i === 11
    const value = missing ? null : sign * (0.3 + ((i * 7) % 16) / 40 + (second ? 0.15 : 0))
    return trial(i, value, {
      stage: second ? 1 : 0,
      epochs: missing ? 0 : second ? 4 : 1,
      budget: { epochs: second ? 4 : 1 },
      state: i === 5 ? 'diverged' : i === 11 ? 'failed' : 'complete',
      params: params(i),
      startedAt: 1_000_000 + Math.floor(i / 2) * 1000 + (i % 2) * 20,
      durationMs: 900 + (i % 3) * 20,
    })
  })
  const curves = trials
    .filter(({ value }) => value !== null)
    .map(({ number, epochs, value }): Curve => {
      const steps = Array.from({ length: epochs }, (_, k) => k + 1)
      const values = steps.map((step) => value! - (sign * (epochs - step)) / 20)
      return {
        trial: number,
        steps,
        values,
        metrics: { validAccuracy: values, trainLoss: steps.map((step) => 2 / step) },
      }
    })
  const decided = Object.keys(SPACE.parameters).map((name) => ({
    name,
    action: name === 'learningRate' ? 'narrowed' : name === 'units' ? 'moved' : 'kept',
    before: SPACE.parameters[name]!,
    after: NARROWED.parameters[name]!,
    reason: 'best 256 lies at the upper edge',
  }))
  return study({
    direction,
    stages: [
      stage(0, { trials: 16 }),
      stage(1, {
        firstTrial: 16,
        space: NARROWED,
        narrowing: { elite: [13, 6, 15], rootShare: 0.1, parameters: decided },
      }),
    ],
    trials,
    curves,
    importance: [
      { name: 'learningRate', whole: 0.7, here: 0.4, total: 0.8, withOthers: false },
      { name: 'units', whole: 0.2, here: 0.5, total: 0.5, withOthers: true },
    ],
  })
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 })
const name = fc.oneof(
  fc.constantFrom(
    'learningRate',
    '</script>',
    '"><img src=x onerror=alert(1)>',
    'a\u202Eb',
    'x\u0000y',
    '工作单位',
    '\ud800',
  ),
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
)
const state = fc.constantFrom<TrialState>('complete', 'pruned', 'diverged', 'failed', 'running', 'waiting')

const distribution: fc.Arbitrary<Distribution> = fc.oneof(
  fc.tuple(finite, finite).map(
    ([a, b]): Distribution => ({
      kind: 'float',
      low: Math.min(a, b),
      high: Math.max(a, b) + 1e-9,
      log: false,
      step: null,
      hard: true,
    }),
  ),
  fc
    .tuple(fc.double({ min: 1e-12, max: 1, noNaN: true }), fc.double({ min: 1.0001, max: 1e12, noNaN: true }))
    .map(
      ([low, ratio]): Distribution => ({
        kind: 'float',
        low,
        high: low * ratio,
        log: true,
        step: null,
        hard: true,
      }),
    ),
  fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 1000 }), fc.boolean()).map(
    ([low, width, log]): Distribution => ({
      kind: 'int',
      low,
      high: low + width,
      log,
      step: 1,
      hard: true,
    }),
  ),
  fc
    .uniqueArray(fc.oneof(name, fc.integer(), fc.boolean()), { minLength: 1, maxLength: 6 })
    .map((choices): Distribution => ({ kind: 'categorical', choices, ordered: false })),
)

function valueIn(range: Distribution, u: number): ParamValue {
  if (range.kind === 'fixed') return range.value
  if (range.kind === 'categorical') return range.choices[Math.floor(u * range.choices.length)]!
  const value = range.low + u * (range.high - range.low)
  return range.kind === 'int' ? Math.round(value) : value
}

/** Any space, and any mixture of states, values and missing parameters. */
export const anyStudy: fc.Arbitrary<PictureStudy> = fc
  .record({
    ranges: fc.uniqueArray(fc.tuple(name, distribution), { maxLength: 5, selector: ([each]) => each }),
    trials: fc.array(
      fc.record({
        state,
        value: finite,
        us: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 5, maxLength: 5 }),
        stage: fc.nat(2),
        absent: fc.boolean(),
      }),
      { maxLength: 30 },
    ),
    stages: fc.integer({ min: 0, max: 3 }),
    direction: fc.constantFrom('maximize' as const, 'minimize' as const),
    title: name,
    metric: name,
  })
  .map(({ ranges, trials, stages, direction, title, metric }): PictureStudy => {
    const space: SearchSpace = { parameters: Object.fromEntries(ranges), conditions: {}, constraints: [] }
    const made = trials.map((each, i) => {
      const valued = each.state === 'complete' || each.state === 'pruned'
      return trial(i, valued ? each.value : null, {
        state: each.state,
        stage: Math.min(each.stage, Math.max(0, stages - 1)),
        epochs: valued ? 1 + (i % 4) : 0,
        params: Object.fromEntries(
          ranges.flatMap(([key, range], k) =>
            each.absent && k === 0 ? [] : [[key, valueIn(range, each.us[k]!)]],
          ),
        ),
        startedAt: each.state === 'waiting' ? null : i * 100,
        durationMs: valued ? each.us[0]! * 1000 : null,
      })
    })
    return study({
      name: title,
      metric,
      direction,
      trials: made,
      stages: Array.from({ length: stages }, (_, i) =>
        stage(i, {
          space,
          name: `${title}${i}`,
          narrowing: i === 0 ? null : { elite: [0, 1], rootShare: 0.1, parameters: [] },
        }),
      ),
      curves: made
        .filter(({ epochs }) => epochs > 0)
        .map((each): Curve => {
          const steps = Array.from({ length: each.epochs }, (_, k) => k + 1)
          return {
            trial: each.number,
            steps,
            values: steps.map((k) => each.value! / k),
            metrics: { [metric]: steps.map((k) => (k === 2 ? null : each.value! / k)) },
          }
        }),
    })
  })

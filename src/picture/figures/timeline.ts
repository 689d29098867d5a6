import { min } from 'd3-array'
import { countOf, formatDuration, formatPercent } from '../../report/numbers.ts'
import { bandAxisDown, numberScale } from '../axis.ts'
import {
  type Box,
  emptyFigure,
  type Figure,
  lines,
  type Mark,
  type Point,
  panel,
  stageRole,
  type Tick,
} from '../figure.ts'
import type { PictureOptions } from '../options.ts'
import { stageLegend } from '../select.ts'
import { isMishap, type PictureStudy, type PictureTrial } from '../study.ts'

/** One trial on its lane; times in milliseconds since the first start. */
export interface TimelineBar {
  readonly trial: number
  readonly stage: number
  readonly lane: number
  readonly from: number
  readonly to: number
  readonly mishap: boolean
}

export interface TimelineData {
  readonly study: PictureStudy
  readonly bars: readonly TimelineBar[]
  readonly lanes: number
  readonly span: number
  /** The share of all lanes' time in which a trial ran. */
  readonly busy: number
  /** Where each stage but the first begins. */
  readonly stageStarts: readonly number[]
  /** True if the lanes are packed from the times, because the store does not say which worker ran a trial. */
  readonly packed: boolean
  /** One for each lane. */
  readonly names: readonly string[]
}

export function timelineData(study: PictureStudy, options: PictureOptions = {}): TimelineData {
  const timed = study.trials
    .filter((trial) => trial.startedAt !== null && trial.durationMs !== null)
    .filter(({ stage }) => options.stage === undefined || stage === options.stage)
  const begin = timed.reduce((least, { startedAt }) => Math.min(least, startedAt!), Number.POSITIVE_INFINITY)
  const spans = timed.map((trial) => ({
    from: trial.startedAt! - begin,
    to: trial.startedAt! - begin + trial.durationMs!,
  }))
  const packed = timed.some(({ slot }) => slot === null)
  const workers = packed ? [] : workersOf(timed)
  const lanes = packed
    ? packLanes(spans)
    : timed.map(({ host, slot }) =>
        workers.findIndex((worker) => worker.host === host && worker.slot === slot),
      )
  const bars = timed.map(
    (trial, i): TimelineBar => ({
      trial: trial.number,
      stage: trial.stage,
      lane: lanes[i]!,
      mishap: isMishap(trial),
      ...spans[i]!,
    }),
  )
  const span = bars.reduce((most, { to }) => Math.max(most, to), 0)
  const count = lanes.reduce((most, lane) => Math.max(most, lane + 1), 0)
  const worked = bars.reduce((sum, { from, to }) => sum + to - from, 0)
  const starts = study.stages.flatMap(({ index }) => {
    const of = bars.filter(({ stage }) => stage === index)
    return min(of, ({ from }) => from) ?? []
  })
  const busy = span > 0 && count > 0 ? Math.min(1, worked / (span * count)) : 0
  return {
    study,
    bars,
    lanes: count,
    span,
    busy,
    stageStarts: starts.slice(1),
    packed,
    names: laneNames(count, workers),
  }
}

interface Worker {
  readonly host: number | null
  readonly slot: number
}

/** All workers that ran a trial: by machine in order of appearance, then by slot. */
function workersOf(timed: readonly PictureTrial[]): Worker[] {
  const hosts = [...new Set(timed.map(({ host }) => host))]
  return hosts.flatMap((host) => {
    const slots = new Set(timed.flatMap((trial) => (trial.host === host ? [trial.slot!] : [])))
    return [...slots].sort((a, b) => a - b).map((slot) => ({ host, slot }))
  })
}

/** `1`, `2`; on several machines `host 2 · 1`. The names of machines stay in the store. */
function laneNames(lanes: number, workers: readonly Worker[]): string[] {
  const hosts = [...new Set(workers.map(({ host }) => host))]
  if (hosts.length < 2) return Array.from({ length: lanes }, (_, i) => String((workers[i]?.slot ?? i) + 1))
  return workers.map(({ host, slot }) => `host ${hosts.indexOf(host) + 1} · ${slot + 1}`)
}

/** The lowest free lane for each interval, in order of their starts. Intervals may touch; a small overlap is jitter of clocks. */
export function packLanes(spans: readonly { readonly from: number; readonly to: number }[]): number[] {
  const order = spans.map((_, i) => i).sort((a, b) => spans[a]!.from - spans[b]!.from || a - b)
  const ends: number[] = []
  const lanes: number[] = new Array(spans.length)
  for (const i of order) {
    const { from, to } = spans[i]!
    const slack = Math.min(2, (to - from) / 10)
    const free = ends.findIndex((end) => end <= from + slack)
    const lane = free < 0 ? ends.length : free
    ends[lane] = to
    lanes[i] = lane
  }
  return lanes
}

const TITLE = 'Timeline'

export function timelineFigure(data: TimelineData): Figure {
  const { study, bars, lanes, span, stageStarts } = data
  if (bars.length === 0) return emptyFigure(TITLE, 'No trial has ended.')
  const x = numberScale(0, Math.max(span, 1))
  const room = 1 / lanes
  const box = (bar: TimelineBar): Box => {
    const top = 1 - (bar.lane + 0.12) * room
    return {
      kind: 'box',
      look: 'bar',
      role: bar.mishap ? 'bad' : stageRole(bar.stage),
      x: [x.unit(bar.from), Math.max(x.unit(bar.to) - 0.0008, x.unit(bar.from) + 0.0005)],
      y: [top - room * 0.76, top],
      title: bars.length > 400 ? '' : `trial ${bar.trial}, ${formatDuration(bar.to - bar.from)}`,
    }
  }
  const rule = (at: number): Point[] => [
    [x.unit(at), 0, -1],
    [x.unit(at), 1, -1],
  ]
  const marks: Mark[] = [
    ...joined(bars, span).map(box),
    ...(stageStarts.length === 0 ? [] : [lines('muted', stageStarts.map(rule), { dashed: true, width: 1 })]),
  ]
  const mishap = bars.some((bar) => bar.mishap)
  return {
    title: TITLE,
    summary: `${countOf(bars.length, 'trial')} in ${formatDuration(span)}, ${countOf(lanes, 'lane')}, busy ${formatPercent(data.busy)} of the time.`,
    notes: [
      ...(data.packed
        ? ['Lanes are packed from start times: the store does not say which worker ran a trial.']
        : []),
      ...(bars.length > MANY_BARS
        ? ['Consecutive trials of one stage are joined: a short one between them is not visible.']
        : []),
      'A retried trial shows its last attempt. Pauses between runs are part of the axis.',
    ],
    legend: [
      ...stageLegend(study.stages, 'bar'),
      ...(mishap ? [{ role: 'bad', shape: 'bar', text: 'diverged or failed' } as const] : []),
    ],
    panels: [
      panel({
        x: {
          label: 'since the first trial',
          ticks: timeTicks(span).map((at) => tick(at, x.unit(at))),
          bands: 0,
        },
        y: bandAxisDown(
          '',
          data.names.map((name) => (lanes <= 16 ? name : '')),
        ),
        marks,
        height: Math.min(320, Math.max(lanes * 26, 40)),
      }),
    ],
  }
}

/** Above this many bars, neighbours of one lane and kind are drawn as one. */
const MANY_BARS = 2000

function joined(bars: readonly TimelineBar[], span: number): TimelineBar[] {
  if (bars.length <= MANY_BARS) return [...bars]
  const open = new Map<string, TimelineBar>()
  const done: TimelineBar[] = []
  for (const bar of bars.toSorted((a, b) => a.from - b.from)) {
    const key = `${bar.lane} ${bar.stage} ${bar.mishap}`
    const last = open.get(key)
    if (last !== undefined && bar.from - last.to < span / 1500) {
      open.set(key, { ...last, to: Math.max(last.to, bar.to) })
    } else {
      if (last !== undefined) done.push(last)
      open.set(key, bar)
    }
  }
  return [...done, ...open.values()]
}

const TIME_STEPS = [
  1, 10, 100, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 144e5, 432e5,
  864e5,
]

/** Round times, six at most. */
function timeTicks(span: number): number[] {
  const step = TIME_STEPS.find((each) => span / each <= 6) ?? Math.ceil(span / 6 / 864e5) * 864e5
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, i) => i * step)
}

function tick(ms: number, at: number): Tick {
  return { at, text: ms === 0 ? '0' : formatDuration(ms) }
}

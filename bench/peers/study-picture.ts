import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { numberAxis, numberScale } from '../../src/picture/axis.ts'
import { type Figure, lines, NO_TRIAL, type Point, panel, stageRole } from '../../src/picture/figure.ts'
import { drawSvg } from '../../src/picture/svg.ts'
import { median } from '../train-work.ts'
import { type Found, testAt } from './study.ts'

/** What `--study --json` prints. */
export interface StudyFigures {
  readonly seconds: number
  readonly seeds: number
  readonly workers: number
  /** By search, then by seed. */
  readonly found: Readonly<Record<string, readonly (readonly Found[])[]>>
}

/** Accuracies below this are left out: they come and go in the first seconds. */
const LEAST = 0.4

/** Writes `peers-light.svg` and `peers-dark.svg`: test accuracy against time. */
export function drawStudies(figures: StudyFigures, folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const theme of ['light', 'dark'] as const) {
    const svg = drawSvg(studiesFigure(figures), { width: 760, theme })
    writeFileSync(path.join(folder, `peers-${theme}.svg`), svg)
  }
}

function studiesFigure({ seconds, seeds, workers, found }: StudyFigures): Figure {
  const names = Object.keys(found)
  const most = Math.max(...Object.values(found).flatMap((runs) => runs.flat().map(({ test }) => test)))
  const x = numberScale(0, seconds)
  const y = numberScale(LEAST, most)
  const lineOf = (steps: readonly { readonly seconds: number; readonly test: number }[]): Point[] => {
    const seen = steps.filter(({ test }) => test >= LEAST)
    const [first] = seen
    if (first === undefined) return []
    const places = seen.map((step): Point => [x.unit(step.seconds), y.unit(step.test), NO_TRIAL])
    return [[x.unit(first.seconds), 0, NO_TRIAL], ...places, [x.unit(seconds), places.at(-1)![1], NO_TRIAL]]
  }
  const medians = names.map((name) => {
    const runs = found[name]!
    const times = runs
      .flat()
      .map((best) => best.seconds)
      .sort((a, b) => a - b)
    return times.map((at) => ({ seconds: at, test: median(runs.map((run) => testAt(run, at))) }))
  })
  return {
    title: `CIFAR-10, ${workers} cores: test accuracy of the best network so far`,
    summary: names
      .map((name, i) => `${name}: ${medians[i]!.at(-1)!.test.toFixed(3)} after ${seconds} s`)
      .join('; '),
    notes: [`Medians of ${seeds} seeds; thin lines are single seeds. Below ${LEAST} nothing is drawn.`],
    legend: names.map((name, i) => ({ role: stageRole(i + 1), shape: 'line', text: name })),
    panels: [
      panel({
        x: numberAxis('seconds from the start of the command', x, 8),
        y: numberAxis('test accuracy', y),
        height: 260,
        marks: [
          ...names.map((name, i) =>
            lines(stageRole(i + 1), found[name]!.map(lineOf), { width: 1, opacity: 0.35, steps: true }),
          ),
          // The first one lies on top.
          ...medians
            .map((steps, i) => lines(stageRole(i + 1), [lineOf(steps)], { width: 2.5, steps: true }))
            .reverse(),
        ],
      }),
    ],
  }
}

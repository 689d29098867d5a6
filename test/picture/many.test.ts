import { expect, it } from 'vitest'
import { historyData, historyFigure } from '../../src/picture/figures/history.ts'
import { lossData, lossFigure } from '../../src/picture/figures/loss.ts'
import { timelineData, timelineFigure } from '../../src/picture/figures/timeline.ts'
import { drawSvg } from '../../src/picture/svg.ts'
import { stage, study, trial } from './studies.ts'

/** A function call takes fewer arguments than this. */
const MANY = 150_000

const SVG = { width: 760, theme: 'light' } as const

it('draws more trials than a call takes arguments', () => {
  const trials = Array.from({ length: MANY }, (_, i) => trial(i, (i % 1000) / 1000, { slot: i % 2 }))
  const many = study({ stages: [stage(0, { trials: MANY })], trials })
  const history = drawSvg(historyFigure(historyData(many)), SVG)
  expect(history).toContain('in trial 999 (150,000 trials).')
  expect(history, 'numbers of trials are written out').toContain('>100000</text>')
  expect(drawSvg(timelineFigure(timelineData(many)), SVG)).toContain('150,000 trials in')
})

it('draws a trial with more measurements than a call takes arguments', () => {
  const steps = Array.from({ length: MANY }, (_, i) => i + 1)
  const values = steps.map((step) => 1 - 1 / step)
  const curves = [{ trial: 0, steps, values, metrics: { trainLoss: values } }]
  const long = study({ trials: [trial(0, values.at(-1)!, { epochs: MANY })], curves })
  expect(drawSvg(lossFigure(lossData(long)), SVG)).toContain('</svg>')
})

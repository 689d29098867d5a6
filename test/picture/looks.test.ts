import { expect, it } from 'vitest'
import { confusionFigure } from '../../src/picture/figures/confusion.ts'
import { edfData, edfFigure } from '../../src/picture/figures/edf.ts'
import { historyData, historyFigure } from '../../src/picture/figures/history.ts'
import { importanceData, importanceFigure } from '../../src/picture/figures/importance.ts'
import { lossData, lossFigure } from '../../src/picture/figures/loss.ts'
import { pairsData, pairsFigure } from '../../src/picture/figures/pairs.ts'
import { parallelData, parallelFigure } from '../../src/picture/figures/parallel.ts'
import { answersOf } from '../../src/picture/page/answers.ts'
import { bestTable, trialTable } from '../../src/picture/page/html.ts'
import { drawSvg } from '../../src/picture/svg.ts'
import { drawText } from '../../src/picture/text-figure.ts'
import { displayWidth } from '../../src/report/text.ts'
import type { Distribution } from '../../src/space/distribution.ts'
import { RATE, SPACE, stage, study, trial, twoStages } from './studies.ts'

const FACTS = { winner: null, test: null, sure: [], next: [], canEvaluate: false }

it('names each class of a confusion matrix, cut where there is no room', () => {
  const classes = [
    'airplane',
    'automobile',
    'helicopter',
    'hovercraft',
    'submarine',
    'locomotive',
    'trolleybus',
  ]
  const counts = classes.map((_, i) => classes.map((_, j) => (i === j ? 5 : 1)))
  const svg = drawSvg(confusionFigure({ trial: 1, counts, classes, part: 'test' }), {
    width: 320,
    theme: 'page',
  })
  for (const name of classes) {
    expect(svg.match(new RegExp(`text-anchor="middle"[^>]*>${name.slice(0, 2)}`, 'g')), name).toHaveLength(1)
  }
})

it('draws the loss of a single epoch as a dot', () => {
  const one = study({ trials: [trial(0, 0.5)] })
  const curves = [{ trial: 0, steps: [1], values: [0.5], metrics: { trainLoss: [0.5] } }]
  const [panel] = lossFigure(lossData({ ...one, curves })).panels
  expect(panel!.marks.filter(({ kind }) => kind === 'dots')).toHaveLength(1)
})

it('keeps the name of an axis above its highest tick', () => {
  const distribution = edfFigure(edfData(study({ trials: [trial(0, 0.5), trial(1, 0.6)] })))
  const svg = drawSvg(distribution, { width: 700, theme: 'page' })
  const topOf = (text: string) => Number(new RegExp(`y="([\\d.]+)"[^>]*>${text}</text>`).exec(svg)![1])
  expect(topOf('1') - topOf('share of trials')).toBeGreaterThanOrEqual(13)
})

it.each([40, 60, 80, 120])('keeps each line of a picture in a terminal of %i columns', (width) => {
  const trials = Array.from({ length: 84 }, (_, number) => trial(number, Math.sin(number)))
  const text = drawText(historyFigure(historyData(study({ trials }))), { width, ascii: false, colour: false })
  for (const line of text.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(width)
})

it('gives medians as everybody computes them, of the largest numbers too', () => {
  const summary = (...values: number[]) =>
    edfFigure(edfData(study({ metric: 'loss', trials: values.map((value, i) => trial(i, value)) }))).summary
  expect(summary(4, 1, 3, 2)).toBe('coarse: median 2.5000.')
  expect(summary(3, 1, 2)).toBe('coarse: median 2.0000.')
  expect(summary(1e308, -1e308)).toBe('coarse: median 0.0000.')
  expect(summary(1.5e308, 1e308)).toBe('coarse: median 1.250e308.')
  const params = { learningRate: 1, units: 16 }
  const pair = study({ trials: [1e308, -1e308].map((value, i) => trial(i, value, { params })) })
  const [first] = pairsData(pair, { params: ['learningRate', 'units'] }).pairs
  expect(first!.cells.map(({ median }) => median)).toEqual([0])
})

it('says that the best of many trials is partly luck only of many', () => {
  const sureOf = (count: number): string =>
    answersOf(
      study({ trials: Array.from({ length: count }, (_, number) => trial(number, number / 10)) }),
      FACTS,
    ).sure.join(' ')
  expect(sureOf(1)).not.toContain('many trials')
  expect(sureOf(12)).toContain('The best of many trials looks better than it is')
})

it('compares the winner with trials that ran as long as it did', () => {
  const long = { epochs: 9, budget: { epochs: 9 } }
  const pruned = { ...long, state: 'pruned', epochs: 1 } as const
  const trials = [trial(0, 0.9, long), trial(1, 0.8, long), trial(2, 0.1, pruned), trial(3, 0.2, pruned)]
  expect(answersOf(study({ trials }), FACTS).sure[0]).toBe(
    'Trial 0 is 0.1000 better than the second, trial 1; the best 2 are within 0.1000.',
  )
})

it('does not advise to search further where a parameter made no difference', () => {
  const records = twoStages()
  const [first, second] = records.stages
  const kept = second!.narrowing!.parameters.map((each) => ({ ...each, action: 'kept' }))
  const soft = Object.fromEntries(
    Object.entries(SPACE.parameters).map(([name, range]) => [
      name,
      { ...range, hard: false } as Distribution,
    ]),
  )
  const stages = [
    first!,
    {
      ...second!,
      space: { ...SPACE, parameters: soft },
      narrowing: { ...second!.narrowing!, parameters: kept },
    },
  ]
  const best = trial(20, 9, { stage: 1, params: { learningRate: 9.9, units: 255, optimizer: 'adam' } })
  const next = (whole: number) =>
    answersOf(
      {
        ...records,
        stages,
        trials: [...records.trials.slice(0, 20), best],
        importance: [{ name: 'learningRate', whole, here: null, total: whole, withOthers: false }],
      },
      FACTS,
    ).next.join(' ')
  expect(next(0.9)).toContain('The best learningRate, 9.9, lies at the upper edge')
  expect(next(0.01)).not.toContain('The best learningRate')
  expect(next(0.01)).toContain('learningRate made no visible difference')
})

it('shows a pruned trial in a table as no mishap, and breaks long names only', () => {
  const pruned = trial(0, 0.5, { state: 'pruned', params: { optimizer: 'a-very-long-name' } })
  const trials = [pruned, trial(1, null)]
  const html = trialTable(study({ trials }), trials, 'All', null)
  expect(html).toContain('<td>pruned</td>')
  expect(html).toContain('<b class="state">diverged</b>')
  expect(html).toContain('<td class="long">a-very-long-name</td>')
  expect(html).toContain('learning<wbr>Rate')
})

it('marks the winner among the best, also where its value is not the first', () => {
  const trials = Array.from({ length: 15 }, (_, number) => trial(number, number / 20))
  const small = study({ trials })
  const first = bestTable(small, { trial: 14, byExpectation: false })
  expect(first).toContain('The best 10 by measured value; ★ marks the winner<')
  expect(first).toContain('<tr data-trial="14"><td>★ 1</td>')
  const third = bestTable(small, { trial: 12, byExpectation: true })
  expect(third).toContain('★ marks the winner, trial 12, by its expected value')
  expect(third.match(/★ \d+<\/td>/g)).toEqual(['★ 3</td>'])
  const outside = bestTable(small, { trial: 2, byExpectation: true })
  expect(outside).toContain('<tr data-trial="2"><td>★ 13</td>')
  expect(outside.match(/<tr data/g)).toHaveLength(11)
})

it('advises smaller learning rates only where trials diverged and there is one', () => {
  const space = { parameters: { units: RATE }, conditions: {}, constraints: [] }
  const nextOf = (state: 'failed' | 'diverged', searched = stage(0)) =>
    answersOf(study({ stages: [searched], trials: [trial(0, null, { state })] }), FACTS).next.join()
  expect(nextOf('diverged')).toContain('smaller learning rates')
  expect(nextOf('failed')).not.toContain('learning rates')
  expect(nextOf('diverged', stage(0, { space }))).not.toContain('learning rates')
})

it('never cuts a number on an axis: every second or third is shown where there is no room for all', () => {
  const trials = Array.from({ length: 20_000 }, (_, number) => trial(number, 0.5))
  const labels = (width: number) =>
    [
      ...drawSvg(historyFigure(historyData(study({ trials }))), { width, theme: 'page' }).matchAll(
        /text-anchor="middle"[^>]*>([^<]*)</g,
      ),
    ].map(([, text]) => Number(text))
  for (const width of [280, 320, 500, 760]) {
    const shown = labels(width)
    expect(shown.length).toBeGreaterThan(1)
    const steps = shown.slice(1).map((value, i) => value - shown[i]!)
    expect(new Set(steps).size, `${width} px: ${shown}`).toBe(1)
  }
})

it('leaves out the name of a stage that is wider than its band', () => {
  const stages = [stage(0), stage(1, { firstTrial: 95 })]
  const trials = Array.from({ length: 100 }, (_, i) => trial(i, 0.5, { stage: i < 95 ? 0 : 1 }))
  const svg = drawSvg(historyFigure(historyData(study({ stages, trials }))), { width: 320, theme: 'page' })
  expect(svg.match(/>coarse · 1 ep</g)!.length).toBeGreaterThan(1)
  expect(svg.match(/>fine · 4 ep</g), 'the legend alone').toHaveLength(1)
})

it('takes pairs and random order from the first stage that drew its trials, not from imported ones', () => {
  const stages = [stage(0, { sampler: 'imported' }), stage(1, { firstTrial: 2 })]
  const trials = Array.from({ length: 6 }, (_, i) =>
    trial(i, i / 10, {
      stage: i < 2 ? 0 : 1,
      imported: i < 2,
      params: { learningRate: 10 ** -i, units: 16 + i },
    }),
  )
  const mixed = study({ stages, trials })
  expect(pairsData(mixed).trials.map(({ number }) => number)).toEqual([2, 3, 4, 5])
  const { random } = historyData(mixed, { random: true })
  expect(random).toHaveLength(4)
  expect(random![0]).toBeCloseTo(0.35, 10)
  const dashed = historyFigure(historyData(mixed, { random: true })).panels[0]!.marks.find(
    (mark) => mark.kind === 'lines' && mark.dashed,
  )
  const points = dashed?.kind === 'lines' ? dashed.lines[0]! : []
  expect(points[0]![0], 'begins where trial 2 stands').toBeCloseTo(2.5 / 6, 10)
})

it('tells bars of stages and of one band apart in a terminal without colours', () => {
  const importance = [
    { name: 'learningRate', whole: 0.9, here: 0.4, total: 0.9, withOthers: false },
    { name: 'units', whole: 0.1, here: 0.6, total: 0.1, withOthers: false },
    { name: 'layers', whole: 0.001, here: 0.001, total: 0.001, withOthers: false },
  ]
  const draw = (ascii: boolean) =>
    drawText(importanceFigure(importanceData(study({ importance }))), { width: 60, colour: false, ascii })
  const lines = draw(false).split('\n')
  const at = lines.findIndex((line) => line.startsWith('learningRate ▓'))
  expect(lines[at]).toMatch(/^learningRate ▓+ +90 %, here 40 %$/)
  expect(lines[at + 1]).toMatch(/^ +█+$/)
  expect(lines[at + 4]).toMatch(/^ +layers +0 %, here 0 %$/)
  expect(draw(false)).toContain('▓ over the whole ranges | █ in the box of the last stage')
  expect(draw(true)).toContain('= over the whole ranges | # in the box of the last stage')
})

/** The texts that end at an axis, with their heights in pixels, from the top down. */
function labelsLeft(svg: string): { readonly y: number; readonly text: string }[] {
  return (
    [...svg.matchAll(/<text x="[\d.]+" y="([\d.]+)" text-anchor="end"[^>]*>([^<]*)</g)]
      .map(([, y, text]) => ({ y: Number(y), text: text! }))
      .sort((a, b) => a.y - b.y)
      // One that lies above lines is drawn twice, with an edge in the colour of the ground below.
      .filter((label, i, all) => label.text !== all[i - 1]?.text)
  )
}

it('shows as many names of choices on an upright axis as have room', () => {
  const choices = Array.from({ length: 30 }, (_, i) => `choice ${i}`)
  const kind: Distribution = { kind: 'categorical', choices, ordered: false }
  const space = { parameters: { rate: RATE, kind }, conditions: {}, constraints: [] }
  const trials = choices.map((choice, i) => trial(i, i, { params: { rate: 10 ** (-i / 5), kind: choice } }))
  const many = study({ stages: [stage(0, { space })], trials })
  const pictures = [
    parallelFigure(parallelData(many)),
    pairsFigure(pairsData(many, { params: ['rate', 'kind'] })),
  ]
  for (const figure of pictures) {
    const labels = labelsLeft(drawSvg(figure, { width: 700, theme: 'page' })).filter(({ text }) =>
      text.startsWith('choice'),
    )
    expect(labels.length, figure.title).toBeGreaterThan(8)
    labels.slice(1).forEach(({ y }, i) => {
      expect(y - labels[i]!.y, figure.title).toBeGreaterThanOrEqual(10)
    })
  }
})

it('cuts names that begin alike where they can still be told apart', () => {
  const names = [1, 2, 3].map((number) => `a_parameter_with_a_long_name_${number}`)
  const importance = names.map((name) => ({ name, whole: 0.3, here: null, total: 0.3, withOthers: false }))
  const figure = importanceFigure(importanceData(study({ importance })))
  const labels = labelsLeft(drawSvg(figure, { width: 700, theme: 'page' })).map(({ text }) => text)
  const lines = drawText(figure, { width: 80, ascii: false, colour: false }).split('\n')
  for (const number of [1, 2, 3]) {
    expect(labels).toContainEqual(expect.stringMatching(new RegExp(`^a_para.*….*_${number}$`)))
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^a_para.*….*_${number} `)))
  }
})

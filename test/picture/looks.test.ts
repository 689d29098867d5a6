import { expect, it } from 'vitest'
import { confusionFigure } from '../../src/picture/figures/confusion.ts'
import { edfData, edfFigure } from '../../src/picture/figures/edf.ts'
import { historyData, historyFigure } from '../../src/picture/figures/history.ts'
import { lossData, lossFigure } from '../../src/picture/figures/loss.ts'
import { answersOf } from '../../src/picture/page/answers.ts'
import { trialTable } from '../../src/picture/page/html.ts'
import { drawSvg } from '../../src/picture/svg.ts'
import { drawText } from '../../src/picture/text-figure.ts'
import { displayWidth } from '../../src/report/text.ts'
import { study, trial } from './studies.ts'

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

it('says that the best of many trials is partly luck only of many', () => {
  const sureOf = (count: number): string =>
    answersOf(
      study({ trials: Array.from({ length: count }, (_, number) => trial(number, number / 10)) }),
      FACTS,
    ).sure.join(' ')
  expect(sureOf(1)).not.toContain('many trials')
  expect(sureOf(12)).toContain('The best of many trials looks better than it is')
})

it('shows a pruned trial in a table as no mishap, and breaks long names only', () => {
  const pruned = trial(0, 0.5, { state: 'pruned', params: { optimizer: 'a-very-long-name' } })
  const trials = [pruned, trial(1, null)]
  const html = trialTable(study({ trials }), trials, 'All', false)
  expect(html).toContain('<td>pruned</td>')
  expect(html).toContain('<b class="state">diverged</b>')
  expect(html).toContain('<td class="long">a-very-long-name</td>')
  expect(html).toContain('learning<wbr>Rate')
})

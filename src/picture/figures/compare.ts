import { formatMetric } from '../../report/numbers.ts'
import { numberAxis, numberScale, valueScale, wholeAxis } from '../axis.ts'
import { emptyFigure, type Figure, lines, type Point, panel, stageRole } from '../figure.ts'
import { bestTrial, competitors, type PictureStudy } from '../study.ts'
import { bestSoFar } from './history.ts'

const TITLE = 'Best value so far, side by side'

/** The best value so far of several studies over the epochs that they spent; only of those with one metric. */
export function compareFigure(studies: readonly PictureStudy[]): Figure {
  const first = studies.find((study) => bestTrial(study) !== undefined)
  if (first === undefined) return emptyFigure(TITLE, 'None of the studies has a value yet.')
  const alike = studies.filter(
    ({ metric, direction }) => metric === first.metric && direction === first.direction,
  )
  const paths = alike.map((study) => {
    let spent = 0
    const rivals = new Set(competitors(study.trials))
    const values = study.trials.flatMap((trial) => {
      spent += trial.epochs
      return rivals.has(trial) ? [{ x: spent, value: trial.value! }] : []
    })
    return { study, spent, best: bestSoFar(values, study.direction) }
  })
  const drawn = paths.filter(({ best }) => best.length > 0)
  const x = numberScale(0, Math.max(1, ...drawn.map(({ spent }) => spent)))
  const y = valueScale(
    drawn.flatMap(({ best }) => best.map(({ value }) => value)),
    first.direction,
  )
  const others = studies.length - alike.length
  return {
    title: TITLE,
    summary: drawn
      .map(({ study }) => `${study.name}: ${formatMetric(study.metric, bestTrial(study)!.value)}`)
      .join('; '),
    notes:
      others > 0
        ? [
            `${others} of the studies measure something other than ${first.metric} (${first.direction}) and are not drawn.`,
          ]
        : [],
    legend: drawn.map(({ study }, i) => ({
      role: stageRole(i),
      shape: i >= 4 ? 'dashed' : 'line',
      text: study.name,
    })),
    panels: [
      panel({
        x: wholeAxis('epochs spent', x, 8),
        y: numberAxis(first.metric, y),
        height: 200,
        marks: drawn.map(({ best, spent }, i) => {
          const line = [...best, { x: spent, value: best.at(-1)!.value }]
          return lines(stageRole(i), [line.map((each): Point => [x.unit(each.x), y.unit(each.value), -1])], {
            width: 2,
            steps: true,
            dashed: i >= 4,
          })
        }),
      }),
    ],
  }
}

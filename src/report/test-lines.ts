import type { Evaluation } from '../store/store.ts'
import { formatCount, formatMetric } from './numbers.ts'
import type { Span } from './text.ts'

/** Names of what a test set is measured by, for the metrics that rank trials other than by accuracy. */
const RANKED_BY: ReadonlyMap<string, readonly [key: string, name: string]> = new Map([
  ['validLoss', ['loss', 'loss']],
  ['validBalancedAccuracy', ['balancedAccuracy', 'balanced accuracy']],
  ['validMacroF1', ['macroF1', 'macro F1']],
  ['validAuc', ['auc', 'AUC']],
])

/**
 * The last look at the test part, if there was one:
 * `Test accuracy of trial 74: 0.5264 (5,000 examples; 95 % interval 0.513 to 0.540)`
 * @param metric that ranks the study's trials: the same figure of the test part is told, too
 */
export function testLines(evaluations: readonly Evaluation[], metric: string): Span[][] {
  const looks = evaluations.filter(({ part }) => part === 'test')
  const last = looks.at(-1)
  if (last === undefined) return []
  const { trial, examples, metrics } = last
  const times = looks.length === 1 ? 'evaluated once' : `evaluation ${looks.length} of the test set`
  const counted = `${formatCount(examples)} examples`
  if (metrics.rmse !== undefined) {
    const rmse = formatMetric('rmse', metrics.rmse)
    const [name, figure, more] =
      metrics.r2 === undefined ? ['RMSE', rmse, ''] : ['R²', metrics.r2.toFixed(4), `, RMSE ${rmse}`]
    const rest = `${more} (${counted}), loss ${formatMetric('loss', metrics.loss)}`
    return [[`Test ${name} of trial ${trial}, ${times}: `, { text: figure, tone: 'strong' }, rest]]
  }
  if (metrics.accuracy === undefined) {
    const figures = Object.entries(metrics).map(([name, value]) => `${name} ${formatMetric(name, value)}`)
    return [
      [`Test set, trial ${trial}, ${times}: `, { text: figures.join(', '), tone: 'strong' }, ` (${counted})`],
    ]
  }
  const [low, high] = wilsonInterval(metrics.accuracy, examples)
  const guessing =
    metrics.majority === undefined
      ? ''
      : `; always guessing the most frequent class: ${metrics.majority.toFixed(4)}`
  const [key, name] = RANKED_BY.get(metric) ?? []
  const ranked = key === undefined ? undefined : metrics[key]
  return [
    [
      `Test accuracy of trial ${trial}, ${times}: `,
      { text: metrics.accuracy.toFixed(4), tone: 'strong' },
      ` (${counted}; 95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}${guessing})`,
      ...(ranked === undefined
        ? []
        : [`, ${name} `, { text: formatMetric(metric, ranked), tone: 'strong' } as const]),
    ],
  ]
}

/**
 * The 95 % score interval of a share that was observed in n examples (E. B. Wilson, 1927): unlike the plain one it
 * stays within [0, 1] and holds for shares near the ends.
 */
export function wilsonInterval(share: number, n: number): readonly [number, number] {
  if (n <= 0) return [0, 1]
  const z = 1.959964
  const scale = 1 / (1 + (z * z) / n)
  const centre = share + (z * z) / (2 * n)
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  return [Math.max(0, scale * (centre - half)), Math.min(1, scale * (centre + half))]
}

import { expect, it } from 'vitest'
import { comparisonHtml, flatten } from '../../src/picture/page/compare.ts'
import { study, trial } from './studies.ts'

it('lays failed trials beside diverged ones, and settings that differ in the kind of a value alone', () => {
  const failed = trial(1, null, { state: 'failed' })
  const side = (choices: readonly unknown[]) => ({
    records: study({ trials: [trial(0, 0.5), failed] }),
    activity: 'complete',
    experiment: { same: 'a', space: { kind: { choices } } },
  })
  const html = comparisonHtml([side([1, 'a']), side(['1', 'a'])])
  expect(html).toContain('<th scope="row">failed</th><td>1</td><td>1</td>')
  expect(html).toContain('<th scope="row">diverged</th><td>0</td><td>0</td>')
  expect(html).toContain('<th scope="row">space.kind.choices</th><td>[1, a]</td><td>[&quot;1&quot;, a]</td>')
  expect(html).not.toContain('<th scope="row">same</th>')
  expect([
    ...flatten({ a: ['x, y'], b: ['x', 'y'], c: 'python3 train.py --lr {lr}', d: null }).values(),
  ]).toEqual(['["x, y"]', '[x, y]', 'python3 train.py --lr {lr}', '-'])
})

import { expect, test } from 'vitest'
import { type ComparedRow, comparedRows, renderComparison } from '../../src/report/comparison.ts'
import { float, searchSpace } from '../../src/space/constructors.ts'
import { runSimulated } from '../study/run-simulated.ts'

const lines = (...rows: ComparedRow[]) =>
  renderComparison(['one', 'two'], rows, { width: null, colour: false }).split('\n')

test('rows with long names are told apart, and values by what differs in them', () => {
  const name = 'last range of a_parameter_with_a_long_name'
  const command = (word: string) => `python3 train.py --epochs {epochs} --seed {seed} ${word} --out {dir}`
  const [, first, second, third, fourth] = lines(
    { what: `${name}_1`, a: '1', b: '2' },
    { what: `${name}_2`, a: '1', b: '2' },
    { what: 'objective.command', a: command('--fast'), b: command('--slow') },
    { what: 'same', a: command('x'), b: command('x') },
  )
  expect(first).toContain(`${name}_1 `)
  expect(second).toContain(`${name}_2 `)
  expect(third).toMatch(/…\S* ?\S* --fast --out \{dir\} +…\S* ?\S* --slow --out \{dir\}$/)
  expect(fourth).toMatch(/ python3 train\.py --epochs \{epochs\} .*… +python3 train\.py/)
})

test('a parameter that is called like a fact of the study has a row of its own', async () => {
  const { store, study } = await runSimulated({
    space: searchSpace({ trial: float(0.1, 0.2), loss: float(0.3, 0.4) }),
    stages: [{ trials: 3, epochs: 1 }],
    evaluate: ({ spec }) => [spec.number + 5],
  })
  const facts = new Map(comparedRows(store, study, study).map(({ what, a }) => [what, a]))
  expect(facts.get('winner')).toBe('trial 0')
  expect(facts.get("winner's loss")).toBe('5.0000')
  expect(facts.get("winner's trial")).toMatch(/^0\.1/)
  expect(facts.get("winner's parameter loss")).toMatch(/^0\.3/)
})

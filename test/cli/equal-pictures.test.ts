import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCaptured } from './capture.ts'

const STUDY = `
name: equal
data: { source: generated, count: 300 }
split: { train: 200, valid: 50, test: 50 }
model: { hidden: [8] }
stages:
  - { name: coarse, trials: 12, epochs: 1 }
  - { name: fine, trials: 9, epochs: 3, rungs: [1] }
`

let folder: string
const db = (workers: number) => join(folder, `${workers}.db`)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'finesweep-equal-'))
  const file = join(folder, 'study.yaml')
  writeFileSync(file, STUDY)
  for (const workers of [1, 8]) {
    const { code, stderr } = await runCaptured([
      'run',
      file,
      '--workers',
      String(workers),
      '--db',
      db(workers),
    ])
    expect(code, stderr).toBe(0)
  }
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('pictures of a study', () => {
  it('have the same bytes from 1 and from 8 workers, but for the timeline', async () => {
    const pictures = async (workers: number) => {
      const target = join(folder, `pictures-${workers}`)
      await runCaptured(['plot', '-o', target, '--db', db(workers)])
      const names = readdirSync(target).filter((name) => name !== 'timeline.svg')
      return Object.fromEntries(names.map((name) => [name, readFileSync(join(target, name), 'utf8')]))
    }
    const [one, eight] = [await pictures(1), await pictures(8)]
    expect(Object.keys(one).length).toBe(11)
    expect(eight).toEqual(one)
  })

  it('name the classes of the confusion matrix, and count pruned trials', async () => {
    const { stdout } = await runCaptured(['plot', 'confusion', 'history', '--json', '--db', db(8)])
    const { pictures } = JSON.parse(stdout)
    expect(pictures.confusion.classes.slice(0, 2)).toEqual(['horizontal stripes', 'vertical stripes'])
    const pruned = JSON.parse((await runCaptured(['status', '--json', '--db', db(8)])).stdout).counts.pruned
    expect(pruned).toBeGreaterThan(0)
    const svg = readFileSync(join(folder, 'pictures-8', 'history.svg'), 'utf8')
    expect(svg).toContain(`${pruned} pruned`)
  })
})

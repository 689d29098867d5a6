import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCaptured } from './capture.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-data-picture-'))
const db = path.join(folder, 'studies.db')
const CLASSES = 23

beforeAll(async () => {
  // Images of 2 x 2 pixels, whose first pixel says what they are.
  const rows = Array.from({ length: CLASSES * 12 }, (_, i) => {
    const label = i % CLASSES
    return `${label * 10},${i % 7},${(i * 3) % 11},${i % 5},class ${label}`
  })
  writeFileSync(path.join(folder, 'pixels.csv'), `a,b,c,d,y\n${rows.join('\n')}\n`)
  const file = path.join(folder, 'pixels.yaml')
  writeFileSync(
    file,
    `data: { source: csv, path: pixels.csv, label: y, shape: [2, 2] }
model: { hidden: [4] }
preprocess: mean
space: { learningRate: { float: [1e-4, 1e-2], log: true } }
stages: [{ trials: 8, epochs: 1 }]
`,
  )
  expect(await runCaptured(['run', file, '--db', db, '--quiet'])).toMatchObject({ code: 0 })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function draw(...words: string[]): Promise<string> {
  const file = path.join(folder, 'data.svg')
  expect(await runCaptured(['plot', 'pixels', 'data', ...words, '--db', db, '-o', file])).toMatchObject({
    code: 0,
  })
  return readFileSync(file, 'utf8')
}

test('the picture of the data shows the network of the winner, and says which classes it shows', async () => {
  const best = JSON.parse((await runCaptured(['best', 'pixels', '--db', db, '--json'])).stdout)
  const svg = await draw()
  expect(svg).toContain(`First layer of trial ${best.trials[0].number}`)
  expect(svg).toContain(`${CLASSES} classes`)
  expect(svg).toContain(`Samples of the first 20 of ${CLASSES} classes.`)
})

test('it says so where the network of a trial is not kept', async () => {
  const { trials } = JSON.parse(
    (await runCaptured(['best', 'pixels', '--db', db, '-n', '8', '--json'])).stdout,
  )
  const last = trials.at(-1).number
  const svg = await draw('--trial', String(last))
  expect(svg).toContain(`No network of trial ${last} is kept`)
  expect(svg).not.toContain('First layer')
})

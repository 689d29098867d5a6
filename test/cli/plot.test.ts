import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ALL_PICTURES } from '../../src/cli/pictures/make.ts'
import { parseXml } from '../picture/xml.ts'
import { runCaptured } from './capture.ts'
import { makeExampleStore } from './example-store.ts'

let folder: string
let db: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'finesweep-plot-'))
  db = join(folder, 'studies.db')
  makeExampleStore(db)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const plot = (...words: string[]) => runCaptured(['plot', ...words, '--db', db])

describe('finesweep plot', () => {
  it('draws narrowing and history of the latest study as text, and names the others', async () => {
    const { code, stdout, stderr } = await plot()
    expect(code).toBe(0)
    expect(stdout).toContain('How the ranges narrowed')
    expect(stdout).toContain('moved [2.2e-7, 0.31]')
    expect(stdout).toContain('Best value so far')
    expect(stdout).not.toContain('\x1b')
    expect(stderr).toContain('Other pictures: slices, curves')
  })

  it('takes a study and pictures in one line, and pictures alone', async () => {
    const both = await plot('quickstart', 'edf', 'timeline')
    expect(both.stdout).toContain('How values are distributed')
    expect(both.stdout).toContain('Timeline')
    const alone = await plot('edf', 'timeline')
    expect(alone.stdout).toBe(both.stdout)
  })

  it('lists every picture', async () => {
    const { stdout } = await plot('--list')
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual([...ALL_PICTURES])
  })

  it('writes one SVG to a file', async () => {
    const file = join(folder, 'one.svg')
    expect((await plot('slices', '-o', file)).code).toBe(0)
    const svg = readFileSync(file, 'utf8')
    parseXml(svg)
    expect(svg).toContain('prefers-color-scheme:dark')
  })

  it('writes all pictures to a folder that it makes', async () => {
    const out = join(folder, 'pictures')
    const { code, stderr } = await plot('-o', `${out}/`, '--theme', 'light')
    expect(code).toBe(0)
    expect(stderr).toContain(`Wrote ${ALL_PICTURES.length} pictures of quickstart`)
    expect(readdirSync(out).sort()).toEqual(ALL_PICTURES.map((name) => `${name}.svg`).sort())
    for (const name of ALL_PICTURES) {
      const svg = readFileSync(join(out, `${name}.svg`), 'utf8')
      parseXml(svg)
      expect(svg).not.toContain('<style>')
    }
  })

  it('prints the figures as JSON', async () => {
    const { stdout } = await plot('edf', 'loss', '--json')
    const document = JSON.parse(stdout)
    expect(document).toMatchObject({ study: 'quickstart', metric: 'validAccuracy' })
    expect(document.pictures.edf.stages[0].trials).toBe(6)
    expect(document.pictures.loss.trial).toBe(6)
  })

  it('draws the trial, the parameters and the stage that it is asked for', async () => {
    expect((await plot('loss', '--trial', '2')).stdout).toContain('Loss history of trial 2')
    const slices = (await plot('slices', '--param', 'lr', '--stage', 'fine')).stdout
    expect(slices).toContain('learningRate')
    expect(slices).not.toContain('dropout')
    expect(slices).toContain('Only trials of stage fine')
  })

  it.each([
    [['histry'], 'There is no picture "histry". Did you mean "history"?'],
    [['edf', '-o', 'x.png'], 'pictures are written as .svg, got "x.png"'],
    [['edf', 'history', '-o', 'x.svg'], '2 pictures do not fit in one file'],
    [
      ['--param', 'learningrate'],
      'there is no searched parameter "learningrate". Did you mean "learningRate"?',
    ],
    [['--metric', 'trainLos'], 'there is no metric "trainLos". Did you mean "trainLoss"?'],
    [['--top', '2'], '--top must be above 0 and at most 1, got "2"'],
    [['--theme', 'pink'], '--theme must be auto, light or dark, got "pink"'],
  ])('refuses %j with a sentence', async (words, sentence) => {
    const { code, stderr } = await plot(...words)
    expect(stderr).toContain(sentence)
    expect(code).toBe(2)
    expect(existsSync('x.png')).toBe(false)
  })

  it('says that there is no such trial', async () => {
    const { code, stderr } = await plot('loss', '--trial', '99')
    expect(code).toBe(5)
    expect(stderr).toContain('no trial 99')
  })
})

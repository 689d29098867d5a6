import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PICTURES, type PictureName } from '../../src/picture/pictures.ts'
import { drawSvg } from '../../src/picture/svg.ts'
import { drawText } from '../../src/picture/text-figure.ts'
import { displayWidth } from '../../src/report/text.ts'
import { anyStudy, stage, study, trial, twoStages } from './studies.ts'
import { parseXml } from './xml.ts'

const NAMES = Object.keys(PICTURES) as PictureName[]

/** The numbers of an SVG's attributes and paths. */
function coordinates(svg: string): { x: number[]; y: number[] } {
  const [x, y]: [number[], number[]] = [[], []]
  for (const [, name, value] of svg.matchAll(/ (x|y|width|height)="([^"]*)"/g)) {
    ;(name === 'x' || name === 'width' ? x : y).push(Number(value))
  }
  for (const [, path] of svg.matchAll(/ d="([^"]*)"/g)) {
    for (const [, left, top] of path!.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)) {
      x.push(Number(left))
      y.push(Number(top))
    }
  }
  return { x, y }
}

describe('an SVG of any study', () => {
  it.each(NAMES)('%s: parses, and all of it lies inside its frame', (name) => {
    fc.assert(
      fc.property(
        anyStudy,
        fc.constantFrom(320, 760),
        fc.constantFrom('auto', 'page' as const),
        (any, width, theme) => {
          const svg = drawSvg(PICTURES[name].figure(any, {}), { width, theme })
          parseXml(svg)
          expect(svg).not.toMatch(/NaN|undefined|Infinity|style="| id="/)
          const [, w, h] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!.map(Number)
          const { x, y } = coordinates(svg)
          for (const each of x) expect(each >= -3 && each <= w! + 3, `x ${each} of ${w}`).toBe(true)
          for (const each of y) expect(each >= -3 && each <= h! + 3, `y ${each} of ${h}`).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each(NAMES)('%s: the same study gives the same bytes', (name) => {
    const draw = () => drawSvg(PICTURES[name].figure(twoStages(), {}), { width: 760, theme: 'auto' })
    expect(draw()).toBe(draw())
  })

  it('never lets a name become markup', () => {
    const hostile = '</script><img src=x onerror=alert(1)>"\''
    const space = {
      parameters: { [hostile]: { kind: 'categorical' as const, choices: [hostile, 'b'], ordered: false } },
      conditions: {},
      constraints: [],
    }
    const any = study({
      name: hostile,
      metric: hostile,
      stages: [stage(0, { name: hostile, space })],
      trials: [trial(0, 1, { params: { [hostile]: hostile } })],
    })
    for (const name of NAMES) {
      const svg = drawSvg(PICTURES[name].figure(any, {}), { width: 760, theme: 'page' })
      expect(svg).not.toMatch(/<(img|script)/)
    }
  })
})

describe('a text picture of any study', () => {
  it.each(NAMES)('%s: no line is wider than the window, and ASCII is ASCII', (name) => {
    fc.assert(
      fc.property(anyStudy, fc.integer({ min: 40, max: 120 }), (any, width) => {
        const figure = PICTURES[name].figure(any, {})
        for (const line of drawText(figure, { width, colour: false, ascii: false }).split('\n')) {
          // A word without a space stays whole.
          if (line.includes(' '))
            expect(displayWidth(line), line).toBeLessThanOrEqual(Math.max(width, 60) + 40)
        }
      }),
      { numRuns: 40 },
    )
    const ascii = drawText(PICTURES[name].figure(twoStages(), {}), { width: 80, colour: false, ascii: true })
    expect(ascii).toMatch(/^[\x20-\x7e\n]*$/)
  })
})

const SNAPSHOTS = {
  maximise: twoStages('maximize'),
  minimise: twoStages('minimize'),
  empty: study({ stages: [] }),
  'one-trial': study({
    trials: [trial(0, 0.5, { params: { learningRate: 0.1, units: 32, optimizer: 'adam' } })],
  }),
  'all-diverged': study({
    trials: [0, 1, 2].map((i) =>
      trial(i, null, { params: { learningRate: 1 + i, units: 32, optimizer: 'adam' } }),
    ),
  }),
  running: study({
    trials: [
      trial(0, 0.5, { params: { learningRate: 0.1, units: 32, optimizer: 'adam' } }),
      trial(1, null, {
        state: 'running',
        epochs: 1,
        durationMs: null,
        params: { learningRate: 0.2, units: 64, optimizer: 'adam' },
      }),
    ],
    curves: [{ trial: 1, steps: [1], values: [0.4], metrics: { validAccuracy: [0.4] } }],
  }),
}

describe('pictures of stored studies', () => {
  it.each(Object.entries(SNAPSHOTS))('%s: byte for byte what was looked at', async (label, records) => {
    const all = NAMES.map((name) =>
      drawSvg(PICTURES[name].figure(records, {}), { width: 760, theme: 'light' }),
    )
    await expect(all.join('')).toMatchFileSnapshot(`snapshots/${label}.svgs`)
  })
})

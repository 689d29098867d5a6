import { describe, expect, it } from 'vitest'
import { admissible, drawAdmissible, trialDraws } from '../../src/search/admissible.ts'
import { choice, float, int, searchSpace } from '../../src/space/constructors.ts'
import { constraintsHold, pointKey } from '../../src/space/points.ts'
import { pastTrial, request } from '../../src/testing/requests.ts'

const units = searchSpace({ units: int(1, 500) })
const all = Array.from({ length: 500 }, (_, i) => ({ units: i + 1 }))

describe('a draw among the points that may be run', () => {
  it('is the last point that is left of 500, for every seed', () => {
    for (let seed = 0; seed < 20; seed++) {
      const left = all[(37 * seed) % 500]!
      const taken = new Set(all.filter((params) => params !== left).map(pointKey))
      const asked = { ...request(units, seed, []), taken }
      expect(drawAdmissible(asked, trialDraws(asked, 'uniform'))).toEqual(left)
      expect(admissible(asked, all[(37 * seed + 1) % 500]!)).toEqual(left)
      expect(admissible(asked, left)).toBe(left)
    }
  })

  it('repeats points once all are taken, each as likely as the others', () => {
    const kinds = searchSpace({ kind: choice(['a', 'b', 'c']) })
    const taken = new Set(['a', 'b', 'c'].map((kind) => pointKey({ kind })))
    const drawn = Array.from({ length: 300 }, (_, seed) => {
      const asked = { ...request(kinds, seed, []), taken }
      return drawAdmissible(asked, trialDraws(asked, 'uniform')).kind
    })
    for (const kind of ['a', 'b', 'c']) {
      expect(drawn.filter((each) => each === kind).length).toBeGreaterThan(70)
    }
  })

  it('satisfies a constraint that hardly any uniform draw satisfies', () => {
    const narrow = searchSpace(
      { x: float(0, 1), y: float(0, 1), z: float(0, 1) },
      { require: ['x < y and y < z and z < x + 0.001'] },
    )
    const asked = request(narrow, 3, [pastTrial(0, { x: 0.5, y: 0.5002, z: 0.5004 }, 1)])
    const drawn = drawAdmissible(asked, trialDraws(asked, 'uniform'))
    expect(constraintsHold(narrow, drawn)).toBe(true)
  })

  it('says which rules no point keeps', () => {
    const impossible = { ...searchSpace({ x: int(1, 3) }), constraints: ['x > 3'] }
    const asked = request(impossible, 1, [])
    expect(() => drawAdmissible(asked, trialDraws(asked, 'uniform'))).toThrow(
      'require: no random point satisfied "x > 3"',
    )
  })
})

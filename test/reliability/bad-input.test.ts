import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseExperiment } from '../../src/study-file/parse-experiment.ts'
import { drawInputs, type Kind } from './bad-input/bad-input.ts'
import { commandLineKinds } from './bad-input/command-lines.ts'
import { DATA_KINDS } from './bad-input/data-sources.ts'
import { expectRefused } from './bad-input/expect-refused.ts'
import { MODULE_KINDS } from './bad-input/objective-modules.ts'
import { CLASSIFIER, COMMAND, toYaml } from './bad-input/sound-studies.ts'
import { makeSoundStore, storeKinds } from './bad-input/stores.ts'
import { FIELD_KINDS } from './bad-input/study-fields.ts'
import { NAME_KINDS } from './bad-input/study-names.ts'
import { RULE_KINDS } from './bad-input/study-rules.ts'
import { TEXT_KINDS } from './bad-input/study-texts.ts'
import { chaosSeed, scaled } from './finesweep.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-bad-input-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const seed = chaosSeed()
/** How many commands run side by side. */
const LANES = 2

let soundStore: Buffer
beforeAll(async () => {
  soundStore = await makeSoundStore(path.join(folder, 'sound'))
})

test('the studies that the malformed ones are made from are sound', () => {
  for (const study of [CLASSIFIER, COMMAND]) parseExperiment(toYaml(study), 'sound.yaml')
})

/** Every subject with its kinds of malformed input, and how many of them are tried. */
const SUBJECTS: readonly (readonly [
  subject: string,
  kinds: () => Readonly<Record<string, Kind>>,
  count: number,
])[] = [
  ['study files', () => ({ ...FIELD_KINDS, ...NAME_KINDS, ...RULE_KINDS, ...TEXT_KINDS }), scaled(8, 360)],
  ['objective modules', () => MODULE_KINDS, scaled(3, 90)],
  ['data files', () => DATA_KINDS, scaled(6, 300)],
  ['stores', () => storeKinds(soundStore, folder), scaled(4, 150)],
  ['command lines', () => commandLineKinds(soundStore), scaled(3, 100)],
]

describe('whatever is wrong with it is refused with one message and an exit code, and nothing is written', () => {
  test.for(SUBJECTS)('%s', { timeout: scaled(120_000, 3_600_000) }, async ([subject, kinds, count]) => {
    const began = performance.now()
    const inputs = drawInputs(seed, subject, kinds(), count)
    const failures: unknown[] = []
    let tried = 0
    const lane = async (): Promise<void> => {
      for (const input of inputs) {
        const root = path.join(folder, `${subject}-${tried++}`)
        await expectRefused(input, root).catch((error: Error) => {
          failures.push(error)
        })
        rmSync(root, { recursive: true })
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.log(`${tried} malformed ${subject} in ${seconds} s`)
    expect(tried).toBe(count)
    expect(failures, `seed ${seed}`).toEqual([])
  })
})

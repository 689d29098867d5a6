import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { float, study } from '../../src/index.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { newStudy, outcome, spec, stage } from '../../src/testing/store/records.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()

describe.skipIf(process.platform === 'win32')('a store whose file is taken away while it is open', () => {
  it.each<[happened: string, change: (file: string) => void]>([
    ['was deleted or moved', (file) => rmSync(file)],
    ['was deleted or moved', (file) => renameSync(file, `${file}.old`)],
    [
      'was replaced by another file',
      (file) => {
        writeFileSync(`${file}.new`, '')
        renameSync(`${file}.new`, file)
      },
    ],
  ])('refuses the next write: it %s (%#)', (happened, change) => {
    const file = join(folder, `taken-${Math.random()}.db`)
    const store = openWriter(file)
    const { id } = store.createStudy(newStudy())
    store.addStage(id, stage())
    store.startTrial(id, spec(0), 'a-host')
    change(file)
    store.finishTrial(id, 0, outcome(0), false)
    expect(() => store.flush()).toThrow(`${file}: the store ${happened} while it was in use`)
    store.close()
  })

  it('ends the run of a study in code with that sentence', async () => {
    const file = join(folder, 'gone', 'studies.db')
    const tuning = study({
      name: 'gone',
      direction: 'minimize',
      space: { x: float(0, 1) },
      objective: async ({ params, number }) => {
        if (number === 2) rmSync(join(folder, 'gone'), { recursive: true })
        return params.x
      },
      stages: [{ trials: 10, epochs: 1 }],
      store: file,
    })
    await expect(tuning.run()).rejects.toMatchObject({
      code: 'store',
      message: `${file}: the store was deleted or moved while it was in use`,
    })
    tuning.close()
    expect(existsSync(file)).toBe(false)
  })
})

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { trialFolders } from '../../src/objective/study-place.ts'
import { makeTemporaryFolder, removeLeftFolders } from '../../src/objective/temporary-folder.ts'
import { thisProcess } from '../../src/process-identity.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'finesweep-temporary-'))
  vi.stubEnv('TMPDIR', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** Leaves a folder as its owner made it, with a trial's file in it. */
function leave(owner: unknown): string {
  const left = makeTemporaryFolder()
  writeFileSync(path.join(left, 'owner.json'), typeof owner === 'string' ? owner : JSON.stringify(owner))
  mkdirSync(path.join(left, '3'))
  writeFileSync(path.join(left, '3', 'checkpoint'), 'weights')
  return left
}

async function said(): Promise<string[]> {
  const says: string[] = []
  await removeLeftFolders((sentence) => says.push(sentence))
  return says
}

/** A process that has ended. */
function gone() {
  const { pid } = spawnSync(process.execPath, ['--version'])
  return { ...thisProcess(), pid }
}

test('folders of processes that are gone are removed, and counted in a sentence', async () => {
  leave(gone())
  expect(await said()).toEqual(['Removed a temporary folder of trials whose process was killed.'])
  leave(gone())
  leave(gone())
  expect(await said()).toEqual(['Removed 2 temporary folders of trials whose process was killed.'])
  expect(readdirSync(folder)).toEqual([])
})

test.skipIf(thisProcess().process === null)(
  'a later process with the number of the owner does not keep its folder',
  async () => {
    const { process: own, ...rest } = thisProcess()
    leave({ ...rest, process: own!.replace(/\d+$/, (ticks) => String(Number(ticks) - 1)) })
    expect(await said()).toHaveLength(1)
    expect(readdirSync(folder)).toEqual([])
  },
)

test.each<[string, () => unknown]>([
  ['lives', () => thisProcess()],
  ['is on another host', () => ({ ...gone(), host: 'elsewhere' })],
  [
    'is in a container that cannot be seen',
    () => ({ ...gone(), process: thisProcess().process?.replace(/:\d+:/, ':1:') }),
  ],
  ['was not written to its end', () => '{"host":'],
  ['is no process', () => ({ ...thisProcess(), pid: null, process: null })],
])('a folder whose owner %s stays', async (what, owner) => {
  if (what.includes('container') && thisProcess().process === null) return
  const left = leave(owner())
  expect(await said()).toEqual([])
  expect(existsSync(path.join(left, '3', 'checkpoint'))).toBe(true)
})

test('a folder without an owner, or behind a link, stays', async () => {
  const old = path.join(folder, 'finesweep-trial-old')
  mkdirSync(old)
  const kept = path.join(folder, 'kept')
  mkdirSync(kept)
  writeFileSync(path.join(kept, 'owner.json'), JSON.stringify(gone()))
  symlinkSync(kept, path.join(folder, 'finesweep-trial-link'))
  await said()
  expect(existsSync(old)).toBe(true)
  expect(readdirSync(kept)).toEqual(['owner.json'])
})

test.skipIf(process.getuid?.() !== 0)('a folder of another user stays', async () => {
  const left = leave(gone())
  expect(spawnSync('chown', ['12345', left]).status).toBe(0)
  expect(await said()).toEqual([])
  expect(existsSync(left)).toBe(true)
})

test("a trial's own temporary folder is empty at first, and goes with its trial", () => {
  const folders = trialFolders(null, 7, null)
  expect(readdirSync(folders.own())).toEqual([])
  folders.close()
  expect(readdirSync(folder)).toEqual([])
})

import fs, { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { float, study } from '../../src/index.ts'
import { runCaptured } from './capture.ts'

/** From now to the end of the test, the system refuses what that function does. */
function refuse(name: 'renameSync' | 'rmSync'): void {
  vi.spyOn(fs, name).mockImplementation(() => {
    throw Object.assign(new Error('refused'), { code: 'EACCES', syscall: name })
  })
  // For those who have imported it by its name.
  syncBuiltinESMExports()
}
afterEach(() => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
})

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-care-'))
const db = path.join(folder, 'studies.db')
const run = (...words: string[]) => runCaptured([...words, '--db', db])
afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeAll(async () => {
  for (const [name, trials] of [
    ['first', 4],
    ['second', 6],
  ] as const) {
    const tuning = study({
      name,
      direction: 'minimize',
      space: { x: float(-1, 1) },
      objective: ({ params }) => params.x ** 2,
      stages: [{ trials, epochs: 1 }],
      store: db,
    })
    await tuning.run()
    tuning.close()
  }
  mkdirSync(path.join(folder, 'artifacts/first/0'), { recursive: true })
  writeFileSync(path.join(folder, 'artifacts/first/0/model'), '')
})

test('a note and tags are written, shown and removed', async () => {
  expect((await run('note', 'first')).stderr).toBe('first has no note.\n')
  await run('note', 'first', 'before the data were cleaned')
  expect((await run('note', 'first')).stdout).toBe('before the data were cleaned\n')
  await run('tag', 'first', 'paper', 'cifar')
  await run('tag', 'first', 'paper', 'wide')
  expect((await run('tag', 'first')).stdout).toBe('paper\ncifar\nwide\n')
  const { stdout } = await run('status', 'first')
  expect(stdout).toContain('before the data were cleaned')
  expect(stdout).toContain('tags: paper, cifar, wide')
  const listed = JSON.parse((await run('studies', '--json')).stdout).studies[0]
  expect(listed).toMatchObject({ comment: 'before the data were cleaned', tags: ['paper', 'cifar', 'wide'] })
  expect(await run('tag', 'first', 'more', ' ')).toMatchObject({
    code: 2,
    stderr: 'TAG must not be empty, got " ".\n',
  })
  await run('tag', 'first', 'paper', '--remove')
  await run('note', 'first', '--remove')
  expect((await run('tag', 'first')).stdout).toBe('cifar\nwide\n')
  expect((await run('note', 'first')).stdout).toBe('')
})

test('two studies are compared: results, and the settings that differ', async () => {
  const { stdout } = await run('compare', 'first', 'second')
  expect(stdout).toMatch(/trials +4 of 4 +6 of 6/)
  expect(stdout).toMatch(/last range of x +\[-1, 1\] +\[-1, 1\]/)
  expect(stdout).toMatch(/stages\[0\]\.trials +4 +6/)
  expect((await run('compare', 'first', 'first')).stdout).toContain('All settings are the same.')
  const document = JSON.parse((await run('compare', 'first', 'second', '--json')).stdout)
  expect(document.settings).toEqual([{ what: 'stages[0].trials', a: '4', b: '6' }])
})

test('where its folder cannot be moved, a study is neither renamed nor deleted', async () => {
  refuse('renameSync')
  const sentence = `The folder ${path.join(folder, 'artifacts/first')} cannot be written: permission denied (EACCES). The study is unchanged.\n`
  expect(await run('rename', 'first', 'third')).toEqual({ code: 6, stdout: '', stderr: sentence })
  expect(await run('delete', 'first', '--yes')).toEqual({ code: 6, stdout: '', stderr: sentence })
  expect(await run('best', 'first')).toMatchObject({ code: 0 })
  expect(existsSync(path.join(folder, 'artifacts/first/0/model'))).toBe(true)
})

test('a study is renamed with its folder, to a name that is free and sound', async () => {
  expect(await run('rename', 'first', 'second')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^Study "second" already exists in .*\. Choose another name\.\n$/),
  })
  expect(await run('rename', 'first', '../out')).toMatchObject({ code: 2 })
  expect((await run('rename', 'first', 'third')).stderr).toBe('Study "first" is now "third".\n')
  expect(existsSync(path.join(folder, 'artifacts/third/0/model'))).toBe(true)
  expect(await run('best', 'first')).toMatchObject({ code: 5 })
})

test('what is left of the folder of a deleted study is named', async () => {
  mkdirSync(path.join(folder, 'artifacts/second/0'), { recursive: true })
  refuse('rmSync')
  const { code, stderr } = await run('delete', 'second', '--yes')
  const left = path.join(folder, 'artifacts/second.1')
  expect([code, stderr]).toEqual([
    6,
    `The folder ${left} cannot be written: permission denied (EACCES). The study is deleted; remove what is left of that folder by hand.\n`,
  ])
  expect(existsSync(left)).toBe(true)
  expect(await run('best', 'second')).toMatchObject({ code: 5 })
})

test('a study is deleted with its files, once that is confirmed', async () => {
  expect(await run('delete', 'third')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      'This would delete study "third" with 4 trials and their files. Confirm with --yes.',
    ),
  })
  expect((await run('delete', 'third', '--yes')).stderr).toBe('Deleted study "third" with 4 trials.\n')
  expect(existsSync(path.join(folder, 'artifacts/third'))).toBe(false)
  expect(JSON.parse((await run('studies', '--json')).stdout).studies).toHaveLength(0)
})

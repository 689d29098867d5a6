import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCaptured } from './capture.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesweep-outputs-'))
const db = join(folder, 'studies.db')
const rows = join(folder, 'rows.csv')

/** A study with kept networks, whose data are beside its store. */
beforeAll(() => {
  const fixture = (name: string): string =>
    fileURLToPath(new URL(`../fixtures/stores/${name}`, import.meta.url))
  copyFileSync(fixture('v1-classifier.db'), db)
  copyFileSync(fixture('v1-rows.csv'), rows)
  const store = new Database(db)
  store.prepare('UPDATE studies SET experiment = replace(experiment, ?, ?)').run('"/tmp', `"${folder}`)
  store.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)

async function run(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCaptured([...argv, '--db', db, '--quiet'])
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}

const refused = async (...argv: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runCaptured([...argv, '--db', db])
  expect([code, stdout]).toEqual([2, ''])
  return stderr
}

const bytesOf = (file: string): string => readFileSync(file).toString('latin1')

describe('-o -', () => {
  it('is stdout for predictions, networks and a picture, as for exports and reports', async () => {
    const predicted = await run('predict', '--data', rows)
    expect(await run('predict', '--data', rows, '-o', '-')).toBe(predicted)
    for (const format of ['safetensors', 'onnx']) {
      await run('weights', '-o', at(`net.${format}`))
      expect(await run('weights', '--format', format, '-o', '-')).toBe(bytesOf(at(`net.${format}`)))
    }
    await run('plot', 'history', '-o', at('history.svg'))
    expect(await run('plot', 'history', '-o', '-')).toBe(readFileSync(at('history.svg'), 'utf8'))
    expect(existsSync('-')).toBe(false)
  })

  it('is refused for a network on a terminal, and for several pictures', async () => {
    const shown = await runCaptured(['weights', '-o', '-', '--db', db], { window: { columns: 80, rows: 24 } })
    expect([shown.code, shown.stdout]).toEqual([2, ''])
    expect(shown.stderr).toBe(
      'A network is binary and is not written to a terminal. Write to a file: -o best.safetensors\n',
    )
    expect(await refused('plot', 'history', 'loss', '-o', '-')).toBe(
      '-o: 2 pictures do not fit in one file. Write to a folder: -o pictures/\n',
    )
  })
})

describe('weights', () => {
  it('reads the format from the ending in any case, and writes safetensors where there is none', async () => {
    for (const name of ['a.onnx', 'b.ONNX', 'c.SafeTensors', 'd', 'e.safetensors'])
      await run('weights', '-o', at(name))
    expect(bytesOf(at('b.ONNX'))).toBe(bytesOf(at('a.onnx')))
    expect(bytesOf(at('c.SafeTensors'))).toBe(bytesOf(at('e.safetensors')))
    expect(bytesOf(at('d'))).toBe(bytesOf(at('e.safetensors')))
  })

  it('refuses an ending of no format, unless a format is given', async () => {
    expect(await refused('weights', '-o', at('net.npz'))).toBe(
      `${at('net.npz')}: unknown format .npz. Known extensions: safetensors, onnx. Or use --format.\n`,
    )
    expect(existsSync(at('net.npz'))).toBe(false)
    await run('weights', '-o', at('net.bin'), '--format', 'safetensors')
    await run('weights', '-o', at('same.safetensors'))
    expect(bytesOf(at('net.bin'))).toBe(bytesOf(at('same.safetensors')))
  })
})

describe('predict', () => {
  it('says that a file is not there, and nothing of study files', async () => {
    expect(await refused('predict', '--data', at('gone.csv'))).toBe(
      `--data: cannot read ${at('gone.csv')}: no such file.\n`,
    )
  })
})

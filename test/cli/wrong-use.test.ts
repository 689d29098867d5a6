import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeOutputFile } from '../../src/cli/output-file.ts'
import { runCaptured } from './capture.ts'
import { makeExampleStore } from './example-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'finesweep-wrong-use-'))
const db = join(folder, 'studies.db')

beforeAll(() => makeExampleStore(db))
afterAll(() => rmSync(folder, { recursive: true }))

const OTHER = join(folder, 'other.db')

/** Each command line with its exit code and the sentence that it gets. */
const MISTAKES: readonly (readonly [string[], number, string])[] = [
  [[], 2, 'No command was given. All commands: finesweep --help'],
  [['bets'], 2, 'Unknown command "bets". Did you mean "best"?'],
  [['xyzzy'], 2, 'Unknown command "xyzzy". All commands: finesweep --help'],
  [['best', '--jsn'], 2, 'Unknown option --jsn. Did you mean --json?'],
  [['best', '--zzz=1'], 2, 'Unknown option --zzz. See: finesweep best --help'],
  [
    ['best', '-n', 'x'],
    2,
    '--count must be a whole number of at least 1, got "x". See: finesweep best --help',
  ],
  [
    ['best', '-n', '-3'],
    2,
    '--count must be a whole number of at least 1, got "-3". See: finesweep best --help',
  ],
  [['best', '-n'], 2, '-n needs a value. See: finesweep best --help'],
  [
    ['best', '--db', 'a', '--db', 'b'],
    2,
    '--db was given 2 times, but takes one value. See: finesweep best --help',
  ],
  [['best', '--db='], 2, '--db needs a value. See: finesweep best --help'],
  [['studies', 'a'], 2, 'Unknown argument "a". See: finesweep studies --help'],
  [['show'], 2, 'An argument is missing. See: finesweep show --help'],
  [['show', 'x'], 2, 'TRIAL must be a whole number of at least 0, got "x".'],
  [
    ['trials', '--sort', 'lerningRate', '--db', db],
    2,
    '--sort: there is no column "lerningRate". Did you mean "learningRate"?',
  ],
  [
    ['trials', '--stage', 'corse', '--db', db],
    2,
    '--stage: there is no stage "corse". Did you mean "coarse"?',
  ],
  [['trials', '--stage', '3', '--db', db], 2, '--stage: there is no stage "3". Stages: coarse, fine.'],
  [
    ['trials', '--state', 'dead', '--db', db],
    2,
    '--state: there is no state "dead". States: waiting, running, complete, pruned, diverged, failed.',
  ],
  [['export', '--format', 'cvs', '--db', db], 2, '--format: there is no format "cvs". Did you mean "csv"?'],
  [
    ['export', '-o', join(folder, 'no', 'x.csv'), '--db', db],
    2,
    `${join(folder, 'no', 'x.csv')} cannot be written: its folder does not exist.`,
  ],
  [['export', '-o', folder, '--db', db], 2, `${folder} cannot be written: it is a folder.`],
  [
    ['best', 'quickstrat', '--db', db],
    5,
    `There is no study "quickstrat" in ${db}. Did you mean "quickstart"? List them: finesweep studies --db ${db}`,
  ],
  [
    ['explain', 'zzz', '--db', db],
    5,
    `There is no study "zzz" in ${db}. List them: finesweep studies --db ${db}`,
  ],
  [
    ['show', '99', '--db', db],
    5,
    `There is no trial 99 in "quickstart". It has 9. List them: finesweep trials quickstart --db ${db}`,
  ],
  [['best', '--db', OTHER], 5, `No store at ${OTHER}. Run a study first: finesweep run FILE.yaml`],
  [
    ['init', join(folder, 'new'), '--kind', 'foo'],
    2,
    '--kind must be network, module or program, got "foo". See: finesweep init --help',
  ],
  [
    ['completion', 'nosuch'],
    2,
    'SHELL must be bash, zsh or fish, got "nosuch". See: finesweep completion --help',
  ],
  [['data', 'infos', 'x'], 2, 'There is no command "data infos". See: finesweep data --help'],
]

describe('a mistake on the command line', () => {
  it.each(MISTAKES)('%j exits with %i and one sentence', async (argv, code, sentence) => {
    const result = await runCaptured(argv)
    expect(result).toEqual({ code, stdout: '', stderr: `${sentence}\n` })
    expect(existsSync(OTHER)).toBe(false)
  })

  it('that damages a store gets exit code 6', async () => {
    const file = join(folder, 'not-a-store.db')
    writeFileSync(file, 'this is no database '.repeat(100))
    const { code, stdout, stderr } = await runCaptured(['best', '--db', file])
    expect([code, stdout]).toEqual([6, ''])
    expect(stderr).toContain(file)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})

describe('help', () => {
  it('lists every command in a line of its own words', async () => {
    const { code, stdout, stderr } = await runCaptured(['--help'])
    expect([code, stderr]).toEqual([0, ''])
    for (const usage of ['best [study]', 'show [study] <trial>', 'data info <source>', 'run <file>']) {
      expect(stdout).toContain(`  finesweep ${usage} `)
    }
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('of a command says what its options mean, and works without a store', async () => {
    const { code, stdout } = await runCaptured(['trials', '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('--sort')
    expect(stdout).not.toContain('[boolean]')
  })

  it('and the version go to stdout', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(await runCaptured(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })
})

describe('a named output', () => {
  it('replaces a file only when the new one is whole', () => {
    const file = join(folder, 'out.txt')
    writeFileSync(file, 'old')
    function* failing(): Generator<string> {
      yield 'x'.repeat(100_000)
      throw new Error('in the middle')
    }
    expect(() => writeOutputFile(file, failing())).toThrow('in the middle')
    expect(readFileSync(file, 'utf8')).toBe('old')
    writeOutputFile(file, ['new', ' text é'])
    expect(readFileSync(file, 'utf8')).toBe('new text é')
    expect(readdirSync(folder).filter((name) => name.includes('tmp'))).toEqual([])
  })

  it('writes through a link, and replaces the file behind it', () => {
    mkdirSync(join(folder, 'behind'))
    const target = join(folder, 'behind', 'target.txt')
    writeFileSync(target, 'old')
    symlinkSync(target, join(folder, 'link.txt'))
    writeOutputFile(join(folder, 'link.txt'), ['new'])
    expect(readFileSync(target, 'utf8')).toBe('new')
  })

  it('writes what a link without a file behind it leads to', () => {
    mkdirSync(join(folder, 'real', 'deep'), { recursive: true })
    symlinkSync(join(folder, 'real', 'deep'), join(folder, 'alias'))
    symlinkSync('../later.txt', join(folder, 'real', 'deep', 'first'))
    symlinkSync('alias/first', join(folder, 'second'))
    writeOutputFile(join(folder, 'second'), ['new'])
    expect(readFileSync(join(folder, 'real', 'later.txt'), 'utf8')).toBe('new')
    expect(lstatSync(join(folder, 'second')).isSymbolicLink()).toBe(true)
  })

  it.runIf(process.platform !== 'win32')('leaves a file as closed or as open as it was', () => {
    for (const mode of [0o600, 0o666, 0o444]) {
      const file = join(folder, `mode-${mode}`)
      writeFileSync(file, 'old')
      chmodSync(file, mode)
      writeOutputFile(file, ['new'])
      expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['new', mode])
    }
  })
})

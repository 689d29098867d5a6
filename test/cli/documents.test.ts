import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { parseCommandLine } from '../../src/cli/program.ts'
import { splitWords } from '../../src/objective/program/words.ts'
import { parseExperiment } from '../../src/study-file/parse-experiment.ts'
import { CapturedStream, runCaptured } from './capture.ts'

const DOCUMENTS = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(name, 'utf8') }))
const README = DOCUMENTS[0]!.text
const SCRIPTS: Record<string, string> = JSON.parse(readFileSync('package.json', 'utf8')).scripts

const NAMES = COMMANDS.map(({ usage }) => usage.split(' ')[0]!)
const EXAMPLES: Record<string, string> = { TRIAL: '17', SHELL: 'bash', PICTURE: 'narrowing' }

/** Where a study in a folder of its own finds this package, as after an installation. */
const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-documents-'))
beforeAll(() => {
  mkdirSync(path.join(folder, 'node_modules'))
  symlinkSync(process.cwd(), path.join(folder, 'node_modules/finesweep'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Blocks between fences whose first one names that language, or none. */
function blocks(text: string, language: string): string[] {
  const fenced = text.matchAll(/^```(\w*)\n(.*?)^```/gms)
  return [...fenced].filter((match) => match[1] === language).map((match) => match[2]!)
}

/** Lines of indented and of fenced code that begin with a program, without prompt and comment. */
function commandLines(text: string): string[] {
  const fenced = ['', 'sh', 'bash'].flatMap((language) =>
    blocks(text, language).flatMap((block) => block.split('\n')),
  )
  const indented = text
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => line.slice(4))
  const named = [...text.matchAll(/`((?:npx )?finesweep [a-z][^`]*|npm run [^`]*)`/g)].map(
    (match) => match[1]!,
  )
  return [...fenced, ...indented, ...named]
    .map((line) =>
      line
        .replace(/^\$ /, '')
        .replace(/\s+#.*$/, '')
        .trim(),
    )
    .filter((line) => /^(?:\w+=\S+ )*(?:npx finesweep|finesweep|npm) /.test(line))
}

const LINES = DOCUMENTS.flatMap(({ name, text }) =>
  [...new Set(commandLines(text))].map((line) => ({ name, line })),
)

test('the documents have commands to check', () => expect(LINES.length).toBeGreaterThan(60))

test.each(LINES.filter(({ line }) => line.includes('npm ')))(
  '$name: $line is a script of the package',
  ({ line }) => {
    const [, action, script] = line.replace(/^(?:\w+=\S+ )*/, '').split(' ')
    if (action === 'run') expect(SCRIPTS).toHaveProperty([script!])
    else expect(['ci', 'install', 'start', 'test']).toContain(action)
  },
)

test.each(LINES.filter(({ line }) => !line.includes('npm ')))(
  '$name: $line has options that exist',
  async ({ line }) => {
    const words = splitWords(line.replace(/^(?:npx )?finesweep /, ''))
    // A command alone, within a sentence, is only named.
    if (words.length === 1) {
      expect([...NAMES, '--help']).toContain(words[0])
      return
    }
    // What is in brackets may be left out; TRIAL is a number, and SHELL one of three.
    const written = words.map((word) => {
      const bare = word.replaceAll(/[[\].]{1,3}/g, '')
      return EXAMPLES[bare] ?? (word.startsWith('[') ? bare : word)
    })
    const stdout = new CapturedStream()
    await parseCommandLine(written, { stdout, stderr: stdout, env: {} })
  },
)

test.each(DOCUMENTS)('$name has no link that leads nowhere', ({ name, text }) => {
  const links = [...text.matchAll(/(?:\]\(|src="|srcset=")([^)"#]+)(?:#[^)"]*)?[)"]/g)].map(
    (match) => match[1]!,
  )
  const broken = links.filter(
    (link) => !/^https?:/.test(link) && !existsSync(path.join(path.dirname(name), link)),
  )
  expect(broken).toEqual([])
})

describe('README.md', () => {
  test('has every command in its table', () => {
    const missing = NAMES.filter((name) => !README.includes(`| \`finesweep ${name}`))
    expect(missing).toEqual([])
  })

  test('has study files that are sound', () => {
    for (const text of blocks(README, 'yaml')) {
      expect(() => parseExperiment(text, 'docs/example.yaml')).not.toThrow()
    }
  })

  test('shows mistakes as they are told', async () => {
    const shown = blocks(README, '').find((block) =>
      block.startsWith('$ finesweep run experiments/mine.yaml'),
    )!
    mkdirSync(path.join(folder, 'experiments'))
    const lines = [
      'name: mine',
      'data:',
      '  source: generated',
      '',
      'space:',
      '  learningrate: { float: [1e-6, 10] }',
    ]
    writeFileSync(
      path.join(folder, 'experiments/mine.yaml'),
      [...lines, '  reg: { float: [0, 1], log: true }', ''].join('\n'),
    )
    const { code, stderr } = await runCaptured(['run', path.join(folder, 'experiments/mine.yaml')])
    expect(code).toBe(2)
    expect(stderr.replaceAll(`${folder}/`, '')).toBe(shown.split('\n').slice(1).join('\n'))
  })

  test('has objectives and a study in code that run', { timeout: 60_000 }, () => {
    const [plain, generator, study] = blocks(README, 'ts')
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(path.join(folder, 'latency.ts'), plain!)
    writeFileSync(path.join(folder, 'my-objective.ts'), generator!)
    writeFileSync(path.join(folder, 'study.ts'), study!)
    const space = 'space: { threads: { int: [1, 16] }, block: { int: [32, 1024], log: true } }'
    const stages = 'stages: [{ trials: 12, epochs: 1 }]'
    const file = ['objective: ./latency.ts', 'direction: minimize', space, stages, ''].join('\n')
    writeFileSync(path.join(folder, 'latency.yaml'), file)
    const command = path.resolve('dist/bin/finesweep.cjs')
    for (const args of [['study.ts'], [command, 'run', 'latency.yaml'], [command, 'best', 'mine']]) {
      const ended = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
      expect(ended.status, ended.stderr).toBe(0)
      expect(ended.stdout).not.toBe('')
    }
  })
})

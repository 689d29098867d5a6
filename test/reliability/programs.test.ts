import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { parseExperiment } from '../../src/study-file/parse-experiment.ts'
import { isAlive } from '../is-alive.ts'
import { chaosSeed, type Ended, scaled, start } from './finesweep.ts'

const PROGRAMS = path.join(import.meta.dirname, 'programs')
const hasPython = spawnSync('python3', ['--version']).status === 0
const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-programs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A folder with a study file and the programs of the fixtures. */
function project(name: string, study: string, files: Record<string, string> = {}): string {
  const own = path.join(folder, name)
  cpSync(PROGRAMS, own, { recursive: true })
  writeFileSync(path.join(own, 'study.yaml'), study)
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(path.join(own, file), text)
    chmodSync(path.join(own, file), 0o755)
  }
  return own
}

const STUDY = 'direction: maximize\nspace: { x: { float: [0, 1] } }\nlimits: { retries: 0 }\n'

function stage(trials: number): string {
  return `stages: [{ name: only, trials: ${trials}, epochs: 1, sampler: random }]\n`
}

async function run(cwd: string, ...args: string[]): Promise<Ended> {
  return start(args, {}, cwd).ended
}

async function trialsOf(
  cwd: string,
): Promise<{ number: number; state: string; value: number; epochs: number }[]> {
  return JSON.parse((await run(cwd, 'trials', '--json')).stdout).trials
}

test.skipIf(!hasPython)(
  'what a program prints is read field by field; what is wrong costs a warning',
  async () => {
    const cwd = project('ways', `${STUDY}${stage(8)}objective: { command: "python3 many-ways.py" }\n`)
    const { code, stderr } = await run(cwd, 'run', 'study.yaml', '--workers', '2')
    expect(code).toBe(0)
    const trials = await trialsOf(cwd)
    expect(trials.map(({ state, epochs }) => `${state} ${epochs}`)).toEqual([
      'complete 2',
      'diverged 0',
      'failed 1',
      'failed 0',
      'complete 2',
      'complete 1',
      'complete 7',
      'complete 1',
    ])
    expect(stderr).toContain('Warning: trial 5: metrics.note must be a number, got "hi"; it is ignored.')
    expect(stderr).toContain('Warning: trial 6: step must increase, got 3 after 5; it counts as step 6.')
    expect(stderr).toContain(
      'Trial 3 failed: python3 ended with exit status 1: RuntimeError: CUDA out of memory.',
    )
    const shown = (await run(cwd, 'show', '3')).stdout
    expect(shown).toMatch(
      /\n {2}Traceback \(most recent call last\):\n(.*\n)+ {2}RuntimeError: CUDA out of memory\n/,
    )
    const { trial } = JSON.parse((await run(cwd, 'show', '7', '--json')).stdout)
    expect(trial.measurements[0].metrics).toEqual({ f1: null, best: null })
  },
)

test('each trial has a folder, kept for the best; slots and devices are told apart', async () => {
  const program = [
    '#!/bin/sh',
    'echo "model $FINESWEEP_TRIAL" > "$1/model.txt"',
    'echo "to stderr" >&2',
    'echo "$FINESWEEP_SLOT $CUDA_VISIBLE_DEVICES $MINE $FINESWEEP_DIR" >> "$SLOTS"',
    `echo "{\\"value\\": $2}"`,
  ].join('\n')
  const slots = path.join(folder, 'slots.txt')
  const cwd = project(
    'folders',
    `${STUDY}${stage(6)}objective:\n  command: [./train.sh, "{dir}", "{x}"]\n  devices: [4, 7]\n  keep: 2\n  env: { MINE: "s{slot}", SLOTS: ${slots} }\n`,
    { 'train.sh': program },
  )
  expect((await run(cwd, 'run', 'study.yaml', '--workers', '2')).code).toBe(0)
  const lines = readFileSync(slots, 'utf8').trim().split('\n')
  expect(lines).toHaveLength(6)
  for (const line of lines) expect(line).toMatch(/^(0 4 s0|1 7 s1) .*\/results\/artifacts\/study\/\d+$/)
  const best = (await trialsOf(cwd)).toSorted((a, b) => b.value - a.value)
  const listed = JSON.parse((await run(cwd, 'artifacts', '--json')).stdout).artifacts
  expect(listed.map(({ trial }: { trial: number }) => trial)).toEqual([best[0]!.number, best[1]!.number])
  expect((await run(cwd, 'artifacts', '-o', 'copy')).code).toBe(0)
  expect(readFileSync(path.join(cwd, 'copy/model.txt'), 'utf8')).toBe(`model ${best[0]!.number}\n`)
  expect(readFileSync(path.join(cwd, 'copy/stderr.txt'), 'utf8')).toBe('to stderr\n')
  expect((await run(cwd, 'artifacts', '-o', 'copy')).stderr).toContain('copy is not empty')
})

test.for([
  ['no-such-program --now', /^study\.yaml:\d+:23 {2}command: there is no program "no-such-program" in PATH/],
  ['./many-ways.py', /command: .*\/many-ways\.py is not executable\. Run chmod \+x/],
  ['left.sh', 'There is a file with that name in'],
] as const)('the command "%s" is refused before any trial', async ([command, message]) => {
  const cwd = project('missing', `${STUDY}${stage(2)}objective: { command: "${command}" }\n`)
  const { code, stderr } = await run(cwd, 'run', 'study.yaml')
  expect(code).toBe(2)
  expect(stderr).toMatch(message)
  expect(existsSync(path.join(cwd, 'results/studies.db'))).toBe(false)
})

test('a program that a trial leaves behind does not hold the command up', async () => {
  const cwd = project('daemon', `${STUDY}${stage(1)}objective: { command: ./daemon.sh }\n`, {
    'daemon.sh': '#!/bin/sh\nsetsid sleep 60 &\necho $! > daemon.pid\necho \'{"value": 1}\'\n',
  })
  expect((await run(cwd, 'run', 'study.yaml')).code).toBe(0)
  // Still there: it was not waited for.
  process.kill(Number(readFileSync(path.join(cwd, 'daemon.pid'), 'utf8')), 'SIGKILL')
})

test('a stage with a warm start gives each program the folder of the trial that it continues', async () => {
  const program = [
    '#!/bin/sh',
    'count=0',
    'if [ -n "$FINESWEEP_CONTINUED" ]; then count=$(cat "$FINESWEEP_CONTINUED/checkpoint"); fi',
    'echo $((count + FINESWEEP_EPOCHS)) > "$FINESWEEP_DIR/checkpoint"',
    'echo "{\\"step\\": $FINESWEEP_EPOCHS, \\"value\\": $1, \\"total\\": $((count + FINESWEEP_EPOCHS))}"',
  ].join('\n')
  const stages =
    'stages: [{ name: wide, trials: 8, epochs: 2, sampler: random }, { name: long, trials: 5, epochs: 3, warmStart: true }]\n'
  const cwd = project('warm', `${STUDY}${stages}objective: { command: "./train.sh {x}", keep: 1 }\n`, {
    'train.sh': program,
  })
  const { code, stderr } = await run(cwd, 'run', 'study.yaml', '--workers', '3')
  expect(code, stderr).toBe(0)
  for (let trial = 8; trial < 13; trial++) {
    const shown = JSON.parse((await run(cwd, 'show', String(trial), '--json')).stdout).trial
    expect(shown.measurements.at(-1).metrics.total).toBe(5)
  }
  const listed = JSON.parse((await run(cwd, 'artifacts', '--json')).stdout).artifacts
  expect(listed).toHaveLength(1)
})

test('a thread that is stuck in native code does not hold the command up', async () => {
  const stuck = `import { spawnSync } from 'node:child_process'
export default () => {
  spawnSync('sh', ['-c', 'echo $$ > stuck.pid; exec sleep 60'])
  return 1
}
`
  const study = STUDY.replace('retries: 0', 'retries: 0, trialTimeout: 1')
  const cwd = project('stuck', `${study}${stage(1)}objective: ./stuck.mjs\n`, { 'stuck.mjs': stuck })
  const { code, stdout } = await run(cwd, 'run', 'study.yaml')
  expect([code, stdout.includes('1 trial (1 failed)')]).toEqual([3, true])
  // Still there: it was not waited for.
  process.kill(Number(readFileSync(path.join(cwd, 'stuck.pid'), 'utf8')), 'SIGKILL')
})

test.skipIf(!existsSync('/proc/self/stat'))(
  'after a SIGKILL nothing of a program is left once a resume has begun, and no trial runs twice at a time',
  { timeout: scaled(180_000, 3_600_000) },
  async () => {
    const generator = fastGenerator(['programs', chaosSeed()])
    const kills = scaled(2, 200)
    const calm = leftBehind('calm')
    await start(['run', 'study.yaml', '--workers', '2', '--quiet'], { RUN: 'calm' }, calm.cwd).ended
    const { stdout: digest } = await run(calm.cwd, 'digest')
    endAll(`${calm.pids}.calm`)
    for (let kill = 0; kill < kills; kill++) {
      const { cwd, pids } = leftBehind(`left-${kill}`)
      const [killed, resumed] = [`${pids}.killed`, `${pids}.resumed`]
      const first = start(
        ['run', 'study.yaml', '--workers', '2', '--quiet'],
        { RUN: 'killed', WAIT: '60' },
        cwd,
      )
      await vi.waitUntil(() => pidsIn(killed).length > 0, { timeout: 45_000, interval: 5 })
      await new Promise((resolve) => setTimeout(resolve, generator.next() * 50))
      first.child.kill('SIGKILL')
      await first.ended
      const second = start(['resume', '--workers', '2', '--quiet'], { RUN: 'resumed', WAIT: '0.3' }, cwd)
      // They are ended before the first program of the resumed study begins, one that began late as well.
      await vi.waitUntil(() => pidsIn(resumed).length > 0, { timeout: 45_000, interval: 5 })
      expect(pidsIn(killed).filter(isAlive)).toEqual([])
      expect(await second.ended).toMatchObject({ code: 0, stderr: '' })
      expect((await trialsOf(cwd)).map(({ state }) => state)).toEqual(['complete', 'complete', 'complete'])
      expect(existsSync(`${pids}.twice`)).toBe(false)
      expect((await run(cwd, 'digest')).stdout).toBe(digest)
      endAll(resumed)
    }
  },
)

/** A study of programs that leave others behind, and the start of the names of files with their process ids. */
function leftBehind(name: string): { readonly cwd: string; readonly pids: string } {
  const own = path.join(folder, name)
  mkdirSync(own)
  const pids = path.join(own, 'pids')
  const objective = `objective: { command: "./left.sh {x}", env: { PIDS: ${pids} } }\n`
  return { cwd: project(name, `${STUDY}${stage(3)}${objective}`), pids }
}

function pidsIn(file: string): number[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0)
}

function endAll(file: string): void {
  for (const pid of pidsIn(file)) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
}

const DOCUMENT = readFileSync('docs/commands.md', 'utf8')

function blocks(language: string): string[] {
  return [...DOCUMENT.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map((match) => match[1]!)
}

test.each(blocks('yaml'))('docs/commands.md has studies that can be read: %j', (text) => {
  expect(() => parseExperiment(text, 'docs/example.yaml')).not.toThrow()
})

test.each([
  ['Python', 'python3', 'script.py'],
  ['JavaScript', process.execPath, 'script.mjs'],
])('the client for %s in docs/commands.md measures', async (language, program, script) => {
  if (language === 'Python' && !hasPython) {
    console.log('skipped: there is no python3')
    return
  }
  const [sweep = '', use = ''] = blocks('python')
  const files = language === 'Python' ? { 'sweep.py': sweep, [script]: use } : { [script]: blocks('js')[0]! }
  const study = `${STUDY}stages: [{ trials: 2, epochs: 3, sampler: random }]\nobjective: { command: ["${program}", ${script}] }\n`
  const cwd = project(language, study, files)
  // As an installed package.
  mkdirSync(path.join(cwd, 'node_modules'))
  symlinkSync(process.cwd(), path.join(cwd, 'node_modules/finesweep'))
  const { code, stderr } = await run(cwd, 'run', 'study.yaml', '--workers', '1')
  expect([code, stderr.includes('Warning')]).toEqual([0, false])
  const { trial } = JSON.parse((await run(cwd, 'show', '1', '--json')).stdout)
  const { x } = trial.params
  expect(trial.measurements.map(({ step }: { step: number }) => step)).toEqual([1, 2, 3])
  expect(trial.value).toBeCloseTo(-((x - 0.3) ** 2) - 1 / 3, 12)
  expect(trial.measurements[0].metrics.loss).toBeCloseTo((x - 0.3) ** 2 + 1, 12)
})

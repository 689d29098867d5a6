import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { isAlive } from '../is-alive.ts'
import { chaosSeed, type Ended, scaled, start } from './finesweep.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-rungs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const STUDY = `direction: maximize
space: { x: { int: [0, 1000] } }
limits: { retries: 1, trialTimeout: ${scaled(600, 4)} }
objective: { command: ["./halved.sh", "{x}"], env: { PIDS: pids, STARTS: starts, HANGS: ${scaled(0, 1)} } }
stages:
  - { name: halved, trials: 20, epochs: 6, rungs: [1, 3], sampler: tpe }
  - { name: again, replicate: { top: 2, seeds: 2 } }
`

function project(name: string): string {
  const own = path.join(folder, name)
  cpSync(path.join(import.meta.dirname, 'programs'), own, { recursive: true })
  writeFileSync(path.join(own, 'study.yaml'), STUDY)
  return own
}

/** What must not depend on workers and kills. */
async function resultOf(cwd: string): Promise<{ digest: string; pruned: unknown[]; states: unknown }> {
  const digest = (await start(['digest'], {}, cwd).ended).stdout
  const { trials } = JSON.parse((await start(['trials', '--json'], {}, cwd).ended).stdout)
  const inState = (wanted: string) =>
    trials
      .filter(({ state }: { state: string }) => state === wanted)
      .map(({ number, epochs }: { number: number; epochs: number }) => [number, epochs])
  return { digest, pruned: inState('pruned'), states: inState('failed') }
}

/** How many trials have begun. */
function begun(cwd: string): number {
  const file = path.join(cwd, 'starts')
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0
}

/** Waits until nothing is left of all programs of the study: what was killed takes a moment to be gone. */
function nothingLeft(cwd: string): Promise<unknown> {
  const pids = readFileSync(path.join(cwd, 'pids'), 'utf8').trim().split('\n').map(Number)
  return vi.waitUntil(() => !pids.some(isAlive), { timeout: 45_000 })
}

/** Ends a run once it has begun that many more trials, if it is still there. */
async function interrupted(
  cwd: string,
  args: string[],
  trials: number,
  signal: NodeJS.Signals,
): Promise<Ended> {
  const run = start(args, {}, cwd)
  let isOver = false
  void run.ended.then(() => {
    isOver = true
  })
  const wanted = begun(cwd) + trials
  while (!isOver && begun(cwd) < wanted) await new Promise((resolve) => setTimeout(resolve, 2))
  if (!isOver) run.child.kill(signal)
  return run.ended
}

test.skipIf(!existsSync('/proc/self/stat'))(
  'programs that are pruned at rungs and run again by a last stage end the same, whatever the workers and kills',
  { timeout: scaled(240_000, 3_600_000) },
  async () => {
    const seed = chaosSeed()
    const generator = fastGenerator(['rungs', seed])
    const plain = project('plain')
    expect((await start(['run', 'study.yaml', '--workers', '1', '--quiet'], {}, plain).ended).code).toBe(0)
    const expected = await resultOf(plain)
    expect(expected.pruned.length).toBeGreaterThan(5)
    await nothingLeft(plain)
    const kills = scaled(3, 100)
    let killed = 0
    for (let study = 0; study < 2 || killed < kills; study++) {
      const cwd = project(`killed-${study}`)
      let args = ['run', 'study.yaml']
      for (;;) {
        const workers = [1, 2, 5][generator.below(3)]!
        const signal = generator.below(4) === 0 ? 'SIGINT' : 'SIGKILL'
        const all = [...args, '--workers', String(workers), '--quiet']
        const ended = await interrupted(cwd, all, 1 + generator.below(16), signal)
        args = ['resume']
        if (ended.code === 0) break
        killed++
        const said = `seed ${seed}, study ${study}: ${ended.stderr}`
        expect([ended.code, ended.signal], said).toEqual(signal === 'SIGINT' ? [130, null] : [null, signal])
      }
      expect(await resultOf(cwd), `seed ${seed}, study ${study}`).toEqual(expected)
      await nothingLeft(cwd)
    }
    console.log(`${killed} kills`)
  },
)

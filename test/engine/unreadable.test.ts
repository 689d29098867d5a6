import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CommandProcess } from './commands.ts'
import { digestAlone, Farm, ROOT } from './farm.ts'
import { HAS_REDIS, type RedisServer, startRedis } from './redis.ts'

/** What runs a command as a user from whom a file can be kept; null if there is nothing. */
const AS_NOBODY = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--clear-groups'] : []
const CAN = AS_NOBODY.length === 0 || spawnSync(AS_NOBODY[0]!, [...AS_NOBODY.slice(1), 'true']).status === 0
if (!CAN) process.stderr.write('skipped: no setpriv on the PATH, no file is kept from a worker\n')

const WARM = path.join(ROOT, 'test/engine/studies/warm.yaml')
const LOCKED = ['--set', 'objective.command=./locked.sh {x}']
const ALONE = ['--set', 'stages[1].warmStart=false']

let redis: RedisServer
let farm: Farm

describe.skipIf(!HAS_REDIS || !CAN)('a file that a worker may not read', () => {
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.stop())
  beforeEach(() => {
    farm = new Farm(redis.url)
    chmodSync(farm.folder, 0o755)
  })
  afterEach(() => farm.close())

  const worker = (root = ROOT): CommandProcess =>
    farm.worker('rack-1', ['--root', root], { before: AS_NOBODY, env: { TMPDIR: tmpdir() } })

  test('is named on both sides where an objective uses it', async () => {
    const roots = ['head', 'rack'].map((name) => path.join(farm.folder, name))
    for (const root of roots) {
      mkdirSync(root)
      writeFileSync(path.join(root, 'study.yaml'), STUDY)
      writeFileSync(path.join(root, 'objective.mjs'), MODULE)
      writeFileSync(path.join(root, 'weights.txt'), '3')
    }
    const [head, rack] = roots as [string, string]
    chmodSync(path.join(rack, 'weights.txt'), 0)
    const refused = worker(rack)
    const run = farm.run(path.join(head, 'study.yaml'), ['--root', head])
    const reason = `Cannot read ${path.join(rack, 'weights.txt')}, which the objective uses: permission denied (EACCES). It must`
    await run.said(`Worker rack-1 cannot run this study: ${reason}`)
    await refused.said(`Cannot run study readable of `)
    await refused.said(reason)
  })

  test('is named once where trials leave it, and the results are those of one machine', async () => {
    worker()
    const run = farm.run(WARM, [...LOCKED, ...ALONE])
    expect(await farm.digest(run)).toBe(await digestAlone(WARM, [...LOCKED, ...ALONE]))
    const said = run.text().match(/Trial \d+ left a folder on rack-1 that cannot be sent, .*/g)
    expect(said).toEqual([
      expect.stringMatching(/\/model cannot be read: permission denied \(EACCES\), and is not kept\.$/),
    ])
  })

  test('ends a study whose next stage would continue it, in a sentence', async () => {
    worker()
    const { code, stderr } = await farm.run(WARM, LOCKED).ended
    expect([code, stderr]).toEqual([
      6,
      expect.stringMatching(
        /\nTrial \d left a folder on rack-1 that cannot be sent, since \S+\/model cannot be read: permission denied \(EACCES\), and the next stage continues such trials \(warmStart\)\. Have/,
      ),
    ])
  })
})

const STUDY = `
name: readable
objective: ./objective.mjs
direction: maximize
space: { x: { float: [0, 1] } }
stages: [{ name: only, trials: 2, epochs: 1, sampler: random }]
`
const MODULE = `
import { readFileSync } from 'node:fs'
const weights = new URL('./weights.txt', import.meta.url)
export default ({ params }) => params.x * Number(readFileSync(weights, 'utf8'))
`

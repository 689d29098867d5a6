import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { startCommand } from '../engine/commands.ts'
import { HAS_REDIS, startRedis } from '../engine/redis.ts'
import { finesweep } from '../reliability/finesweep.ts'
import { examplesOf, newProject } from './examples.ts'

const DOCUMENT = 'docs/machines.md'

/** Every `finesweep worker` of the document, as its words: in shell scripts, units, compose files and manifests. */
function workerCommands(): string[][] {
  const lines = ['sh', 'ini']
    .flatMap((language) => examplesOf(DOCUMENT, language))
    .flatMap((text) => text.split('\n'))
  const yaml = examplesOf(DOCUMENT, 'yaml').map((text) => parse(text))
  const compose = yaml.find(({ services }) => services !== undefined)
  const deployment = yaml.find(({ kind }) => kind === 'Deployment')
  const container = deployment.spec.template.spec.containers[0]
  return [...lines, compose.services.worker.command, container.command.join(' ')]
    .map((line: string) => /finesweep (worker.*)$/.exec(line)?.[1])
    .filter((words) => words !== undefined)
    .map((words) => words.split(' '))
}

test('every worker of the document begins and looks for its engine', async () => {
  const commands = workerCommands()
  expect(commands.length).toBeGreaterThanOrEqual(5)
  for (const written of commands) {
    // Its folder is not there on this machine, which a worker refuses.
    const words = written.map((word, i) => (written[i - 1] === '--root' ? '.' : word))
    const { code, stderr } = await finesweep(words, { FINESWEEP_ENGINE: 'redis://127.0.0.1:1' })
    expect(stderr, words.join(' ')).toContain('The engine redis://127.0.0.1:1 cannot be reached')
    expect(code).toBe(7)
  }
})

test('the manifests give workers their engine, and time to end', () => {
  const [compose, deployment] = examplesOf(DOCUMENT, 'yaml').map((text) => parse(text))
  expect(compose.services.worker.environment.FINESWEEP_ENGINE).toBe('redis://redis:6379')
  const { spec } = deployment.spec.template
  expect(spec.containers[0].env[0].name).toBe('FINESWEEP_ENGINE')
  expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(60)
  expect(deployment.spec.selector.matchLabels).toEqual(deployment.spec.template.metadata.labels)
})

/** Small enough to be over in a moment. */
const STUDY = `
name: study
data: { source: generated, count: 200 }
model: { hidden: [] }
stages: [{ name: coarse, trials: 4, epochs: 1 }]
`

test.skipIf(!HAS_REDIS)('two machines run a study as the document says', async () => {
  const [, onHead, onOther, later] = examplesOf(DOCUMENT, 'sh').map((text) => text.trim().split('\n'))
  const server = wordsOf(onHead![0]!, 'redis-server ')
  const redis = await startRedis([...server, '--daemonize', 'no', '--bind', '127.0.0.1'])
  onTestFinished(() => redis.stop())
  const { folder, remove } = newProject()
  onTestFinished(remove)
  writeFileSync(path.join(folder, 'study.yaml'), STUDY)
  const start = (command: string, exported: string) => {
    const url = exported
      .replace(/^export FINESWEEP_ENGINE=/, '')
      .replace('head:6379', new URL(redis.url).host)
    return startCommand(wordsOf(command, 'npx finesweep '), { cwd: folder, env: { FINESWEEP_ENGINE: url } })
  }
  const worker = start(onOther![1]!, onOther![0]!)
  onTestFinished(async () => {
    worker.signal('SIGKILL')
    await worker.ended
  })
  const { code, stderr } = await start(onHead![2]!, onHead![1]!).ended
  expect(code, stderr).toBe(0)
  const [status, doctor] = await Promise.all(later!.map((command) => start(command, onHead![1]!).ended))
  expect(status!.stdout).toContain(`-${worker.process.pid}`)
  expect(doctor!.stdout).toContain('computes identically to this machine')
})

/** The words of a command after those it begins with. */
function wordsOf(line: string, begin: string): string[] {
  expect(line.startsWith(begin), line).toBe(true)
  const words = line.slice(begin.length).split(' ')
  return words.map((word) => (word === "''" ? '' : word))
}

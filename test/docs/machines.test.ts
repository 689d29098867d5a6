import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { finesweep } from '../reliability/finesweep.ts'
import { examplesOf } from './examples.ts'

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
  for (const words of commands) {
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

import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { runCaptured } from './capture.ts'
import {
  createExampleStudy,
  EXAMPLE_TRIALS,
  exampleSpec,
  makeExampleStore,
  STAGES,
  writeTrial,
} from './example-store.ts'

let folder: string
let db: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'finesweep-report-'))
  db = join(folder, 'studies.db')
  makeExampleStore(db)
  const writer = openWriter(db)
  const second = createExampleStudy(writer, 'a</script><img src=x onerror=alert(1)>')
  writer.addStage(second.id, STAGES[0]!)
  for (let number = 0; number < 6; number++)
    writeTrial(writer, second.id, exampleSpec(number), EXAMPLE_TRIALS[number]!)
  writer.finishStudy(second.id, 'complete', null)
  writer.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function report(...words: string[]): Promise<string> {
  const file = join(folder, 'out.html')
  const { code, stderr } = await runCaptured(['report', ...words, '-o', file, '--db', db])
  expect(stderr).toContain('Wrote ')
  expect(code).toBe(0)
  return readFileSync(file, 'utf8')
}

describe('finesweep report', () => {
  it('answers first what a person asks first', async () => {
    const html = await report('quickstart')
    const answers = /<div class="answers">(.*?)<div class="best">/s.exec(html)![1]!
    expect(answers).toContain('Which settings won')
    expect(answers).toContain('Trial 6: validAccuracy 0.5310 after 3 epochs, with learningRate 1.2e-3')
    expect(answers).toContain('Trial 6 is 0.0022 better than the second, trial 7')
    expect(answers).toContain('Test accuracy of trial 6')
    expect(answers).toContain('learningRate: [1e-6, 10] to [1.9e-4, 8.8e-3]')
    expect(answers).toContain('What to try next')
    expect(html.indexOf('class="answers"')).toBeLessThan(html.indexOf('<svg'))
  })

  it('allows its own style and script alone, and asks for nothing from outside', async () => {
    const html = await report('quickstart')
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!
    const hash = (text: string) => createHash('sha256').update(text).digest('base64')
    const script = /<script>(.*?)<\/script>/s.exec(html)![1]!
    const style = /<style>(.*?)<\/style>/s.exec(html)![1]!
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`script-src 'sha256-${hash(script)}'`)
    expect(policy).toContain(`style-src 'sha256-${hash(style)}'`)
    const outside = [...html.matchAll(/(?:https?:)?\/\/[\w.-]+\.\w+[^"'\s]*/g)].map(([link]) => link)
    expect(outside.filter((link) => !link.startsWith('http://www.w3.org/'))).toEqual([])
    expect(html).not.toMatch(/ style="| on\w+="/)
  })

  it('keeps hostile names inert', async () => {
    const html = await report('a</script><img src=x onerror=alert(1)>')
    expect(html).not.toMatch(/<img/)
    expect(html.match(/<script/g)).toHaveLength(2)
    expect(html.match(/<\/script>/g)).toHaveLength(2)
  })

  it('lays several studies side by side', async () => {
    const html = await report('quickstart', 'a</script><img src=x onerror=alert(1)>')
    expect(html).toContain('Side by side')
    expect(html).toContain('Ranges of the last stage')
    expect(html).toContain('Best value so far, side by side')
    expect(html.match(/class="study" data-study=/g)).toHaveLength(2)
  })

  it('shows as many trials as asked for, and says so', async () => {
    const html = await report('quickstart', '--trials', '3')
    expect(html).toContain('The first 3 of 9 trials')
  })

  it('gives the same bytes for the same store', async () => {
    expect(await report('quickstart')).toBe(await report('quickstart'))
  })

  it('shows neither paths nor commands unless asked to', async () => {
    const { shownSettings } = await import('../../src/cli/pictures/study-page.ts')
    const settings = {
      objective: { command: 'python3 secret.py', cwd: '/home/me' },
      data: { path: '/home/me/cifar' },
    }
    expect(shownSettings(settings, false)).toEqual({
      objective: { command: '(not shown)', cwd: '(not shown)' },
      data: { path: '…/cifar' },
    })
    expect(shownSettings(settings, true)).toBe(settings)
    const listed = { command: ['python3', '--token', 'hush'], env: { TOKEN: 'hush' }, cwd: null }
    // A parameter may have that name.
    const space = { command: { choices: ['a', 'b'] } }
    expect(shownSettings({ objective: listed, space }, false)).toEqual({
      objective: { command: '(not shown)', env: { TOKEN: '(not shown)' }, cwd: null },
      space,
    })
    expect(shownSettings(null, false)).toBeNull()
  })

  it('does not print HTML on a terminal', async () => {
    const window = { columns: 80, rows: 24 }
    const { code, stderr } = await runCaptured(['report', '-o', '-', '--db', db], { window })
    expect(code).toBe(2)
    expect(stderr).toContain('HTML is not written to a terminal')
  })
})

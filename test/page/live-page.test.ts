import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveServer, startLive } from '../../src/cli/live/start.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import type { StudyRecord, StudyWriter } from '../../src/store/store.ts'
import { createExampleStudy, EXAMPLE_TRIALS, exampleSpec, STAGES, writeTrial } from '../cli/example-store.ts'
import { launchBrowser, NO_BROWSER, openPage, violations } from './browser.ts'

describe.skipIf(NO_BROWSER !== null)('the live page in a browser', () => {
  let folder: string
  let browser: Browser
  let writer: StudyWriter
  let study: StudyRecord
  let server: LiveServer

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'finesweep-live-page-'))
    const db = join(folder, 'studies.db')
    writer = openWriter(db)
    study = createExampleStudy(writer, 'live')
    writer.addStage(study.id, STAGES[0]!)
    for (let number = 0; number < 3; number++) {
      writeTrial(writer, study.id, exampleSpec(number), EXAMPLE_TRIALS[number]!)
    }
    server = await startLive(db, '127.0.0.1', 0, true, { study: 'live', hosts: ['127.0.0.1'], token: null })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    writer?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('follows the study to its end, and keeps what was chosen', async () => {
    const { page, complaints } = await openPage(browser, `http://127.0.0.1:${server.port}/#trial=2`)
    await page.locator('.head', { hasText: 'running' }).waitFor()
    const printed = (await openPage(browser, `http://127.0.0.1:${server.port}/`)).page
    const history = page.locator('section', { has: page.locator('[data-picture=history]') })
    await history.scrollIntoViewIfNeeded()
    expect(await history.locator('.summary').textContent()).toContain('(3 trials)')
    for (let number = 3; number < 6; number++) {
      writeTrial(writer, study.id, exampleSpec(number), EXAMPLE_TRIALS[number]!)
    }
    await history.locator('.summary', { hasText: '(6 trials)' }).waitFor()
    expect(await history.locator('.chosen .mark').count()).toBeGreaterThan(0)
    const notes = history.locator('.note')
    expect(await notes.count()).toBe(0)
    writer.addStage(study.id, STAGES[1]!)
    writeTrial(writer, study.id, exampleSpec(6), EXAMPLE_TRIALS[6]!)
    await notes.filter({ hasText: 'Stages have different epochs' }).waitFor()
    writer.finishStudy(study.id, 'complete', null)
    await page.locator('.head strong', { hasText: 'complete' }).waitFor()
    expect(await page.locator('#chosen').textContent()).toContain('Trial 2')
    // Nothing more is heard: what was out of sight is drawn when it is scrolled to, or printed.
    await page.locator('.trials').scrollIntoViewIfNeeded()
    await page.locator('.trials caption', { hasText: 'All 7 trials' }).waitFor()
    await printed.locator('.head strong', { hasText: 'complete' }).waitFor()
    await printed.evaluate(`window.dispatchEvent(new Event('beforeprint'))`)
    expect(await printed.locator('.trials caption').textContent()).toBe('All 7 trials')
    expect(await printed.locator('.trials tbody tr').count()).toBe(7)
    const drawn = printed.locator('section', { has: printed.locator('[data-picture=history]') })
    expect(await drawn.locator('.summary').textContent()).toContain('(7 trials)')
    expect(await printed.locator('.explain pre').textContent()).toContain('Best: trial 6')
    await printed.context().close()
    expect(await violations(page)).toEqual([])
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('runs no script but its own', async () => {
    const { page } = await openPage(browser, `http://127.0.0.1:${server.port}/`)
    await page.evaluate(`(() => {
      const script = document.createElement('script')
      script.textContent = 'window.intruded = true'
      document.body.append(script)
    })()`)
    expect(await page.evaluate('window.intruded === true')).toBe(false)
    await page.context().close()
  })
})

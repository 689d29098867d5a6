import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCaptured } from '../cli/capture.ts'
import { makeExampleStore } from '../cli/example-store.ts'
import { launchBrowser, NO_BROWSER, openPage, seeAll, violations } from './browser.ts'

describe.skipIf(NO_BROWSER !== null)('a report in a browser', () => {
  let folder: string
  let url: string
  let browser: Browser

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'finesweep-page-'))
    const db = join(folder, 'studies.db')
    makeExampleStore(db)
    const file = join(folder, 'report.html')
    expect((await runCaptured(['report', '-o', file, '--db', db])).code).toBe(0)
    url = pathToFileURL(file).href
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each(['light', 'dark'] as const)(
    '%s: no console message, and nothing that axe objects to',
    async (colorScheme) => {
      const { page, complaints } = await openPage(browser, url, { colorScheme, offline: true })
      await seeAll(page)
      await page.locator('a[href="#trial=6"]').first().click()
      expect(await violations(page)).toEqual([])
      expect(complaints).toEqual([])
      await page.context().close()
    },
  )

  it('lets the keyboard alone choose a trial and read it', async () => {
    const { page } = await openPage(browser, url)
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab')
      if (await page.evaluate("document.activeElement?.getAttribute('href') === '#trial=6'")) break
    }
    await page.keyboard.press('Enter')
    const chosen = page.locator('#chosen')
    expect(await chosen.textContent()).toContain('Trial 6: fine, complete, validAccuracy 0.5310')
    expect(await chosen.textContent()).toContain('learningRate 1.2e-3')
    expect(page.url()).toContain('#trial=6')
    await page.keyboard.press('ArrowRight')
    expect(await chosen.textContent()).toContain('rank 2 of')
    await page.keyboard.press('Escape')
    expect(await chosen.textContent()).toBe('')
    await page.context().close()
  })

  it('marks the trial of its address in every picture', async () => {
    const { page } = await openPage(browser, `${url}#trial=2`)
    for (const picture of ['narrowing', 'history', 'slices', 'parallel']) {
      expect(
        await page.locator(`.plot[data-picture=${picture}] .chosen .mark`).count(),
        picture,
      ).toBeGreaterThan(0)
    }
    expect(await page.locator('h2', { hasText: 'Loss history of trial 2' }).count()).toBe(1)
    await page.context().close()
  })

  it('sorts and filters the table of trials', async () => {
    const { page } = await openPage(browser, url)
    await page.locator('.trials th button', { hasText: 'validAccuracy' }).click()
    expect(await page.locator('.trials tbody tr').first().getAttribute('data-trial')).toBe('6')
    await page.keyboard.press('Escape')
    await page.locator('h1').click()
    await page.keyboard.press('/')
    await page.keyboard.type('diverged')
    expect(await page.locator('.trials tbody tr').count()).toBe(1)
    await page.context().close()
  })

  it('brushes an axis of parallel coordinates', async () => {
    const { page } = await openPage(browser, url, { viewport: { width: 1000, height: 1400 } })
    const plot = page.locator('.plot[data-picture=parallel]')
    await plot.scrollIntoViewIfNeeded()
    const before = await plot.locator('path').count()
    const box = (await plot.locator('svg').boundingBox())!
    const x = box.x + box.width * 0.875
    await page.mouse.move(x, box.y + box.height * 0.4)
    await page.mouse.down()
    await page.mouse.move(x, box.y + 10, { steps: 4 })
    await page.mouse.up()
    expect(await page.locator('section', { has: plot }).locator('.summary').textContent()).not.toContain(
      '7 trials',
    )
    expect(before).toBeGreaterThan(0)
    await page.context().close()
  })

  it.each([320, 1400])('does not scroll sideways at %i pixels', async (width) => {
    const { page, complaints } = await openPage(browser, url, { viewport: { width, height: 800 } })
    await seeAll(page)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('lays out first what is in view, and then the rest of the page', async () => {
    const { page } = await openPage(browser, url)
    await page.locator('html[data-painted]').waitFor()
    const visibility = 'getComputedStyle(document.querySelector(".trials")).contentVisibility'
    expect(await page.evaluate(visibility)).toBe('visible')
    await page.evaluate('document.documentElement.removeAttribute("data-painted")')
    expect(await page.evaluate(visibility), 'before the first paint').toBe('auto')
    await page.context().close()
  })

  it('keeps pictures large enough to read on a narrow screen without a script', async () => {
    const viewport = { width: 320, height: 800 }
    const { page } = await openPage(browser, url, { viewport, javaScriptEnabled: false })
    const box = await page.locator('[data-picture=history] svg').boundingBox()
    expect(box!.width).toBeGreaterThanOrEqual(600)
    expect((await page.locator('[data-picture=history]').boundingBox())!.width).toBeLessThanOrEqual(320)
    await page.context().close()
  })

  it('can be read without a script, and printed', async () => {
    const { page } = await openPage(browser, url, { javaScriptEnabled: false })
    expect(await page.locator('.answers').textContent()).toContain('Trial 6: validAccuracy 0.5310')
    expect(await page.locator('.plot svg').count()).toBeGreaterThan(5)
    const pdf = join(folder, 'report.pdf')
    await page.emulateMedia({ media: 'print' })
    await page.pdf({ path: pdf })
    expect(statSync(pdf).size).toBeGreaterThan(10_000)
    await page.context().close()
  })
})

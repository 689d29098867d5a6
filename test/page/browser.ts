import { existsSync } from 'node:fs'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

/** Debian's browser: none is downloaded. */
const CHROMIUM = process.env.FINESWEEP_CHROMIUM ?? '/usr/bin/chromium'

/** Why the tests in a browser do not run; null if they do. */
export const NO_BROWSER = existsSync(CHROMIUM) ? null : `skipped: no browser at ${CHROMIUM}`
if (NO_BROWSER !== null) process.stderr.write(`${NO_BROWSER}; pages were not opened\n`)

export async function launchBrowser(): Promise<Browser> {
  const { chromium } = await import('playwright-core')
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
}

/** A page that keeps what its console and its errors say. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(url)
  return { page, complaints }
}

/** Scrolls through a page, so that everything is drawn that is drawn when it is seen. */
export async function seeAll(page: Page): Promise<void> {
  // As text, because these tests are checked without the types of a browser.
  await page.evaluate(`(async () => {
    for (const details of document.querySelectorAll('details')) details.open = true
    for (let y = 0; y < document.body.scrollHeight; y += 500) {
      window.scrollTo(0, y)
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    }
    window.scrollTo(0, 0)
  })()`)
}

/** What axe-core objects to, a line for each rule. */
export async function violations(page: Page): Promise<string[]> {
  const { readFile } = await import('node:fs/promises')
  const { createRequire } = await import('node:module')
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  await page.evaluate(source)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    const found = await axe.run()
    return found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
    )
  })
}

/**
 * Makes the pictures of the README from quickstart, by the project's own commands: the narrowing picture, and the first
 * screen of the report, each in light and dark; and that of docs/performance.md from what was measured. Needs the built
 * command, and Chromium for the report.
 *
 *     npm run docs:pictures
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { drawStudies } from '../bench/peers/study-picture.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'docs/pictures')
const CHROMIUM = process.env.FINESWEEP_CHROMIUM ?? '/usr/bin/chromium'
/** What a report of quickstart may weigh, its script included. */
const MOST_BYTES = 250_000

const folder = mkdtempSync(join(tmpdir(), 'finesweep-docs-'))
const db = join(folder, 'studies.db')
const finesweep = (...words: string[]) =>
  execFileSync(process.execPath, [join(root, 'dist/bin/finesweep.cjs'), ...words, '--db', db, '--quiet'], {
    cwd: root,
  })

try {
  drawStudies(JSON.parse(readFileSync(join(root, 'bench/peers/measured.json'), 'utf8')), target)
  finesweep('run', 'experiments/quickstart.yaml')
  const report = join(folder, 'report.html')
  finesweep('report', '-o', report)
  const { size } = statSync(report)
  if (size > MOST_BYTES)
    throw new Error(`the report of quickstart has ${size} bytes, more than ${MOST_BYTES}`)
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  for (const theme of ['light', 'dark'] as const) {
    finesweep('plot', 'narrowing', '--theme', theme, '-o', join(target, `narrowing-${theme}.svg`))
    const page = await browser.newPage({ viewport: { width: 860, height: 1080 }, colorScheme: theme })
    await page.goto(pathToFileURL(report).href)
    await page.screenshot({ path: join(target, `report-${theme}.png`) })
    await page.close()
  }
  await browser.close()
  process.stdout.write(`Wrote docs/pictures; the report has ${size} bytes.\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

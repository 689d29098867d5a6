import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { codeVersion } from '../../code-version.ts'
import { UserError } from '../../errors.ts'
import { packageFile } from '../../package-files.ts'
import { pageBody, type StudyPage } from '../../picture/page/body.ts'
import { comparisonHtml } from '../../picture/page/compare.ts'
import { PAGE_STYLE, pageDocument, pagePolicy } from '../../picture/page/document.ts'
import { encodeStudy } from '../../picture/page/page-data.ts'
import type { StudyReader, StudyRecord } from '../../store/store.ts'
import { type PageOptions, readStudyPage, shownSettings } from './study-page.ts'

/** The page's bundled script. @throws Error in a checkout that was not built */
export function pageScript(): string {
  return readFileSync(packageFile('dist/bin/page.js'), 'utf8').trim().replaceAll('</script', '<\\/script')
}

/** One HTML file about one study, or several side by side. */
export async function reportHtml(
  reader: StudyReader,
  studies: readonly StudyRecord[],
  options: PageOptions,
): Promise<string> {
  if (studies.length === 0) throw new UserError('usage', 'A report needs a study')
  const pages: StudyPage[] = []
  for (const study of studies) pages.push(await readStudyPage(reader, study, options))
  const compared = pages.map(({ records, activity }, i) => ({
    records,
    activity,
    experiment: shownSettings(studies[i]!.experiment, options.withPaths),
  }))
  const script = pageScript()
  const title = studies.map(({ name }) => name).join(', ')
  return pageDocument(
    {
      title: `${title} · finesweep`,
      body: pageBody(title, comparisonHtml(compared), pages, versions(studies)),
      data: { studies: pages.map(({ records }) => encodeStudy(records)), live: null, rows: options.rows },
      script,
    },
    ownPolicy(script),
  )
}

/** The policy of a page with this script. */
export function ownPolicy(script: string): string {
  return pagePolicy(sha256(script), sha256(PAGE_STYLE))
}

/** The version that ran the studies, and this one if it is another. */
function versions(studies: readonly StudyRecord[]): string {
  const own = codeVersion()
  const others = [...new Set(studies.map((study) => study.codeVersion))].filter((version) => version !== own)
  return others.length === 0 ? own : `${own}; the study was run by ${others.join(', ')}`
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

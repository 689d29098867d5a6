import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { codeVersion } from '../../code-version.ts'
import { escapeText } from '../../picture/escape.ts'
import { pageBody } from '../../picture/page/body.ts'
import { pageDocument } from '../../picture/page/document.ts'
import { encodeStudy } from '../../picture/page/page-data.ts'
import { readCurve } from '../../picture/read-study.ts'
import type { StudyRecord } from '../../store/store.ts'
import { ownPolicy, pageScript } from '../pictures/report.ts'
import { readStudyPage } from '../pictures/study-page.ts'
import { type GuardOptions, guard } from './guard.ts'
import { type LiveHub, MOST_READERS } from './hub.ts'
import type { MadePage } from './pages.ts'

export interface LiveOptions extends GuardOptions {
  /** The study shown at `/`; null for the only one, or a list. */
  readonly study: string | null
}

const PAGE_ROWS = 1000
const KEEP_ALIVE_MS = 15_000

/** The live page: fixed routes, of which none changes anything and none serves a file by its name. */
export function createLiveApp(hub: LiveHub, options: LiveOptions): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value)
    if (!c.res.headers.has('Content-Security-Policy'))
      c.res.headers.set('Content-Security-Policy', `default-src 'none'; ${FRAMED_BY_NONE}`)
  })
  app.use(guard(options))
  app.get('/', (c) => showStudy(c, hub, options))
  app.get('/events', (c) => sendEvents(c, hub))
  app.get('/curve', (c) => sendCurve(c, hub))
  app.notFound((c) => c.text('Not found.\n', 404))
  // A stack says how this machine is set up.
  app.onError((_error, c) => c.text('The store cannot be read at the moment.\n', 503))
  return app
}

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
}

const FRAMED_BY_NONE = "frame-ancestors 'none'"

/** The study at `/`; undefined if there is none, or several to choose from. */
export function studyShown(hub: LiveHub, name: string | null): StudyRecord | undefined {
  if (name !== null) return hub.reader.findStudy(name)
  const studies = hub.reader.studies()
  return studies.length === 1 ? studies[0] : undefined
}

async function showStudy(c: Context, hub: LiveHub, options: LiveOptions): Promise<Response> {
  hub.poll()
  const name = c.req.query('study') ?? options.study
  const study = studyShown(hub, name)
  if (name !== null && study === undefined) return c.text('There is no study with that name.\n', 404)
  c.header('Content-Security-Policy', `${ownPolicy(pageScript())}; connect-src 'self'; ${FRAMED_BY_NONE}`)
  if (study === undefined) return c.html(listPage(hub.reader.studies()))
  const { html, gzip } = await hub.page(study)
  c.header('Vary', 'Accept-Encoding')
  if (!/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) return c.html(html)
  c.header('Content-Encoding', 'gzip')
  c.header('Content-Type', 'text/html; charset=UTF-8')
  return c.body(gzip)
}

/** The page of one study as it is now. */
export async function makePage(hub: LiveHub, study: StudyRecord): Promise<MadePage> {
  const studies = hub.reader.studies()
  const page = await readStudyPage(hub.reader, study, { images: true, rows: PAGE_ROWS, withPaths: false })
  const { records } = page
  const query = `?study=${encodeURIComponent(study.name)}`
  const from = records.trials.find(({ state }) => state === 'running' || state === 'waiting')?.number
  const live = {
    events: `/events${query}&from=${from ?? records.trials.length}`,
    curve: `/curve${query}`,
  }
  const others =
    studies.length > 1
      ? `<details><summary>All studies in this store</summary>${listHtml(studies)}</details>`
      : ''
  const html = pageDocument(
    {
      title: `${study.name} · finesweep`,
      body: pageBody(study.name, others, [page], codeVersion()),
      data: { studies: [encodeStudy(records, true)], live, rows: PAGE_ROWS },
      script: pageScript(),
    },
    '',
  )
  return { html, records }
}

function listPage(studies: readonly StudyRecord[]): string {
  const body = `<header><button type="button" id="theme" class="top scripted" hidden>Dark</button><h1>Studies</h1></header><main>${listHtml(studies)}</main><div id="chosen"></div>`
  const data = { studies: [], live: null, rows: PAGE_ROWS }
  return pageDocument({ title: 'finesweep', body, data, script: pageScript() }, '')
}

function listHtml(studies: readonly StudyRecord[]): string {
  if (studies.length === 0) return '<p>There is no study yet.</p>'
  const items = studies
    .toReversed()
    .map(
      ({ name, state }) =>
        `<li><a href="/?study=${escapeText(encodeURIComponent(name))}">${escapeText(name)}</a>, ${state}</li>`,
    )
  return `<ul>${items.join('')}</ul>`
}

function sendEvents(c: Context, hub: LiveHub): Response {
  const study = hub.reader.findStudy(c.req.query('study') ?? '')
  if (study === undefined) return c.text('There is no study with that name.\n', 404)
  if (hub.listening >= MOST_READERS) return c.text('Too many pages are open.\n', 503)
  const from = Number(c.req.header('last-event-id') ?? c.req.query('from') ?? 0)
  return streamSSE(c, async (stream) => {
    const listener = hub.listen(study, Number.isSafeInteger(from) && from >= 0 ? from : 0)
    const alive = setInterval(() => void stream.write(': still here\n\n').catch(() => {}), KEEP_ALIVE_MS)
    stream.onAbort(() => listener.close())
    try {
      await stream.write('retry: 1000\n\n')
      for (let event = await listener.next(); event !== null; event = await listener.next()) {
        await stream.writeSSE(event)
      }
    } finally {
      clearInterval(alive)
      listener.close()
    }
  })
}

function sendCurve(c: Context, hub: LiveHub): Response {
  const study = hub.reader.findStudy(c.req.query('study') ?? '')
  const text = c.req.query('trial') ?? ''
  if (study === undefined || !/^\d{1,9}$/.test(text)) return c.text('There is no such trial.\n', 404)
  if (hub.reader.trial(study.id, Number(text)) === undefined) return c.text('There is no such trial.\n', 404)
  return c.json(readCurve(hub.reader, study.id, Number(text)))
}

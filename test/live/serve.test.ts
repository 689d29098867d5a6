import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allowedHosts } from '../../src/cli/live/guard.ts'
import { type LiveServer, startLive } from '../../src/cli/live/start.ts'
import { sha256 } from '../../src/cli/pictures/report.ts'
import { openReader } from '../../src/store/open-reader.ts'
import { openWriter } from '../../src/store/sqlite-store.ts'
import { studyDigest } from '../../src/study/digest.ts'
import {
  createExampleStudy,
  EXAMPLE_TRIALS,
  exampleSpec,
  makeExampleStore,
  STAGES,
  writeTrial,
} from '../cli/example-store.ts'
import { ask, listen } from './request.ts'

let folder: string
let db: string
let server: LiveServer
let port: number

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'finesweep-live-'))
  db = join(folder, 'studies.db')
  makeExampleStore(db)
  server = await startLive(db, '127.0.0.1', 0, true, {
    study: null,
    hosts: allowedHosts('127.0.0.1', []),
    token: null,
  })
  port = server.port
})
afterAll(async () => {
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const own = () => ({ host: `127.0.0.1:${port}` })

describe('the live page', () => {
  it('is complete HTML whose policy allows its own style and script alone', async () => {
    const { status, headers, text } = await ask(port, '/', own())
    expect(status).toBe(200)
    expect(text).toContain('Which settings won')
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    const script = text.slice(text.lastIndexOf('<script>') + 8, text.lastIndexOf('</script>'))
    const style = text.slice(text.indexOf('<style>') + 7, text.indexOf('</style>'))
    expect(policy).toContain(`script-src 'sha256-${sha256(script)}';`)
    expect(policy).toContain(`style-src 'sha256-${sha256(style)}';`)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    expect(headers['access-control-allow-origin']).toBeUndefined()
    expect(text).not.toContain(folder)
  })

  it('is the one that was prepared before anyone asked', async () => {
    const ready = await startLive(db, '127.0.0.1', 0, true, {
      study: null,
      hosts: ['127.0.0.1'],
      token: null,
    })
    try {
      await ready.prepare()
      const prepared = ready.hub.pages.recordsOf(1)
      expect(prepared?.name).toBe('quickstart')
      await ask(ready.port, '/', { host: `127.0.0.1:${ready.port}` })
      expect(ready.hub.pages.recordsOf(1)).toBe(prepared)
    } finally {
      await ready.close()
    }
  })

  it('is sent compressed to those that can read it', async () => {
    const plain = await ask(port, '/', own())
    expect(plain.headers['content-encoding']).toBeUndefined()
    const { headers, bytes } = await ask(port, '/', { ...own(), 'accept-encoding': 'gzip, deflate' })
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'content-type': 'text/html; charset=UTF-8' })
    expect(gunzipSync(bytes).toString('utf8')).toBe(plain.text)
    expect(bytes.length).toBeLessThan(plain.bytes.length / 2)
  })

  it.each(['localhost', '127.0.0.1', '[::1]'])('answers to the name %s', async (name) => {
    expect((await ask(port, '/', { host: `${name}:${port}` })).status).toBe(200)
  })

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example'])(
    'refuses the name %s',
    async (name) => {
      expect((await ask(port, '/', { host: `${name}:${port}` })).status).toBe(421)
      expect((await ask(port, '/events?study=quickstart', { host: name })).status).toBe(421)
    },
  )

  it('refuses its own name with another port', async () => {
    expect((await ask(port, '/', { host: '127.0.0.1:1' })).status).toBe(421)
  })

  it('refuses what pages of other sites ask for, but a link to the page', async () => {
    const foreign = { ...own(), 'sec-fetch-site': 'cross-site' }
    expect((await ask(port, '/', foreign)).status).toBe(403)
    expect((await ask(port, '/curve?study=quickstart&trial=6', foreign)).status).toBe(403)
    const link = { ...foreign, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    expect((await ask(port, '/', link)).status).toBe(200)
    expect((await ask(port, '/events?study=quickstart', link)).status).toBe(403)
    const frame = { ...foreign, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }
    expect((await ask(port, '/', frame)).status).toBe(403)
    expect((await ask(port, '/', { ...own(), 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s', async (method) => {
    const { status, headers } = await ask(port, '/', own(), method)
    expect(status).toBe(405)
    expect(headers.allow).toBe('GET, HEAD')
  })

  it.each(['/../../etc/passwd', '/%2e%2e/etc/passwd', '/studies.db', '/page.js'])(
    'serves no file: %s',
    async (path) => {
      expect((await ask(port, path, own())).status).toBe(404)
    },
  )

  it('says no more of a study that is not there than that', async () => {
    const { status, text } = await ask(port, '/?study=<b>', own())
    expect(status).toBe(404)
    expect(text).toBe('There is no study with that name.\n')
    expect((await ask(port, '/curve?study=quickstart&trial=99', own())).status).toBe(404)
    expect((await ask(port, '/curve?study=quickstart&trial=x', own())).status).toBe(404)
  })

  it('gives the curve of a trial', async () => {
    const { text } = await ask(port, '/curve?study=quickstart&trial=6', own())
    expect(JSON.parse(text)).toMatchObject({ trial: 6, steps: [1, 2, 3] })
  })

  it('tells what a page that comes back has missed', async () => {
    const headers = { ...own(), 'last-event-id': '7' }
    const text = await listen(
      port,
      '/events?study=quickstart&from=0',
      (all) => all.includes('event: trials'),
      headers,
    )
    const data = JSON.parse(/event: trials\ndata: (.*)\n/.exec(text)![1]!) as { number: number[] }
    expect(data.number).toEqual([7, 8])
    expect(text).toContain('retry: 1000')
  })

  it('needs the token where others could ask', async () => {
    const guarded = await startLive(db, '127.0.0.1', 0, true, {
      study: null,
      hosts: ['127.0.0.1'],
      token: 'secret',
    })
    const host = { host: `127.0.0.1:${guarded.port}` }
    try {
      expect((await ask(guarded.port, '/', host)).status).toBe(401)
      expect((await ask(guarded.port, '/?token=wrong!', host)).status).toBe(401)
      expect((await ask(guarded.port, '/events?study=quickstart&token=secret', host)).status).toBe(401)
      const { status, headers } = await ask(guarded.port, '/?token=secret', host)
      expect(status).toBe(303)
      expect(headers.location).toBe('/')
      const cookie = headers['set-cookie']![0]!
      expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
      expect((await ask(guarded.port, '/', { ...host, cookie: cookie.split(';')[0]! })).status).toBe(200)
    } finally {
      await guarded.close()
    }
  })

  it('takes the next free port unless one was asked for', async () => {
    const taken = createServer()
    const busy = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port))
    })
    const options = { study: null, hosts: ['127.0.0.1'], token: null }
    const next = await startLive(db, '127.0.0.1', busy, false, options)
    expect(next.port).toBeGreaterThan(busy)
    await next.close()
    await expect(startLive(db, '127.0.0.1', busy, true, options)).rejects.toThrow(`Port ${busy} is taken`)
    taken.close()
  })
})

describe('while a study runs', () => {
  it('tells of each trial, and leaves the results as they would be', async () => {
    const file = join(folder, 'running.db')
    const writer = openWriter(file)
    const study = createExampleStudy(writer, 'running')
    writer.addStage(study.id, STAGES[0]!)
    writeTrial(writer, study.id, exampleSpec(0), EXAMPLE_TRIALS[0]!)
    const live = await startLive(file, '127.0.0.1', 0, true, {
      study: 'running',
      hosts: ['127.0.0.1'],
      token: null,
    })
    const host = { host: `127.0.0.1:${live.port}` }
    try {
      expect((await ask(live.port, '/', host)).text).toContain('running')
      const heard = listen(
        live.port,
        '/events?study=running&from=1',
        (text) => /"head":"[^"]*complete/.test(text.replaceAll('\\"', '')),
        host,
      )
      for (let number = 1; number < 6; number++) {
        writeTrial(writer, study.id, exampleSpec(number), EXAMPLE_TRIALS[number]!)
        await new Promise((resolve) => setImmediate(resolve))
      }
      writer.finishStudy(study.id, 'complete', null)
      const text = await heard
      const numbers = [...text.matchAll(/event: trials\ndata: (.*)\n/g)].flatMap(
        ([, data]) => (JSON.parse(data!) as { number: number[] }).number,
      )
      expect([...new Set(numbers)].sort()).toEqual([1, 2, 3, 4, 5])
      expect(text).toContain('event: curves')
    } finally {
      writer.close()
      await live.close()
    }
    const [seen, alone] = [file, join(folder, 'alone.db')]
    const other = openWriter(alone)
    const copy = createExampleStudy(other, 'running')
    other.addStage(copy.id, STAGES[0]!)
    for (let number = 0; number < 6; number++)
      writeTrial(other, copy.id, exampleSpec(number), EXAMPLE_TRIALS[number]!)
    other.finishStudy(copy.id, 'complete', null)
    other.close()
    const digests = [seen, alone].map((each) => {
      const reader = openReader(each)
      const digest = studyDigest(reader, reader.findStudy('running')!.id)
      reader.close()
      return digest
    })
    expect(digests[0]).toBe(digests[1])
  })

  it('says so when the store is removed or replaced', async () => {
    const file = join(folder, 'moved.db')
    copyFileSync(db, file)
    const live = await startLive(file, '127.0.0.1', 0, true, {
      study: 'quickstart',
      hosts: ['127.0.0.1'],
      token: null,
    })
    const host = { host: `127.0.0.1:${live.port}` }
    try {
      const removed = listen(
        live.port,
        '/events?study=quickstart',
        (text) => text.includes('event: gone'),
        host,
      )
      await ask(live.port, '/', host)
      renameSync(file, `${file}.away`)
      expect(await removed).toContain('The store was removed.')
      renameSync(`${file}.away`, file)
      const replaced = listen(
        live.port,
        '/events?study=quickstart',
        (text) => text.includes('event: gone'),
        host,
      )
      await ask(live.port, '/', host)
      copyFileSync(db, `${file}.new`)
      renameSync(`${file}.new`, file)
      expect(await replaced).toContain('replaced by another;')
    } finally {
      await live.close()
    }
  })
})

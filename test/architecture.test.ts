import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allTargetsOf, FILES, folderOf, packageOf, SOURCE, TOOLS, targetsOf } from './source-files.ts'

/**
 * Who may import whom, from the innermost folder to the outermost, as docs/architecture.md shows it. A folder may
 * always import itself.
 */
const MAY_IMPORT: ReadonlyMap<string, readonly string[]> = readTable()

function readTable(): Map<string, readonly string[]> {
  const document = readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8')
  const rows = document.split('| folder | what it holds | imports | touches |')[1]!.split('\n\n')[0]!
  return new Map(
    rows
      .split('\n')
      .slice(2)
      .map((row) => row.split('|').map((cell) => cell.trim()))
      .map(([, name, , imports]) => [
        name!.replace(/[`/]|\.ts/g, ''),
        imports === '' ? [] : imports!.split(', '),
      ]),
  )
}

/** Which folders may use which packages, and which modules of Node. What is not named here may be used nowhere. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  seedrandom: ['random'],
  zod: ['space', 'search', 'data', 'objective', 'study-file', 'session'],
  yaml: ['study-file', 'cli'],
  'csv-parse': ['data', 'import'],
  hyparquet: ['data'],
  'hyparquet-writer': ['report'],
  fflate: ['data'],
  pickleparser: ['data'],
  piscina: ['execute'],
  pbf: ['model'],
  bullmq: ['engine'],
  ioredis: ['engine'],
  'better-sqlite3': ['store'],
  'csv-stringify': ['report'],
  'string-width': ['report'],
  table: ['report'],
  yargs: ['cli'],
  'd3-array': ['report', 'picture'],
  'fast-png': ['picture'],
  hono: ['cli'],
  '@hono/node-server': ['cli'],
  'node:assert/strict': ['testing'],
  'node:buffer': ['data'],
  'node:crypto': ['random', 'train', 'data', 'objective', 'engine', 'study', 'library', 'cli'],
  'node:path': ['train', 'data', 'objective', 'engine', 'store', 'study-file', 'session', 'library', 'cli'],
  'node:url': ['train', 'objective', 'execute', 'library', 'testing', 'cli'],
  'node:util': ['train', 'objective', 'cli'],
}

/** Where threads, the disk, the clock, the terminal and the machine may be touched: whole folders, or single files. */
const OUTSIDE_WORLD = [
  // Which processes there are.
  'process-identity.ts',
  'code-version.ts',
  'execute/',
  'engine/',
  'store/',
  'data/',
  'cli/',
  // The page's script runs in a browser.
  'picture/page/script/',
  // Files are read, and a session keeps a study's time limit and its lease.
  'study-file/',
  'session/',
  'model/test-look.ts',
  'library/',
  // Tests of what touches it.
  'testing/',
  // A file of trials from elsewhere.
  'import/open-source.ts',
  // A program as an objective, and a user's module that is checked and loaded.
  'objective/program/',
  'objective/study-place.ts',
  'objective/temporary-folder.ts',
  'objective/folder-artifact.ts',
  'objective/folder-pack.ts',
  'objective/module.ts',
  'objective/loading-watch.ts',
  // What identifies an objective is read from its files.
  'objective/fingerprint.ts',
  'objective/module-files.ts',
  'objective/module-place.ts',
  'objective/own-package.ts',
  'objective/foreign-code.ts',
  // The kernels' binary is read from beside the code, and the fastest variant is found by trying.
  'train/kernels/wasm/variants.ts',
  // The native products are compiled into the user's cache.
  'train/kernels/native/compile.ts',
]

const OUTSIDE_MODULES =
  /^node:(fs|fs\/promises|worker_threads|child_process|cluster|os|net|http|https|http2|dgram|tty|readline|readline\/promises|zlib|timers|timers\/promises|events|stream|async_hooks|module|v8|vm|perf_hooks)$/

const OUTSIDE_GLOBALS =
  /\b(?:Date\.now|new Date\(\)|performance\.now|setTimeout|setInterval|console\.|process\.(?:stdout|stderr|stdin|env|argv|exit|kill|on|once|off|cwd|hrtime|memoryUsage|versions|platform|pid)|new Worker\b|fetch\()/

/** Folders whose numbers decide what a trial is or gives. */
const DECIDING = ['numerics', 'random', 'space', 'search', 'train', 'data', 'objective', 'study']

/** Engines and processors round these differently; src/numerics/elementary.ts has them in one way for all. */
const INEXACT =
  /\bMath\.(?:random|exp|expm1|log|log2|log10|log1p|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|cbrt|hypot)\b/

describe('the architecture', () => {
  it('has a place in the table for every folder', () => {
    expect(FILES.length).toBeGreaterThan(100)
    expect([...new Set(FILES.map(({ folder }) => folder))].sort()).toEqual([...MAY_IMPORT.keys()].sort())
  })

  it('imports from the outer folders to the inner ones alone', () => {
    const wrong = FILES.flatMap((file) =>
      targetsOf(file)
        .filter((target) => {
          const folder = folderOf(target)
          return folder !== file.folder && !MAY_IMPORT.get(file.folder)?.includes(folder)
        })
        .map((target) => `${file.path} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it('names in the table what is imported and nothing else, each from a row above', () => {
    const rows = [...MAY_IMPORT.keys()]
    const used = new Set(
      FILES.flatMap((file) => targetsOf(file).map((target) => `${file.folder} ${folderOf(target)}`)),
    )
    const wrong = [...MAY_IMPORT].flatMap(([folder, names]) =>
      names
        .filter((name) => !used.has(`${folder} ${name}`) || rows.indexOf(name) >= rows.indexOf(folder))
        .map((name) => `${folder}: ${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('lets the data know of a network no more than its inputs and its kernels', () => {
    const wrong = FILES.filter(({ folder }) => folder === 'data').flatMap((file) =>
      targetsOf(file)
        .filter((target) => target.startsWith('train/') && !/^train\/(inputs\.ts$|kernels\/)/.test(target))
        .map((target) => `${file.path} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it('imports in no circle', () => {
    const targets = new Map([...FILES, ...TOOLS].map((file) => [file.path, allTargetsOf(file)]))
    const done = new Set<string>()
    const visit = (path: string, way: readonly string[]): string[] => {
      if (way.includes(path)) return [...way.slice(way.indexOf(path)), path]
      if (done.has(path)) return []
      for (const target of targets.get(path) ?? []) {
        const circle = visit(target, [...way, path])
        if (circle.length > 0) return circle
      }
      done.add(path)
      return []
    }
    for (const path of targets.keys()) expect(visit(path, [])).toEqual([])
  })

  it('has no file above 300 lines but kernels', () => {
    const tests = readdirSync(join(SOURCE, '../test'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `../test/${path.replaceAll('\\', '/')}`)
    const paths = [...[...FILES, ...TOOLS].map(({ path }) => path), ...tests]
    const long = paths
      .filter((path) => !path.startsWith('train/kernels/'))
      .map((path) => ({ path, lines: readFileSync(join(SOURCE, path), 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > 300)
      .map(({ path, lines }) => `${path}: ${lines}`)
    expect(long).toEqual([])
  })

  it('imports nothing that is not there', () => {
    const paths = new Set(FILES.map(({ path }) => path))
    const missing = FILES.flatMap((file) => targetsOf(file).filter((target) => !paths.has(target)))
    expect(missing).toEqual([])
  })

  it('uses each package in the folders that it is for', () => {
    const wrong = FILES.flatMap(({ path, folder, imports }) =>
      imports
        .filter((name) => !name.startsWith('.') && !OUTSIDE_MODULES.test(name))
        .filter((name) => !PACKAGES[packageOf(name)]?.includes(folder))
        .map((name) => `${path} imports ${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('names the built-in objective in one place', () => {
    const naming = FILES.filter(({ code }) => code.includes('mlp-classifier')).map(({ path }) => path)
    expect(naming).toEqual(['objective/source.ts'])
  })

  it('grants no package to a folder that does not use it', () => {
    const used = new Set(
      FILES.flatMap(({ folder, imports }) => imports.map((name) => `${packageOf(name)} ${folder}`)),
    )
    const idle = Object.entries(PACKAGES).flatMap(([name, folders]) =>
      folders.filter((folder) => !used.has(`${name} ${folder}`)).map((folder) => `${name} in ${folder}`),
    )
    expect(idle).toEqual([])
  })

  it('excepts no file from the rule on the outside world that does not need it', () => {
    const touches = FILES.filter(
      ({ code, imports }) => imports.some((name) => OUTSIDE_MODULES.test(name)) || OUTSIDE_GLOBALS.test(code),
    )
    const idle = OUTSIDE_WORLD.filter((place) => !touches.some(({ path }) => path.startsWith(place)))
    expect(idle).toEqual([])
  })

  it('excepts no file that is not there', () => {
    const gone = OUTSIDE_WORLD.filter((place) => !FILES.some(({ path }) => path.startsWith(place)))
    expect(gone).toEqual([])
  })

  it('touches threads, disk, clock and terminal in the outer world alone', () => {
    const wrong = FILES.filter(({ path }) => !OUTSIDE_WORLD.some((place) => path.startsWith(place))).flatMap(
      ({ path, code, imports }) => [
        ...imports.filter((name) => OUTSIDE_MODULES.test(name)).map((name) => `${path} imports ${name}`),
        ...[OUTSIDE_GLOBALS.exec(code)?.[0] ?? []].flat().map((name) => `${path} uses ${name}`),
      ],
    )
    expect(wrong).toEqual([])
  })

  it('decides nothing by functions that machines compute differently', () => {
    const wrong = FILES.filter(({ folder }) => DECIDING.includes(folder)).flatMap(({ path, code }) =>
      [INEXACT.exec(code)?.[0] ?? []].flat().map((name) => `${path} uses ${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('has no interface that imports what implements it', () => {
    const interfaces = [
      'store/store.ts',
      'execute/executor.ts',
      'search/sampler.ts',
      'train/kernels/kernels.ts',
    ]
    const records = [
      ...['trial.ts', 'space/', 'search/narrow-decision.ts', 'search/stage-plan.ts', 'train/inputs.ts'],
    ]
    const wrong = FILES.filter(({ path }) => interfaces.includes(path)).flatMap((file) =>
      targetsOf(file)
        .filter((target) => !records.some((record) => target.startsWith(record)))
        .map((target) => `${file.path} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })
})

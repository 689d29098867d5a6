import { existsSync, statfsSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, resolve } from 'node:path'
import { codeVersion } from '../../code-version.ts'
import { formatCount } from '../../report/numbers.ts'
import type { StoreFinding } from '../../store/check-store.ts'
import { defineCommand } from '../command.ts'
import { jsonOption, storeOptions } from '../options.ts'
import { engineNameOptions, workersOfEngine } from '../run-options.ts'
import { print } from '../terminal.ts'

/** Something that the doctor looked at. */
interface Finding {
  readonly area: 'node' | 'kernels' | 'disk' | 'store' | 'engine'
  readonly severity: StoreFinding['severity']
  readonly message: string
  readonly hint: string | null
  readonly fixed: boolean
}

/** Free disk space below which a warning is shown, in bytes. */
const LITTLE_SPACE_BYTES = 500e6

/** What a doctor exits with who found something broken: the store's own code. */
const BROKEN = 6

/** `finesweep doctor`: whether everything a study needs is in order, and what is chosen on this machine. */
export default defineCommand({
  options: (yargs) =>
    engineNameOptions(jsonOption(storeOptions(yargs))).option('fix', {
      type: 'boolean',
      default: false,
      describe:
        'Make the repairs that are safe: leases of dead processes, trials they left running, kernels not yet compiled',
    }),

  run: async (args, terminal) => {
    const { checkStore } = await import('../../store/check-store.ts')
    const findings: Finding[] = [
      checkNode(),
      ...(await checkProducts(args.fix)),
      ...(await checkKernels()),
      ...checkDisk(args.db),
      ...checkStore(args.db, { fix: args.fix }).map((finding): Finding => ({ area: 'store', ...finding })),
      ...(await checkWorkers(args, terminal.env)),
    ]
    const text = args.json
      ? `${JSON.stringify({ schemaVersion: 1, findings }, null, 2)}\n`
      : findings.map(describe).join('')
    await print(terminal, text)
    return findings.some(({ severity, fixed }) => severity === 'error' && !fixed) ? BROKEN : 0
  },
})

const MARKS: Readonly<Record<Finding['severity'], string>> = {
  ok: 'ok',
  note: 'note',
  warning: 'warning',
  error: 'ERROR',
}

function describe({ area, severity, message, hint, fixed }: Finding): string {
  const mark = fixed ? 'fixed' : MARKS[severity]
  return `${area.padEnd(8)} ${mark.padEnd(8)} ${message}.${hint === null || fixed ? '' : ` ${hint}.`.replace(/\.\.$/, '.')}\n`
}

function checkNode(): Finding {
  const message = `Node ${process.versions.node} (V8 ${process.versions.v8}) on ${process.platform} ${process.arch}`
  return { area: 'node', severity: 'ok', message, hint: null, fixed: false }
}

/** Whether the native products that this machine could use are there; compiles them if that is asked for. */
async function checkProducts(fix: boolean): Promise<Finding[]> {
  const { cachedProducts, compileProducts, whyNotOnThisMachine } = await import(
    '../../train/kernels/native/compile.ts'
  )
  const { findProducts } = await import('../../train/kernels/wasm/variants.ts')
  if (whyNotOnThisMachine() !== null) return []
  const findings: Finding[] = []
  for (const arithmetic of ['fma', 'muladd'] as const) {
    if (findProducts(arithmetic) !== null) continue
    const failure = fix ? await compileProducts(arithmetic, cachedProducts(arithmetic)) : null
    findings.push({
      area: 'kernels',
      severity: 'note',
      message:
        failure === null
          ? `the native 512-bit products for ${arithmetic} are not compiled: training is about twice as fast with them`
          : `the native 512-bit products for ${arithmetic} could not be compiled: ${failure}`,
      hint: fix ? null : 'A study compiles them in the background; finesweep doctor --fix compiles them now',
      fixed: fix && failure === null,
    })
  }
  return findings
}

async function checkKernels(): Promise<Finding[]> {
  const { describeKernels } = await import('../../train/kernels/open-kernels.ts')
  const { arithmetic, variant, candidates } = describeKernels()
  const finding = (severity: Finding['severity'], message: string): Finding => ({
    area: 'kernels',
    severity,
    message,
    hint: null,
    fixed: false,
  })
  const slow = variant.startsWith('plain')
  return [
    finding(
      slow ? 'warning' : 'ok',
      `${variant} is used; arithmetic: auto means ${arithmetic} on this machine`,
    ),
    ...candidates.map(({ name, state, gflops, reason }) => {
      const speed = gflops === null ? '' : `, ${gflops.toFixed(0)} GFLOP/s in its tile`
      return finding(
        'note',
        `${name}: ${state === 'chosen' ? 'chosen for its arithmetic' : (reason ?? state)}${speed}`,
      )
    }),
  ]
}

/** The free space where the store lies, or will. */
function checkDisk(db: string): Finding[] {
  let folder = dirname(resolve(db))
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder)
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const message = `${formatCount(free / 1e6)} MB free in ${folder}`
  const little = free < LITTLE_SPACE_BYTES
  const hint = little ? 'Make room, or put the store elsewhere with --db' : null
  return [{ area: 'disk', severity: little ? 'warning' : 'ok', message, hint, fixed: false }]
}

/** Whether the workers of an engine compute as this machine does: each has run a known step at its start. */
async function checkWorkers(
  args: Parameters<typeof workersOfEngine>[0],
  env: NodeJS.ProcessEnv,
): Promise<Finding[]> {
  const workers = await workersOfEngine(args, env)
  if (workers === null) return []
  const finding = (severity: Finding['severity'], message: string, hint: string | null = null): Finding => ({
    area: 'engine',
    severity,
    message,
    hint,
    fixed: false,
  })
  if (workers.length === 0) return [finding('note', 'no worker is connected')]
  const { describeArithmetic } = await import('../known-step.ts')
  const here = await describeArithmetic()
  const version = codeVersion()
  return workers.map((worker) => {
    const who = `worker ${worker.name} on ${worker.host}`
    const how = `${worker.kernels}, known step ${worker.stepHash}`
    if (worker.codeVersion !== version) {
      return finding(
        'error',
        `${who} runs finesweep ${worker.codeVersion}; this machine, ${hostname()}, runs ${version}`,
      )
    }
    if (worker.stepHash === here.stepHash)
      return finding('ok', `${who} computes identically to this machine: ${how}`)
    // The two arithmetics round differently, which a study's settings can choose between.
    const isOther = !worker.kernels.startsWith(`${here.arithmetic} `)
    const message = `${who} computes differently from this machine, ${hostname()}: ${how}; here ${here.description}, known step ${here.stepHash}`
    return isOther
      ? finding('warning', message, 'Set training.arithmetic: muladd, which every machine supports')
      : finding('error', message, 'One of the two computes incorrectly: test its memory and processor')
  })
}

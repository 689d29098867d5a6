/** What a new study measures. */
export const STUDY_KINDS = ['network', 'module', 'program'] as const
export type StudyKind = (typeof STUDY_KINDS)[number]

/** What its objective is written in, the usual one of each kind first. */
export const LANGUAGES = {
  network: [],
  module: ['ts', 'js'],
  program: ['python', 'js'],
} as const satisfies Record<StudyKind, readonly string[]>
export type Language = (typeof LANGUAGES)[StudyKind][number]

export interface NewStudy {
  readonly kind: StudyKind
  readonly language: Language | null
  /** Whether Node takes .ts and .js files of the folder for ES modules. */
  readonly isModuleFolder: boolean
  /** Where study.schema.json lies, from the folder. */
  readonly schema: string
}

export interface NewFile {
  readonly name: string
  readonly text: string
}

/** The files of a new study: study.yaml, and a runnable objective where it has one of its own. */
export function filesOf(study: NewStudy): NewFile[] {
  const head = `# yaml-language-server: $schema=${study.schema}\n`
  switch (study.kind) {
    case 'network':
      return [{ name: 'study.yaml', text: head + NETWORK }]
    case 'module': {
      const letter = study.isModuleFolder ? '' : 'm'
      const name = `objective.${letter}${study.language}`
      return [
        { name: 'study.yaml', text: head + ownStudy(`./${name}`, '', MODULE_SPACE) },
        { name, text: MODULE },
      ]
    }
    case 'program': {
      const isPython = study.language === 'python'
      const name = isPython ? 'train.py' : 'train.mjs'
      const run = `${isPython ? 'python3' : 'node'} ${name}`
      const words = `${run} --rate {rate} --units {units} --epochs {epochs} --seed {seed}`
      return [
        { name: 'study.yaml', text: head + ownStudy(`{ command: "${words}" }`, PROGRAM_HELP, PROGRAM_SPACE) },
        { name, text: isPython ? PYTHON : SCRIPT },
      ]
    }
  }
}

const STAGES = `
stages: # coarse to fine: each stage searches around the best trials of the previous one
  - { name: coarse, trials: 32, epochs: 1 }
  - { name: fine, trials: 16, epochs: 3, keep: 0.2 }

# limits: { trialTimeout: 10 min, timeout: 2 h }
# seed: 42 # the same seed gives the same trials
`

const NETWORK = `# A network on a data set. Check what it would do: finesweep run study.yaml --dry-run

data: { source: generated, count: 6000 } # or: { source: csv, path: ./table.csv, label: -1 }

model: { hidden: [100, 50], activation: relu, batchNorm: true }
training: { batchSize: 100, optimizer: adam }

space: # what is searched; values under model and training are fixed
  learningRate: { float: [1e-6, 10], log: true }
  reg: { float: [1e-5, 1e5], log: true }
  dropout: { float: [0, 0.95] }
${STAGES}`

function ownStudy(objective: string, help: string, space: string): string {
  return `# A study of your own objective. Check it first: finesweep run study.yaml --dry-run

objective: ${objective}
${help}direction: minimize # or maximize

${space}${STAGES}`
}

const MODULE_SPACE =
  '# The module declares the search space. A range given here replaces the one in the module.\n'

const PROGRAM_HELP =
  '# Each {name} is replaced by its value; the program also gets all parameters as JSON in FINESWEEP_PARAMS.\n'

const PROGRAM_SPACE = `space: # bounds are hard: no stage draws outside them, unless a range has soft: true
  rate: { float: [1e-4, 1], log: true }
  units: { int: [8, 256], log: true }
`

/** The entry that objectives import, as written in their code. */
const ENTRY = "'finesweep/objective'"

const MODULE = `import { defineObjective, float, int } from ${ENTRY}

/** Replace the two lines that compute \`loss\` with what you want to tune. */
export default defineObjective(
  {
    // Bounds are hard: no stage draws outside them, unless a range has { soft: true }.
    rate: float(1e-4, 1, { log: true }),
    units: int(8, 256, { log: true }),
  },
  function* ({ params, budget, seed }) {
    let loss = 1 + (seed % 100) / 1000
    for (let epoch = 1; epoch <= budget.epochs; epoch++) {
      loss *= 0.5 + 0.1 * Math.abs(Math.log10(params.rate) + 2) + 1 / params.units
      // The value is what the study ranks by; NaN ends the trial as diverged, a throw as failed.
      yield { step: epoch, value: loss, metrics: {} }
    }
  },
)
`

const PYTHON = `"""Replace the two lines that compute loss with your training; print one line of JSON per epoch."""
import argparse
import json
import math

parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float)
parser.add_argument("--units", type=int)
parser.add_argument("--epochs", type=int)
parser.add_argument("--seed", type=int)
args = parser.parse_args()

loss = 1 + args.seed % 100 / 1000
for epoch in range(1, args.epochs + 1):
    loss *= 0.5 + 0.1 * abs(math.log10(args.rate) + 2) + 1 / args.units
    # The value is what the study ranks by; a nonzero exit fails the trial.
    print(json.dumps({"step": epoch, "value": loss, "metrics": {}}), flush=True)
`

const SCRIPT = `// Replace the two lines that compute loss with your training; print one line of JSON per epoch.
import { parseArgs } from 'node:util'

const text = { type: 'string' }
const { values } = parseArgs({ options: { rate: text, units: text, epochs: text, seed: text } })

let loss = 1 + (Number(values.seed) % 100) / 1000
for (let epoch = 1; epoch <= Number(values.epochs); epoch++) {
  loss *= 0.5 + 0.1 * Math.abs(Math.log10(Number(values.rate)) + 2) + 1 / Number(values.units)
  // The value is what the study ranks by; a nonzero exit fails the trial.
  console.log(JSON.stringify({ step: epoch, value: loss, metrics: {} }))
}
`

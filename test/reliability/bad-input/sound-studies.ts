import { LineCounter, parseDocument, stringify } from 'yaml'
import { type BadInput, inTurn, type Places } from './bad-input.ts'

export type Path = readonly (string | number)[]
export type Tree = Record<string | number, unknown>

/** A study of the classifier that says nearly everything a file can say, in small. */
export const CLASSIFIER = {
  name: 'sound',
  seed: 1,
  objective: 'mlp-classifier',
  metric: 'validAccuracy',
  direction: 'maximize',
  lag: 4,
  data: { source: 'generated', count: 60, seed: 0 },
  split: { train: 40, valid: 10, test: 10, stratified: true, seed: 1 },
  preprocess: { kind: 'standardize', pca: 5, whiten: true, biasTrick: true },
  model: { hidden: [4, 3], activation: 'relu', maxoutPieces: 2, batchNorm: false, weightScale: 0.1 },
  training: {
    batchSize: 10,
    optimizer: {
      kind: 'adam',
      momentum: 0.9,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      biasCorrection: true,
    },
    schedule: { kind: 'step', factor: 0.5, every: 5, patience: 2, warmup: 1 },
    patience: 3,
    arithmetic: 'muladd',
    backend: 'plain',
  },
  space: {
    learningRate: { float: [1e-4, 1], log: true, hard: false },
    dropout: { float: [0, 0.5], step: 0.1 },
    units1: { int: [2, 8], step: 2 },
    optimizer: { choices: ['adam', 'nesterov'], ordered: false },
    momentum: { float: [0.5, 0.9], when: { optimizer: 'nesterov' } },
    reg: { fixed: 0.001 },
  },
  require: ['dropout < 0.5'],
  stages: [
    { name: 'coarse', trials: 4, epochs: 1, sampler: 'random', startWith: [{ learningRate: 0.01 }] },
    { name: 'fine', trials: 2, epochs: 2, sampler: 'gp', keep: 0.5, margin: 0.2, rootShare: 0.1 },
  ],
  budget: { epochs: 100 },
  limits: { trialTimeout: '1 min', retries: 1, maxFailures: 3, timeout: '1 h', maxEpochs: 100 },
}

/** A study of any program. */
export const COMMAND = {
  objective: { command: 'cat {rate} --epochs {epochs}', cwd: '.' },
  direction: 'minimize',
  space: {
    rate: { float: [0.1, 1] },
    kind: { choices: ['plain', 'fast'] },
    beta: { float: [0, 1], when: { kind: 'fast' } },
  },
  stages: [{ trials: 2, epochs: 1 }],
}

/** A copy of a study with the value at a path set; undefined takes the key away. */
export function withValue(study: object, path: Path, value: unknown): Tree {
  const copy = structuredClone(study) as Tree
  const parent = path.slice(0, -1).reduce<Tree>((tree, part) => tree[part] as Tree, copy)
  const last = path.at(-1)!
  if (value !== undefined) parent[last] = value
  else if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else delete parent[last]
  return copy
}

/** As a study file writes it: a key or an entry a line. */
export function toYaml(study: object): string {
  return stringify(study, { aliasDuplicateObjects: false, lineWidth: 0 })
}

/** The line on which a path's value begins, from 1. */
export function lineOf(text: string, path: Path): number {
  const lines = new LineCounter()
  const node = parseDocument(text, { lineCounter: lines }).getIn(path, true) as {
    range?: [number, number, number]
  }
  return lines.linePos(node.range![0]).line
}

export const STUDY_FILE = 'bad.yaml'

/** `finesweep run` on a study file with one mistake. */
export function badStudy(
  what: string,
  text: string | Uint8Array,
  says: BadInput['says'],
  mistakes: BadInput['mistakes'] = 1,
): BadInput {
  return { what, files: { [STUDY_FILE]: text }, args: runStudyFile, code: 2, says, mistakes }
}

/** Quietly: what a run says of its progress is no part of the message. */
export function runStudyFile({ folder, db }: Places): string[] {
  return ['run', `${folder}/${STUDY_FILE}`, '--db', db, '--quiet']
}

/** Where a message must say that the mistake is. */
export function at(line: number): RegExp {
  return new RegExp(`/${STUDY_FILE}:${line}:\\d+ `)
}

/** A value as messages show it, where it is short enough to be shown whole. */
export function shown(value: unknown): readonly string[] {
  if (typeof value === 'string' && value !== '' && value.length < 30) return [JSON.stringify(value)]
  return typeof value === 'number' && Number.isFinite(value) ? [String(value)] : []
}

/** A name with a slip of the keyboard, still nearest to the name itself. */
export function mistyped(name: string, turn: number): string {
  const middle = Math.floor(name.length / 2)
  const slips = [
    `${name}${name.at(-1)}`,
    name.slice(0, middle) + name[middle] + name.slice(middle),
    ...(name.length > 4 ? [name.slice(0, middle) + name.slice(middle + 1), `${name.slice(0, -1)}q`] : []),
  ]
  return inTurn(slips, turn)
}

/** The path that a text such as `stages.0.trials` names. */
export function pathOf(text: string): Path {
  return text.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

import type { Distribution, Params, ParamValue } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { Activation } from '../train/kernels/kernels.ts'
import { OPTIMIZER_KINDS, type OptimizerSettings } from '../train/optimizers.ts'
import { SCHEDULE_KINDS, type ScheduleSettings } from '../train/schedules.ts'
import type { ClassifierConfig } from './classifier-config.ts'
import { ACTIVATIONS, describeRule, NUMBER_RULES, type NumberRule, obeys } from './classifier-rules.ts'

/** What a parameter of the search may be, and what it does to the settings of a trial. */
interface SearchableParameter {
  /** A rule for numbers, or the list of all values. */
  readonly allowed: NumberRule | readonly ParamValue[]
  readonly apply: (config: ClassifierConfig, value: never) => ClassifierConfig
}

type Model = ClassifierConfig['model']
type Training = ClassifierConfig['training']

function model<K extends keyof Model>(key: K, allowed: SearchableParameter['allowed']): SearchableParameter {
  return {
    allowed,
    apply: (config, value: Model[K]) => ({ ...config, model: { ...config.model, [key]: value } }),
  }
}

function training<K extends keyof Training>(
  key: K,
  allowed: SearchableParameter['allowed'],
): SearchableParameter {
  return {
    allowed,
    apply: (config, value: Training[K]) => ({ ...config, training: { ...config.training, [key]: value } }),
  }
}

function optimizer<K extends keyof OptimizerSettings>(
  key: K,
  allowed: SearchableParameter['allowed'],
): SearchableParameter {
  return {
    allowed,
    apply: (config, value: OptimizerSettings[K]) => ({
      ...config,
      training: { ...config.training, optimizer: { ...config.training.optimizer, [key]: value } },
    }),
  }
}

function schedule<K extends keyof ScheduleSettings>(
  key: K,
  allowed: SearchableParameter['allowed'],
): SearchableParameter {
  return {
    allowed,
    apply: (config, value: ScheduleSettings[K]) => ({
      ...config,
      training: { ...config.training, schedule: { ...config.training.schedule, [key]: value } },
    }),
  }
}

/** The first `layers` hidden layers; where there are fewer, the last one's width is repeated. */
const layers: SearchableParameter = {
  allowed: NUMBER_RULES.layers,
  apply: (config, count: number) => {
    const { hidden } = config.model
    const widths = Array.from({ length: count }, (_, i) => hidden[i] ?? hidden.at(-1) ?? 100)
    return { ...config, model: { ...config.model, hidden: widths } }
  },
}

const BOOLEANS = [true, false] as const

/** Every parameter but the widths, by name, in the order in which they are applied. */
const PARAMETERS: Readonly<Record<string, SearchableParameter>> = Object.freeze({
  learningRate: training('learningRate', NUMBER_RULES.learningRate),
  reg: training('reg', NUMBER_RULES.reg),
  dropout: model('dropout', NUMBER_RULES.dropout),
  batchNorm: model('batchNorm', BOOLEANS),
  activation: model('activation', ACTIVATIONS satisfies readonly Activation[]),
  maxoutPieces: model('maxoutPieces', NUMBER_RULES.maxoutPieces),
  weightScale: model('weightScale', NUMBER_RULES.weightScale),
  batchSize: training('batchSize', NUMBER_RULES.batchSize),
  optimizer: optimizer('kind', OPTIMIZER_KINDS),
  momentum: optimizer('momentum', NUMBER_RULES.momentum),
  beta1: optimizer('beta1', NUMBER_RULES.beta1),
  beta2: optimizer('beta2', NUMBER_RULES.beta2),
  epsilon: optimizer('epsilon', NUMBER_RULES.epsilon),
  biasCorrection: optimizer('biasCorrection', BOOLEANS),
  schedule: schedule('kind', SCHEDULE_KINDS),
  scheduleFactor: schedule('factor', NUMBER_RULES.scheduleFactor),
  scheduleEvery: schedule('every', NUMBER_RULES.epochs),
  schedulePatience: schedule('patience', NUMBER_RULES.epochs),
  warmup: schedule('warmup', NUMBER_RULES.warmup),
  layers,
})

/** `units1`, `units2`, ...: the width of hidden layer i, from 1; undefined for another name. */
function layerOfUnits(name: string): number | undefined {
  const match = /^units([1-9]\d?)$/.exec(name)
  return match === null ? undefined : Number(match[1])
}

/** The most hidden layers a trial can have: of the config, or of the `layers` parameter. */
function mostLayers(space: SearchSpace, config: ClassifierConfig): number {
  const searched = space.parameters.layers
  const counts =
    searched === undefined ? [] : extremeValues(searched).filter((value) => typeof value === 'number')
  return Math.max(...(counts.length > 0 ? counts : [config.model.hidden.length]))
}

/** The names a space for this config may use. */
export function searchableNames(space: SearchSpace, config: ClassifierConfig): string[] {
  const units = Array.from({ length: mostLayers(space, config) }, (_, i) => `units${i + 1}`)
  return [...Object.keys(PARAMETERS), ...units]
}

/** Whether narrowing may go past the bounds of a setting where the study does not say. */
export function isSoftByDefault(name: string): boolean {
  return name === 'learningRate' || name === 'reg'
}

/** Whether every value past a bound would still be sound: a momentum of 1.1 is not, nor a layer of no units. */
function canBeSoft({ low, high }: NumberRule, log: boolean): boolean {
  return high > 1 && (low < 1 || log)
}

/** The settings of one trial: the config with the params in place of what they name. Params must have been checked. */
export function withParams(config: ClassifierConfig, params: Params): ClassifierConfig {
  let result = config
  // Not in the order of the params: `layers` must come before the widths, whoever wrote them down.
  for (const [name, parameter] of Object.entries(PARAMETERS)) {
    const value = params[name]
    if (value !== undefined) result = parameter.apply(result, value as never)
  }
  const hidden = result.model.hidden.map(
    (width, i) => (params[`units${i + 1}`] as number | undefined) ?? width,
  )
  return { ...result, model: { ...result.model, hidden } }
}

/** Something wrong with one parameter of a space. */
export interface ParameterMistake {
  readonly parameter: string
  /** Whether its name or its values are wrong. */
  readonly at: 'key' | 'value'
  readonly message: string
  readonly hint?: string
  /** Names that may have been meant, where the name is wrong. */
  readonly candidates?: readonly string[]
}

/** Everything in a space that the classifier can't take, in the order of its parameters; empty if all is well. */
export function checkClassifierSpace(space: SearchSpace, config: ClassifierConfig): ParameterMistake[] {
  const mistakes: ParameterMistake[] = []
  for (const [name, distribution] of Object.entries(space.parameters)) {
    const layer = layerOfUnits(name)
    const most = mostLayers(space, config)
    const allowed = layer === undefined ? own(PARAMETERS, name)?.allowed : NUMBER_RULES.units
    if (allowed === undefined) {
      mistakes.push({
        parameter: name,
        at: 'key',
        message: `Unknown parameter "${name}" in space`,
        candidates: searchableNames(space, config),
      })
    } else if (layer !== undefined && layer > most) {
      mistakes.push({
        parameter: name,
        at: 'key',
        message: `${name}: the network has ${most} hidden ${most === 1 ? 'layer' : 'layers'}`,
        hint: 'Add a width to model.hidden, or drop the parameter.',
      })
    } else {
      const mistake = checkValues(name, distribution, allowed)
      if (mistake !== undefined) mistakes.push(mistake)
    }
  }
  return mistakes
}

function checkValues(
  parameter: string,
  distribution: Distribution,
  allowed: SearchableParameter['allowed'],
): ParameterMistake | undefined {
  for (const value of extremeValues(distribution)) {
    if (isList(allowed)) {
      if (allowed.includes(value)) continue
      const choices = allowed.map(String).join(', ')
      return { parameter, at: 'value', message: `${parameter}: must be one of ${choices}, got ${value}` }
    }
    if (typeof value !== 'number' || !obeys(allowed, value)) {
      return {
        parameter,
        at: 'value',
        message: `${parameter}: must be ${describeRule(allowed)}, got ${value}`,
      }
    }
  }
  if (
    !isList(allowed) &&
    allowed.whole &&
    distribution.kind === 'float' &&
    distribution.low !== distribution.high
  ) {
    return {
      parameter,
      at: 'value',
      message: `${parameter}: must be ${describeRule(allowed)}, got a range of real numbers`,
      hint: `Write { int: [${distribution.low}, ${distribution.high}] }.`,
    }
  }
  if (
    !isList(allowed) &&
    (distribution.kind === 'float' || distribution.kind === 'int') &&
    !distribution.hard &&
    !canBeSoft(allowed, distribution.log)
  ) {
    return {
      parameter,
      at: 'value',
      message: `${parameter}: must be ${describeRule(allowed)}, so its range can't be soft`,
      hint: 'Drop soft.',
    }
  }
  return undefined
}

/** The values between which, or among which, all of a distribution's lie. */
function extremeValues(distribution: Distribution): readonly ParamValue[] {
  switch (distribution.kind) {
    case 'float':
    case 'int':
      return [distribution.low, distribution.high]
    case 'categorical':
      return distribution.choices
    case 'fixed':
      return [distribution.value]
  }
}

function isList(allowed: SearchableParameter['allowed']): allowed is readonly ParamValue[] {
  return Array.isArray(allowed)
}

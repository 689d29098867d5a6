import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseExperiment } from '../../src/study-file/parse-experiment.ts'
import { parse } from './sentences.ts'

function notes(text: string): string[] {
  const told: string[] = []
  parse(text, { note: (note) => told.push(note) })
  return told
}

describe('what a study file says without an effect is remarked on:', () => {
  test.each<[what: string, text: string, ...told: string[]]>([
    [
      'how a first stage narrows the ranges of a stage before it',
      'stages: [{ trials: 9, keep: 0.5, margin: 0.1, rootShare: 0.1 }, { trials: 9, keep: 0.5, rootShare: 0.2 }]',
      'stages[0]: keep, margin and rootShare have no effect: no stage before it narrows its ranges.',
    ],
    [
      'the same of an only stage',
      'stages: [{ trials: 9, keep: 0.5 }]',
      'stages[0]: keep has no effect: no stage before it narrows its ranges.',
    ],
    [
      'how a stage of replicates draws',
      'stages: [{ trials: 9, epochs: 2 }, { replicate: {}, keep: 0.5, sampler: gp }]',
      'stages[1]: keep and sampler have no effect: a replicate stage reruns the best points and draws none.',
    ],
    [
      'a budget of trials that the stages leave',
      'budget: { trials: 96 }\nstages: [{ trials: 8 }, { trials: 2 }]',
      "budget: the stages' trials take 10 of its 96 trials, and every stage sets its own number of trials. Leave trials out of a stage to use the rest.",
    ],
    [
      'a budget of epochs that the stages leave',
      'budget: { epochs: 96 }\nstages: [{ trials: 8, epochs: 3 }]',
      "budget: the stages' trials take 24 of its 96 epochs, and every stage sets its own number of trials. Leave trials out of a stage to use the rest.",
    ],
    [
      'rungs of trials of one epoch',
      'stages: [{ trials: 9, epochs: 1, rungs: true }]',
      'stages[0]: rungs: true has no effect: there is no rung below 1 epoch with reduce 3. Raise epochs.',
    ],
    [
      'a setting of another optimizer',
      'training: { optimizer: { kind: adam, momentum: 0.8 } }',
      'training.optimizer.momentum has no effect: it applies only to optimizer momentum, nesterov, and this study uses adam.',
    ],
    [
      'a search of it',
      'space: { momentum: { float: [0, 0.9] }, optimizer: { choices: [adam, sgd] } }',
      'space.momentum has no effect: it applies only to optimizer momentum, nesterov, and this study uses adam, sgd.',
    ],
    [
      'a setting of another schedule',
      'training: { schedule: { kind: cosine, every: 3 } }',
      'training.schedule.every has no effect: it applies only to schedule step, and this study uses cosine.',
    ],
    [
      'a setting of another activation',
      'model: { maxoutPieces: 3 }',
      'model.maxoutPieces has no effect: it applies only to activation maxout, and this study uses relu.',
    ],
  ])('%s', (_, text, ...told) => {
    expect(notes(text)).toEqual(told)
  })

  test.each([
    'stages: [{ trials: 9, rootShare: 0 }, { trials: 9, keep: 0.5, margin: 0.1, rootShare: 0.1 }]',
    'budget: { trials: 96 }\nstages: [{ trials: 8 }, { epochs: 2 }]',
    'budget: { trials: 10 }\nstages: [{ trials: 8 }, { trials: 2 }]',
    'stages: [{ trials: 9, epochs: 3, rungs: true, reduce: 2 }]',
    'training: { optimizer: { kind: adam, momentum: 0.8 } }\nspace: { optimizer: { choices: [adam, nesterov] } }',
    'training: { optimizer: { kind: nesterov, momentum: 0.8 } }\nspace: { optimizer: { choices: [adam, sgd], when: { batchNorm: true } }, batchNorm: { choices: [true, false] } }',
    'training: { schedule: { kind: step, every: 3, factor: 0.1 } }',
    'space: { maxoutPieces: { choices: [2, 4], when: { activation: maxout } }, activation: { choices: [relu, maxout] } }',
  ])('but nothing of %j, where all is used', (text) => {
    expect(notes(text)).toEqual([])
  })

  test('and nothing of the studies to copy', () => {
    const folder = path.join(import.meta.dirname, '../../experiments')
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    const told = files
      .filter((file) => file.endsWith('.yaml'))
      .flatMap((file) => {
        const notes: string[] = []
        const text = readFileSync(path.join(folder, file), 'utf8')
        parseExperiment(text, path.join(folder, file), { note: (note) => notes.push(note) })
        return notes
      })
    expect(told.filter((note) => note.includes('no effect') || note.startsWith('budget'))).toEqual([])
  })
})

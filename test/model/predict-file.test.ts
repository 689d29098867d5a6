import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { applyPreprocessing } from '../../src/data/apply-preprocessing.ts'
import { type DataSettings, dataSchema, preprocessSchema, splitSchema } from '../../src/data/data-config.ts'
import { decodeFit } from '../../src/data/fitted-data.ts'
import { prepareData } from '../../src/data/prepare-data.ts'
import { exportOnnx } from '../../src/model/export-onnx.ts'
import {
  type FilePredictions,
  judgeOnTest,
  type KeptNetwork,
  predictFile,
} from '../../src/model/kept-network.ts'
import { createClassifier } from '../../src/objective/classifier.ts'
import { classifierConfig, modelSchema, trainingSchema } from '../../src/objective/classifier-config.ts'
import { numbersCsv, predictionsCsv } from '../../src/report/predictions.ts'
import { decodeNetwork } from '../../src/train/saved-network.ts'
import type { TrialRecord } from '../../src/trial.ts'
import { rejectionOf, temporaryFolder, writeIn } from '../data/data-files.ts'
import { trialContext } from '../objective/trial-context.ts'

const folder = temporaryFolder()
let count = 0

function write(content: string): string {
  return writeIn(folder, `p${count++}.csv`, content)
}

/** A network trained on a table, as a study would keep it. */
async function kept(
  content: string,
  settings: object,
  epochs = 12,
  { task, loss, model = { hidden: [16] } }: { task?: 'regression'; loss?: string; model?: object } = {},
): Promise<KeptNetwork> {
  const file = write(content)
  const blocks: DataSettings = {
    data: dataSchema.parse({ source: 'csv', path: file, ...settings }),
    split: splitSchema.parse({}),
    preprocess: preprocessSchema.parse(undefined),
    task,
  }
  const data = await prepareData(blocks)
  const training = trainingSchema.parse({ batchSize: 8, learningRate: 0.02, arithmetic: 'muladd', loss })
  const config = classifierConfig(
    modelSchema.parse(model),
    training,
    task === undefined ? 'validAccuracy' : 'validR2',
    'maximize',
  )
  const run = createClassifier(config, data).run(trialContext({ budget: { epochs } })) as Generator<
    unknown,
    { artifact: Uint8Array }
  >
  let step = run.next()
  while (!step.done) step = run.next()
  const saved = decodeNetwork(step.value.artifact)
  const fit = decodeFit({ tensors: saved.further, notes: saved.notes })
  const study = { name: 'mine', fingerprints: { data: data.hash } }
  return { study, saved, data: fit, settings: blocks, arithmetic: 'muladd' } as unknown as KeptNetwork
}

/** Rows of [kind, length, width, colour] whose kind follows from the others. */
const ROWS = Array.from({ length: 150 }, (_, i) => {
  const kind = i % 3
  return [
    ['-1', '0', '1'][kind]!,
    String(10 * kind + ((i * 7) % 5)),
    String((i * 11) % 13),
    'rgb'[kind]!,
  ] as const
})
const NAMES = ['kind', 'length', 'width', 'colour'] as const

function table(
  order: readonly number[],
  options: { header?: boolean; delimiter?: string; rows?: typeof ROWS } = {},
) {
  const { header = true, delimiter = ',', rows = ROWS } = options
  const all = [...(header ? [NAMES] : []), ...rows]
  return `${all.map((row) => order.map((place) => row[place]).join(delimiter)).join('\n')}\n`
}

function labelsOf({ saved: _, data }: KeptNetwork, { classes }: FilePredictions): string[] {
  return Array.from(classes!.labels, (label) => data.classes[label]!)
}

describe('predictions of a file', () => {
  it('match the columns by name, whatever their order, with or without the label', async () => {
    const network = await kept(table([0, 1, 2, 3]), { label: 0 })
    const same = await predictFile(network, write(table([0, 1, 2, 3])))
    expect(same.accuracy).toBeGreaterThan(0.95)
    expect(new Set(labelsOf(network, same))).toEqual(new Set(['-1', '0', '1']))
    for (const order of [
      [3, 2, 1, 0],
      [2, 0, 3, 1],
      [1, 2, 3],
      [3, 1, 2],
    ]) {
      const other = await predictFile(network, write(table(order)))
      expect(other.classes!.probabilities).toEqual(same.classes!.probabilities)
      expect(other.accuracy).toBe(order.includes(0) ? same.accuracy : null)
    }
  })

  it('ignore columns that the study does not know, and refuse what is missing', async () => {
    const network = await kept(table([0, 1, 2, 3]), { label: 0 })
    const wide = table([0, 1, 2, 3])
      .replaceAll(/$/gm, ',9')
      .replace('colour,9', 'colour,weight')
      .replace(/,9$/, '')
    const predicted = await predictFile(network, write(wide))
    expect(predicted.remarks).toEqual(['column "weight" is ignored: the study has no such column'])
    const error = await rejectionOf(predictFile(network, write(table([0, 1, 3]))))
    expect(error.message).toMatch(/has no column "width", which the study's network needs/)
    const two = await rejectionOf(predictFile(network, write(table([0, 3]))))
    expect(two.message).toMatch(/has no columns "[a-z]+", "[a-z]+", which the study's network needs/)
  })

  it('say that the rows are those of the training, where the file is the study’s own', async () => {
    const network = await kept(table([0, 1, 2, 3]), { label: 0 })
    const own = await predictFile(network, (network.settings.data as { path: string }).path)
    expect(own.accuracy).not.toBeNull()
    expect(own.remarks).toEqual([
      'most of these rows are those that the network was trained on; how it does on new ones, finesweep evaluate says',
    ])
    expect((await predictFile(network, write(table([0, 1, 2, 3])))).remarks).toEqual([])
  })

  it('tell levels that the study does not know', async () => {
    const network = await kept(table([0, 1, 2, 3]), { label: 0 })
    const strange = table([0, 1, 2, 3]).replace(',r\n', ',violet\n')
    expect((await predictFile(network, write(strange))).remarks).toEqual([
      '"violet" in column "colour" is not a level that the study knows (1 row)',
    ])
  })

  it('read the file with the study’s delimiter and without a header where there is none', async () => {
    const network = await kept(table([1, 2, 3, 0], { header: false, delimiter: ';' }), {})
    const with0 = await predictFile(network, write(table([1, 2, 3, 0], { header: false, delimiter: ';' })))
    const without = await predictFile(network, write(table([1, 2, 3], { header: false, delimiter: ';' })))
    expect(with0.accuracy).toBeGreaterThan(0.95)
    expect(without.classes!.probabilities).toEqual(with0.classes!.probabilities)
    const error = await rejectionOf(
      predictFile(network, write(table([1, 2], { header: false, delimiter: ';' }))),
    )
    expect(error.message).toMatch(/has 2 columns; the study's file has 4, 3 without the label/)
  })

  it('leave rows with missing values empty where the study leaves such rows out', async () => {
    const network = await kept(table([0, 1, 2, 3]), { label: 0, missing: 'drop' })
    const lines = table([0, 1, 2, 3]).split('\n')
    lines[2] = lines[2]!.replace(/,[^,]*,([^,]*)$/, ',,$1')
    const predicted = await predictFile(network, write(lines.join('\n')))
    expect(predicted.remarks).toEqual(['1 row has missing values and no prediction (missing: drop)'])
    const whole = await predictFile(network, write(table([0, 1, 2, 3])))
    expect(predicted.rows).toBe(150)
    const csv = [...predictionsCsv(predicted.classes!, network.data.classes, predicted.incomplete)]
    expect(csv[2]).toBe('1,,,,\n')
    const expected = [...predictionsCsv(whole.classes!, network.data.classes)]
    expect(csv.toSpliced(2, 1)).toEqual(expected.toSpliced(2, 1))
    expect(predicted.accuracy).toBeGreaterThan(0.95)
  })

  it('fill in missing values of a study of bytes that had none, if it has a rule for them', async () => {
    const bytes = Array.from({ length: 120 }, (_, i) => `${(i * 7) % 100},${i % 9},${(i * 7) % 100 > 49}`)
    const network = await kept(bytes.join('\n'), { missing: 'mean' })
    const predicted = await predictFile(
      network,
      write(bytes.map((row) => row.replace(/,\d,/, ',,')).join('\n')),
    )
    expect(predicted.classes!.probabilities.every(Number.isFinite)).toBe(true)
    expect(predicted.accuracy).toBeGreaterThan(0.8)
  })

  it('fill in missing values as the study did, or refuse them', async () => {
    const holes = (text: string): string => text.replaceAll(/^([^,]+),([^,]+),5,/gm, '$1,$2,,')
    const network = await kept(holes(table([0, 1, 2, 3])), { label: 0, missing: 'median' })
    expect((await predictFile(network, write(holes(table([0, 1, 2, 3]))))).accuracy).toBeGreaterThan(0.95)
    const strict = await kept(table([0, 1, 2, 3]), { label: 0 })
    expect((await rejectionOf(predictFile(strict, write(holes(table([0, 1, 2, 3])))))).message).toMatch(
      /has no value in line \d+, column 3 \("width"\), and the study has no missing values/,
    )
  })
})

describe('columns of large numbers', () => {
  it('are told apart however large they are: the network sees what it sees of small ones', async () => {
    const rows = Array.from(
      { length: 200 },
      (_, i) => [(i * 37) % 100, Math.floor(((i * 37) % 100) / 50)] as const,
    )
    const of = (base: number): string => rows.map(([t, label]) => `${base + t},${label}`).join('\n')
    const [small, large] = [await kept(of(1000), {}), await kept(of(1_700_000_000), {})]
    const seen = ({ data }: KeptNetwork): Float32Array => {
      const base = data === small.data ? 1000 : 1_700_000_000
      const read = Float64Array.from(rows, ([t]) => base + t)
      return applyPreprocessing(data.preprocessing, read).values as Float32Array
    }
    for (const [i, value] of seen(large).entries())
      expect(Math.abs(value - seen(small)[i]!)).toBeLessThan(1e-6)
    expect((await predictFile(large, write(of(1_700_000_000)))).accuracy).toBeGreaterThan(0.95)
  })
})

/** FINESWEEP_PYTHON names a Python that has onnxruntime. */
const PYTHON = process.env.FINESWEEP_PYTHON ?? 'python3'
const hasRuntime = spawnSync(PYTHON, ['-c', 'import onnxruntime']).status === 0
if (!hasRuntime) console.log(`ONNX is skipped: ${PYTHON} has no onnxruntime`)

const RUN_ONNX = `
import json, sys, numpy, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1])
kind = {"tensor(float)": "f4", "tensor(double)": "f8"}[session.get_inputs()[0].type]
(prediction,) = session.run(None, {"input": numpy.array(json.load(sys.stdin), kind)})
target = session.get_modelmeta().custom_metadata_map["target"]
print(json.dumps({"target": target, "prediction": prediction.tolist()}))
`

describe('a predicted number', () => {
  const rows = Array.from({ length: 200 }, (_, i) => {
    const [x, y] = [(i * 37) % 101, (i * 53) % 89]
    return [String(x), String(y), String(5000 + 30 * x - 20 * y)] as const
  })
  const of = (header: string, order: readonly number[]): string =>
    `${[header, ...rows.map((row) => order.map((place) => row[place]).join(','))].join('\n')}\n`

  it.each(['squared', 'huber'])('is in the units of the data (%s loss)', async (loss) => {
    const network = await kept(of('x,y,price', [0, 1, 2]), {}, 40, { task: 'regression', loss })
    const predicted = await predictFile(network, write(of('price,y,x', [2, 1, 0])))
    expect(predicted.r2).toBeGreaterThan(0.97)
    expect(predicted.classes).toBeNull()
    expect(Math.abs(predicted.numbers![0]! - Number(rows[0]![2]))).toBeLessThan(400)
    const without = await predictFile(network, write(of('y,x', [1, 0])))
    expect([without.r2, without.numbers]).toEqual([null, predicted.numbers])
    expect([...numbersCsv(predicted.numbers!, 'price')][0]).toBe('row,price\n')
    const { metrics } = await judgeOnTest(network)
    expect(metrics.r2).toBeGreaterThan(0.9)
    expect(metrics.rmse).toBeLessThan(400)
  })

  it('is compared with targets that have a decimal comma', async () => {
    const german = of('x,y,price', [0, 1, 2]).replaceAll(',', ';').replaceAll(/(\d)$/gm, '$1,5')
    const network = await kept(german, {}, 40, { task: 'regression' })
    expect((await predictFile(network, write(german))).r2).toBeGreaterThan(0.97)
    const odd = await predictFile(network, write(german.replace(/;[^;]*\n$/, ';cheap\n')))
    expect(odd.remarks.at(-1)).toBe(
      'R² cannot be computed: 1 row has no number for the target, such as "cheap"',
    )
  })

  it.skipIf(!hasRuntime).each([
    ['squared', {}],
    ['huber', { model: { hidden: [16, 8], activation: 'maxout', batchNorm: true } }],
  ])('leaves as ONNX in the units of the data (%s loss)', async (loss, more) => {
    const network = await kept(of('x,y,price', [0, 1, 2]), {}, 12, { task: 'regression', loss, ...more })
    const predicted = await predictFile(network, write(of('x,y', [0, 1])))
    const model = path.join(folder, `${loss}.onnx`)
    writeFileSync(
      model,
      exportOnnx({ ...network, study: { ...network.study, name: 's' }, trial: { number: 3 } as TrialRecord }),
    )
    const { stdout, stderr } = spawnSync(PYTHON, ['-c', RUN_ONNX, model], {
      encoding: 'utf8',
      input: JSON.stringify(rows.map(([x, y]) => [Number(x), Number(y)])),
    })
    expect(stderr).toBe('')
    const { target, prediction } = JSON.parse(stdout)
    expect(target).toBe('price')
    expect(prediction).toHaveLength(rows.length)
    const { deviation } = network.data.target!
    const furthest = Math.max(
      ...predicted.numbers!.map((number, row) => Math.abs(number - prediction[row]) / deviation),
    )
    expect(furthest).toBeLessThan(1e-6)
  })

  it('is refused where a target is a word, or missing, with its line', async () => {
    const wrong = of('x,y,price', [0, 1, 2]).replace(/,\d+\n$/, ',cheap\n')
    const error = await rejectionOf(kept(wrong, {}, 1, { task: 'regression', loss: 'squared' }))
    expect(error.message).toMatch(/has "cheap" in line 201, column 3 \("price"\), the target/)
  })
})

import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { applyPreprocessing } from '../../src/data/apply-preprocessing.ts'
import { dataSchema, preprocessSchema, splitSchema } from '../../src/data/data-config.ts'
import { fittedData } from '../../src/data/fitted-data.ts'
import { prepareData } from '../../src/data/prepare-data.ts'
import { exportOnnx } from '../../src/model/export-onnx.ts'
import { exportSafetensors } from '../../src/model/export-safetensors.ts'
import type { KeptNetwork } from '../../src/model/kept-network.ts'
import { createClassifier } from '../../src/objective/classifier.ts'
import { classifierConfig, modelSchema, trainingSchema } from '../../src/objective/classifier-config.ts'
import { fastGenerator } from '../../src/random/fast-generator.ts'
import { predict } from '../../src/train/evaluate.ts'
import { openKernels } from '../../src/train/kernels/open-kernels.ts'
import { decodeNetwork, openNetwork } from '../../src/train/saved-network.ts'
import { examplesOf } from '../docs/examples.ts'
import { trialContext } from '../objective/trial-context.ts'

/** FINESWEEP_PYTHON names a Python that has the packages. */
const PYTHON = process.env.FINESWEEP_PYTHON ?? 'python3'
const has = (name: string): boolean => spawnSync(PYTHON, ['-c', `import ${name}`]).status === 0
const hasNumpy = has('numpy')
const hasRuntime = hasNumpy && has('onnxruntime')
if (!hasNumpy) console.log(`skipped: ${PYTHON} has no numpy`)
else if (!hasRuntime) console.log(`ONNX is skipped: ${PYTHON} has no onnxruntime`)

const folder = mkdtempSync(path.join(tmpdir(), 'finesweep-export-'))
afterAll(() => rmSync(folder, { recursive: true }))

const ROWS = 1_000
const COLUMNS = 12
const generator = fastGenerator(['export'])
const VALUES = Float32Array.from({ length: ROWS * COLUMNS }, () => 4 * generator.next() - 2)
const TABLE = path.join(folder, 'table.csv')
writeFileSync(
  TABLE,
  Array.from({ length: ROWS }, (_, row) => {
    const cells = [...VALUES.subarray(row * COLUMNS, (row + 1) * COLUMNS)]
    return [...cells, ['a', 'b', 'c'][Math.floor(Math.abs(cells[0]! + cells[1]!)) % 3]].join(',')
  }).join('\n'),
)

const [ONNX = '', NUMPY = ''] = examplesOf('docs/models.md', 'python')
const COMPARE = `
import sys
rows = np.loadtxt(sys.argv[1], delimiter=",", usecols=range(${COLUMNS}))
for base in sys.argv[2:]:
    expected = np.fromfile(base + ".f4", "<f4").reshape(len(rows), -1)
    print("numpy", base, np.abs(predict(base + ".safetensors", rows) - expected).max())
    if ${hasRuntime ? 'True' : 'False'}:
        import onnxruntime
        session = onnxruntime.InferenceSession(base + ".onnx")
        kind = {"tensor(float)": "f4", "tensor(double)": "f8"}[session.get_inputs()[0].type]
        probabilities, label = session.run(None, {"input": rows.astype(kind)})
        classes = json.loads(session.get_modelmeta().custom_metadata_map["classes"])
        difference = np.abs(probabilities - expected).max()
        print("onnx", base, difference, (label == expected.argmax(1)).mean(), "".join(classes))
`
writeFileSync(path.join(folder, 'compare.py'), NUMPY + COMPARE)

const CASES = ['relu', 'tanh', 'sigmoid', 'maxout'].flatMap((activation) =>
  [false, true].flatMap((batchNorm) =>
    [
      { kind: 'standardize' },
      { kind: 'mean', pca: 6, biasTrick: true },
      { kind: 'standardize', pca: 5, whiten: true },
    ].map((preprocess) => [activation, batchNorm, preprocess] as const),
  ),
)

test.skipIf(!hasNumpy)(
  'exported networks predict what finesweep predicts, within 1e-6',
  { timeout: 120_000 },
  async () => {
    const bases: string[] = []
    for (const [activation, batchNorm, preprocess] of CASES) {
      const data = await prepareData({
        data: dataSchema.parse({ source: 'csv', path: TABLE }),
        split: splitSchema.parse({}),
        preprocess: preprocessSchema.parse(preprocess),
      })
      const model = modelSchema.parse({ hidden: [16, 8], activation, batchNorm, maxoutPieces: 3 })
      const training = trainingSchema.parse({ batchSize: 100, learningRate: 0.01, arithmetic: 'muladd' })
      const config = classifierConfig(model, training, 'validAccuracy', 'maximize')
      const artifact = train(createClassifier(config, data))
      const saved = decodeNetwork(artifact)
      const kept = {
        study: { name: 's' },
        trial: { number: 3 },
        saved,
        data: fittedData(data),
        arithmetic: 'muladd',
      } as unknown as KeptNetwork
      const kernels = openKernels({ arithmetic: 'muladd' })
      const { preprocessing } = data.folds[0]!
      const exact = Float64Array.from(
        readFileSync(TABLE, 'utf8')
          .split('\n')
          .flatMap((line) => line.split(',').slice(0, COLUMNS).map(Number)),
      )
      const all = Uint32Array.from({ length: ROWS }, (_, row) => row)
      const { probabilities } = predict(
        openNetwork(kernels, saved),
        applyPreprocessing(preprocessing, exact),
        all,
      )
      kernels.close()
      const base = path.join(folder, `${activation}-${batchNorm}-${preprocess.pca ?? 0}`)
      writeFileSync(`${base}.f4`, probabilities)
      writeFileSync(`${base}.onnx`, exportOnnx(kept))
      writeFileSync(`${base}.safetensors`, exportSafetensors(kept, artifact))
      bases.push(base)
    }
    const compared = spawnSync(PYTHON, [path.join(folder, 'compare.py'), TABLE, ...bases], {
      encoding: 'utf8',
    })
    expect(compared.stderr).toBe('')
    const lines = compared.stdout.trim().split('\n')
    expect(lines).toHaveLength(CASES.length * (hasRuntime ? 2 : 1))
    for (const line of lines) {
      const [library, , difference, agreement, classes] = line.split(' ')
      expect(Number(difference), line).toBeLessThan(1e-6)
      if (library === 'onnx') expect([agreement, classes], line).toEqual(['1.0', 'abc'])
    }
    if (!hasRuntime) return
    // The document's example, with rows to predict.
    copyFileSync(`${bases[0]}.onnx`, path.join(folder, 'best.onnx'))
    const rows = `import numpy as np\nrows = np.zeros((2, ${COLUMNS}))\n`
    writeFileSync(path.join(folder, 'example.py'), `${rows}${ONNX}print(names)\n`)
    const example = spawnSync(PYTHON, ['example.py'], { cwd: folder, encoding: 'utf8' })
    expect([example.stderr, example.stdout]).toEqual(['', expect.stringMatching(/^\['[abc]', '[abc]'\]\n$/)])
  },
)

function train(objective: ReturnType<typeof createClassifier>): Uint8Array {
  const run = objective.run(trialContext({ budget: { epochs: 3 } })) as Generator<
    unknown,
    { artifact: Uint8Array }
  >
  let step = run.next()
  while (!step.done) step = run.next()
  return step.value.artifact
}

import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { predictFile } from '../../src/model/kept-network.ts'
import {
  binaryBatch,
  idxBytes,
  tinyBatch,
  writeBinaryCifar,
  writeIn,
  writePythonCifar,
} from '../data/data-files.ts'
import { expectAgreement, newFolder, trained } from './trained.ts'

describe('predictions of the training images agree with the accuracies stored with the trial', () => {
  it.each(['', 'emnist-letters-'])('IDX files called %strain-images', async (prefix) => {
    const folder = newFolder()
    const pixels = Uint8Array.from(
      { length: 120 * 9 },
      (_, i) => (i * 31 + (Math.floor(i / 9) % 3) * 60) & 255,
    )
    const numbers = Uint8Array.from({ length: 120 }, (_, i) => 1 + (i % 3))
    const images = writeIn(folder, `${prefix}train-images-idx3-ubyte`, idxBytes([120, 3, 3], pixels))
    const labelFile = writeIn(folder, `${prefix}train-labels-idx1-ubyte`, idxBytes([120], numbers))
    if (prefix !== '') writeIn(folder, `${prefix}mapping.txt`, '1 65 97\n2 66 98\n3 67 99\n')
    await expectAgreement({ source: 'idx', path: folder }, folder)
    await expectAgreement({ source: 'idx', path: images, labels: labelFile }, images)
  })

  it('CIFAR-10 in both layouts, whole and one batch', async () => {
    const batches = [tinyBatch(80, 1), tinyBatch(60, 2)]
    const binary = writeBinaryCifar(newFolder(), batches, tinyBatch(20, 3))
    await expectAgreement({ source: 'cifar10', path: binary }, binary)
    const python = writePythonCifar(newFolder(), batches, tinyBatch(20, 3))
    await expectAgreement({ source: 'cifar10', path: python }, python)
    const network = await trained({ source: 'cifar10', path: binary })
    const one = await predictFile(network, path.join(binary, 'data_batch_1.bin'))
    expect(one.accuracy).toBe((await predictFile(network, path.join(python, 'data_batch_1'))).accuracy)
    expect(one.accuracy).not.toBeNull()
  })

  it('CIFAR-100 with the labels that the study chose', async () => {
    const folder = newFolder()
    const batch = (images: number, seed: number): Buffer => {
      const records = binaryBatch(tinyBatch(images, seed))
      return Buffer.concat(
        Array.from({ length: images }, (_, i) => {
          const record = records.subarray(i * 3073, (i + 1) * 3073)
          return Buffer.concat([Buffer.from([record[0]! >> 1]), record])
        }),
      )
    }
    writeIn(folder, 'train.bin', batch(120, 1))
    writeIn(folder, 'test.bin', batch(20, 2))
    writeIn(folder, 'fine_label_names.txt', 'abcdefghij'.split('').join('\n'))
    writeIn(folder, 'coarse_label_names.txt', 'vwxyz'.split('').join('\n'))
    for (const labels of ['fine', 'coarse']) {
      const block = { source: 'cifar100', path: folder, labels }
      await expectAgreement(block, folder)
      expect(
        (await predictFile(await trained(block), path.join(folder, 'train.bin'))).accuracy,
      ).not.toBeNull()
    }
  })
})

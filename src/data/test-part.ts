import { UserError } from '../errors.ts'
import type { Examples } from '../train/inputs.ts'
import { applyPreprocessing } from './apply-preprocessing.ts'
import type { DataSettings } from './data-config.ts'
import { type DataSet, hashDataSet } from './data-set.ts'
import type { FittedData } from './fitted-data.ts'
import { loadAsStudied, standardized } from './prepare-data.ts'
import { splitRows } from './split.ts'

/**
 * The test part of a study's data, read again and prepared as its networks know it; null if there is none.
 * @param hash of the data that the study was trained on
 * @throws UserError `usage` if the data are gone or have another hash
 */
export async function readTestPart(
  settings: DataSettings,
  fitted: FittedData,
  hash: string | null,
): Promise<Examples | null> {
  const data = await loadAsStudied(settings)
  const now = hashDataSet(data)
  if (now !== hash) {
    throw new UserError(
      'usage',
      `the data have changed since the study was run (${hash?.slice(0, 8)}… then, ${now.slice(0, 8)}… now)`,
      {
        hint: 'Restore the data. To evaluate the network on other labelled rows: finesweep predict --data FILE.',
      },
    )
  }
  const { test } = splitRows(data, settings.split, settings.form)[0]!
  return test === null || test.length === 0 ? null : prepared(data, test, fitted)
}

function prepared(data: DataSet, rows: Uint32Array, { preprocessing, target }: FittedData): Examples {
  const { columns } = data
  const values = data.values.slice(0, rows.length * columns)
  const labels = data.labels.slice(0, rows.length)
  for (const [at, row] of rows.entries()) {
    values.set(data.values.subarray(row * columns, (row + 1) * columns), at * columns)
    labels[at] = data.labels[row]!
  }
  const targets =
    target &&
    standardized(
      Float64Array.from(rows, (row) => data.targets![row]!),
      target,
    )
  return {
    inputs: applyPreprocessing(preprocessing, values),
    labels,
    ...(targets === undefined ? {} : { targets }),
    rows: Uint32Array.from(rows, (_, at) => at),
  }
}

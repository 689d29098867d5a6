import { choice, defineObjective, int } from 'finesweep/objective'

/** Sums a large matrix in blocks; its speed depends on the shape of the blocks and the order of the cells within them. */
export default defineObjective(
  {
    rows: int(1, 1024, { log: true }),
    columns: int(1, 1024, { log: true }),
    order: choice(['rows', 'columns']),
  },
  ({ params }) => {
    const begun = performance.now()
    let numbers = 0
    while (performance.now() - begun < 50) {
      // Use the result: the compiler may drop a sum that nobody reads.
      if (sumByBlocks(params.rows, params.columns, params.order) !== TOTAL)
        throw new Error('The sum is wrong.')
      numbers += MATRIX.length
    }
    return numbers / (performance.now() - begun) / 1000
  },
)

const SIZE = 1024
const MATRIX = Float64Array.from({ length: SIZE * SIZE }, (_, i) => i % 7)
const TOTAL = MATRIX.reduce((sum, number) => sum + number)

function sumByBlocks(rows: number, columns: number, order: 'rows' | 'columns'): number {
  let total = 0
  for (let top = 0; top < SIZE; top += rows) {
    for (let left = 0; left < SIZE; left += columns) {
      const bottom = Math.min(SIZE, top + rows)
      const right = Math.min(SIZE, left + columns)
      if (order === 'rows') {
        for (let r = top; r < bottom; r++) for (let c = left; c < right; c++) total += MATRIX[r * SIZE + c]!
      } else {
        for (let c = left; c < right; c++) for (let r = top; r < bottom; r++) total += MATRIX[r * SIZE + c]!
      }
    }
  }
  return total
}

/**
 * Whole training steps of the network 3072-200-100-10, one network in each worker thread.
 *
 *     npm run bench:train -- --batch 200 --optimizer momentum --workers 2 --seconds 5 --json
 *     also: --batch-norm --dropout 0.3 --hidden 200,100 --activation relu --backend plain --arithmetic fma|muladd
 */
import { measureTraining, parseWork } from './train-work.ts'

const { work, json } = parseWork(process.argv.slice(2))
const result = await measureTraining(work)
if (json) console.log(JSON.stringify(result))
else {
  const { netStepsPerSecond, gflops, shareOfPeak, peakGflops, variant } = result
  console.log(`${netStepsPerSecond.toFixed(1)} net-steps/s, ${gflops.toFixed(1)} GFLOP/s`)
  console.log(
    `${(100 * shareOfPeak).toFixed(1)} % of the ${peakGflops.toFixed(1)} GFLOP/s of multiply-adds alone`,
  )
  console.log(`${work.workers} workers, ${variant}`)
}

/**
 * Whole training steps of the network 3072-200-100-10, one network in each worker thread.
 *
 *     npm run bench:train -- --batch 200 --optimizer momentum --workers 2 --seconds 5 --json
 *     also: --batch-norm --dropout 0.3 --hidden 200,100 --activation relu --backend plain --arithmetic fma|muladd
 */
import { isSteady } from './peak.ts'
import { measureTraining, parseWork } from './train-work.ts'

const { work, json } = parseWork(process.argv.slice(2))
const result = await measureTraining(work)
if (json) console.log(JSON.stringify(result))
else {
  const { netStepsPerSecond, spread, gflops, shareOfPeak, peakGflops, variant } = result
  const [slowest, fastest] = spread.map((rate) => rate.toFixed(1))
  console.log(
    `${netStepsPerSecond.toFixed(1)} net-steps/s (${slowest} to ${fastest}), ${gflops.toFixed(1)} GFLOP/s`,
  )
  if (isSteady(...result.peaks)) {
    console.log(
      `${(100 * shareOfPeak).toFixed(1)} % of the ${peakGflops.toFixed(1)} GFLOP/s of multiply-adds alone`,
    )
  } else process.exitCode = 1
  console.log(`${work.workers} workers, ${variant}`)
}

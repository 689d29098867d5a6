// Stands in for a training script in any language: reads its arguments and prints a line of JSON per epoch.
import { parseArgs } from 'node:util'

const text = { type: 'string' }
const { values } = parseArgs({ options: { rate: text, units: text, epochs: text, seed: text } })

let loss = 1 + (Number(values.seed) % 100) / 1000
for (let epoch = 1; epoch <= Number(values.epochs); epoch++) {
  const fit = 1 - Math.min(0.9, Number(values.rate) * 5) + Number(values.rate) ** 2
  loss *= 0.2 + 0.8 * fit
  const value = loss + 0.1 / Number(values.units)
  console.log(JSON.stringify({ step: epoch, value, metrics: { loss } }))
}

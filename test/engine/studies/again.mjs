/** Each fifth trial fails the first time. */
export default function* ({ params, budget, number, attempt }) {
  if (number % 5 === 4 && attempt === 1) throw new Error('not yet')
  for (let step = 1; step <= budget.epochs; step++) yield { step, value: params.x ** 2 + step }
}

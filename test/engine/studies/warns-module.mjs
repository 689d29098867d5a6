/** Warns when it has nothing else left to do. */
export default function ({ params, warn }) {
  warn('the model is too small')
  return params.x
}

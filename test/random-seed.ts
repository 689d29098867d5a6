/**
 * The seed of the random tests of a run. `npm test` has always the same one, so that it fails by what was changed and
 * by nothing else; the long forms look for new cases with a new one. `FINESWEEP_SEED=N` repeats a run, and
 * `FINESWEEP_SEED=new` draws one.
 */
export function randomSeed(): number {
  const { FINESWEEP_SEED: given, FINESWEEP_CHAOS: chaos } = process.env
  if (given === 'new' || (given === undefined && chaos !== undefined))
    return Math.floor(Math.random() * 2 ** 31)
  return given === undefined ? 1 : Number(given)
}

import type { Experiment } from './experiment.ts'
import type { Locate } from './mistakes.ts'

const places = new WeakMap<Experiment, Locate>()

/** Remembers where the settings of an experiment are written: what does not fit a module is only seen once that is loaded. */
export function rememberPlaces(experiment: Experiment, locate: Locate): void {
  places.set(experiment, locate)
}

/** Where the settings of an experiment are written; nowhere, if it was not read in this process. */
export function placesOf(experiment: Experiment): Locate {
  return places.get(experiment) ?? (() => undefined)
}

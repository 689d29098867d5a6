import { wrongArgument } from '../arguments.ts'
import { UserError } from '../errors.ts'
import type { StudyPlaceOptions } from './settings.ts'
import { StudyStore } from './study-store.ts'
import { StudyView } from './study-view.ts'

class StoredStudy extends StudyView {
  static open(place: StudyStore, name: string): StudyView {
    return new StoredStudy(name, () => place.reader())
  }
}

/**
 * The results of a study in a store, without running it.
 * @param name the latest study by default
 * @throws UserError('not-found') if there is no such study
 */
export function openStudy(store: NonNullable<StudyPlaceOptions['store']>, name?: string): StudyView {
  if (name !== undefined && typeof name !== 'string')
    throw wrongArgument('openStudy', 'name must be a string', name)
  const place = new StudyStore(store, 'reading')
  const reader = place.reader()
  const record = name === undefined ? reader?.latestStudy() : reader?.findStudy(name)
  if (record !== undefined) return StoredStudy.open(place, record.name)
  const which = name === undefined ? 'no study yet' : `no study ${JSON.stringify(name)}`
  throw new UserError('not-found', `There is ${which} in ${typeof store === 'string' ? store : 'the store'}`)
}

import type { StudyReader, StudyWriter } from '../store/store.ts'

const READING: Readonly<Record<keyof StudyReader, true>> = {
  studies: true,
  findStudy: true,
  latestStudy: true,
  stages: true,
  trials: true,
  trial: true,
  bestTrials: true,
  countTrials: true,
  totals: true,
  runningTimes: true,
  measurements: true,
  allMeasurements: true,
  results: true,
  artifact: true,
  damage: true,
  evaluations: true,
  artifactFolders: true,
  changed: true,
  lease: true,
  close: true,
}

const WRITING: Readonly<Record<Exclude<keyof StudyWriter, keyof StudyReader>, true>> = {
  createStudy: true,
  acquireLease: true,
  renewLease: true,
  releaseLease: true,
  addStage: true,
  updateStage: true,
  setExperiment: true,
  addNote: true,
  startTrial: true,
  adoptTrial: true,
  addMeasurements: true,
  finishTrial: true,
  keepArtifacts: true,
  flush: true,
  addEvaluation: true,
  setArtifactFolder: true,
  importTrials: true,
  setComment: true,
  setTags: true,
  renameStudy: true,
  deleteStudy: true,
  finishStudy: true,
}

/** The first method that a store lacks: one for results alone may have no more than those that read. */
export function missingMethod(store: object, use: 'reading' | 'writing'): string | undefined {
  const methods = Object.keys(use === 'reading' ? READING : { ...READING, ...WRITING })
  return methods.find((name) => typeof (store as Readonly<Record<string, unknown>>)[name] !== 'function')
}

import { compareTrials, hasValue } from '../search/rank.ts'
import {
  isFinished,
  noTrials,
  type StageIndex,
  type TimedMeasurement,
  type TrialRecord,
  type TrialState,
} from '../trial.ts'
import { encodeJson } from './exact-json.ts'
import { type MemoryStudy, trialsInOrder } from './memory-study.ts'
import { addInterval } from './running-time.ts'
import type {
  ArtifactFolder,
  Evaluation,
  Interval,
  Lease,
  StageRecord,
  StageTotals,
  StudyReader,
  StudyRecord,
  TrialFilter,
  TrialResult,
} from './store.ts'
import { addTotals, type TotalsRow } from './totals.ts'
import { sortTrials, trialSorting } from './trial-order.ts'

/** Reads studies that are kept in memory. */
export class MemoryReader implements StudyReader {
  /** By id, from 1; a deleted one leaves its place empty. */
  protected readonly byId: (MemoryStudy | undefined)[] = []
  /** Whether something was committed since this was last asked. */
  protected hasChanged = true

  studies(): StudyRecord[] {
    return this.all().map(({ record }) => record)
  }

  findStudy(name: string): StudyRecord | undefined {
    return this.studies().find((record) => record.name === name)
  }

  latestStudy(): StudyRecord | undefined {
    return this.all().at(-1)?.record
  }

  stages(study: number): StageRecord[] {
    return [...(this.find(study)?.stages ?? [])].sort((a, b) => a.index - b.index)
  }

  trials(study: number, filter: TrialFilter = {}): TrialRecord[] {
    const { stage, states, from = 0, offset = 0, limit = Number.POSITIVE_INFINITY, sort } = filter
    const found = trialsInOrder(this.find(study))
      .map(({ record }) => record)
      .filter(({ number }) => number >= from)
      .filter((record) => stage === undefined || record.stage === stage)
      .filter((record) => states === undefined || states.includes(record.state))
    const sorted = sort === undefined ? found : sortTrials(found, trialSorting(sort.column), sort.falling)
    return sorted.slice(offset, offset + limit)
  }

  trial(study: number, number: number): TrialRecord | undefined {
    return this.find(study)?.trials.get(number)?.record
  }

  bestTrials(study: number, count: number, stage?: number): TrialRecord[] {
    const direction = this.find(study)?.record.direction ?? 'maximize'
    return this.trials(study, { stage })
      .filter(hasValue)
      .sort((a, b) => compareTrials(a, b, direction))
      .slice(0, count)
  }

  countTrials(study: number, stage?: number): Readonly<Record<TrialState, number>> {
    const counts = noTrials()
    for (const { state } of this.trials(study, { stage })) counts[state]++
    return counts
  }

  totals(study: number): StageTotals[] {
    const rows = this.trials(study).map(({ stage, state, epochs, durationMs }): TotalsRow => {
      return [stage, state, 1, epochs, durationMs ?? 0]
    })
    return addTotals(rows)
  }

  runningTimes(study: number): Map<StageIndex, Interval[]> {
    const ran = new Map<StageIndex, Interval[]>()
    for (const trial of this.trials(study)) {
      if (!isFinished(trial) || trial.startedAt === null) continue
      const interval: Interval = [trial.startedAt, trial.startedAt + (trial.durationMs ?? 0)]
      ran.set(trial.stage, addInterval(ran.get(trial.stage) ?? [], interval))
    }
    return ran
  }

  measurements(study: number, trial: number): TimedMeasurement[] {
    return [...(this.find(study)?.trials.get(trial)?.measurements ?? [])]
  }

  *allMeasurements(
    study: number,
  ): IterableIterator<{ readonly trial: number; readonly measurements: TimedMeasurement[] }> {
    for (const { record, measurements } of trialsInOrder(this.find(study))) {
      yield { trial: record.number, measurements: [...measurements] }
    }
  }

  *results(study: number): IterableIterator<TrialResult> {
    for (const { record, measurements } of trialsInOrder(this.find(study))) {
      if (!isFinished(record)) continue
      const { number, stage, state, value, params, seed, budget, continues } = record
      yield {
        number,
        stage,
        state,
        value,
        seed,
        continues,
        params: encodeJson(params),
        epochs: budget.epochs,
        measurements: measurements.map(({ step, value, metrics }) => ({
          step,
          value,
          metrics: encodeJson(metrics),
        })),
      }
    }
  }

  artifact(study: number, trial: number): Uint8Array | undefined {
    return this.find(study)?.trials.get(trial)?.artifact ?? undefined
  }

  damage(): string[] {
    return []
  }

  evaluations(study: number): Evaluation[] {
    return [...(this.find(study)?.evaluations ?? [])]
  }

  artifactFolders(study: number): ArtifactFolder[] {
    const folders = [...(this.find(study)?.folders ?? [])]
    return folders.map(([trial, folder]) => ({ trial, folder })).sort((a, b) => a.trial - b.trial)
  }

  changed(): boolean {
    const changed = this.hasChanged
    this.hasChanged = false
    return changed
  }

  lease(study: number): Lease | undefined {
    return this.find(study)?.lease
  }

  close(): void {
    for (const study of this.all()) study.lease = undefined
  }

  protected all(): MemoryStudy[] {
    return this.byId.filter((study) => study !== undefined)
  }

  protected find(study: number): MemoryStudy | undefined {
    return this.byId[study - 1]
  }
}

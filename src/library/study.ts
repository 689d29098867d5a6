import { availableParallelism } from 'node:os'
import { UserError } from '../errors.ts'
import type { TrialToImport } from '../import/in-code.ts'
import { NO_OWN_SAMPLERS, type OwnSamplers } from '../search/own-samplers.ts'
import { type AskedSession, acquireSoon, createAskedStudy, openAskedStudy } from '../session/ask.ts'
import { runOrGoOn } from '../session/go-on.ts'
import type { ImportResult } from '../session/import-trials.ts'
import { when } from '../space/constructors.ts'
import type { Params } from '../space/distribution.ts'
import { own } from '../space/own.ts'
import type { SearchSpace } from '../space/search-space.ts'
import type { Evaluation, StudyState } from '../store/store.ts'
import type { Told } from '../study/told-outcome.ts'
import { defineStudy, type StudySettings } from '../study-file/define-study.ts'
import type { Experiment } from '../study-file/experiment.ts'
import { IN_CODE } from '../study-file/outside-settings.ts'
import { type ReadOptions, readExperiment } from '../study-file/read-experiment.ts'
import { copySpec } from '../trial.ts'
import { listenerOf, sayTo } from './callbacks.ts'
import { checkFileStudy, checkSettings } from './check-place.ts'
import { checkedExecutor } from './checked-executor.ts'
import { checkImportOptions, type ImportOptions, importInto } from './import.ts'
import { LostTrials } from './lost-trials.ts'
import { type ResolvedObjective, resolveObjective, rulesOfBoth } from './objective-in-code.ts'
import { checkRunOptions, type RunOptions } from './run-options.ts'
import { resolveStages, withSamplers } from './samplers.ts'
import type { ParamsIn, SpaceInCode, StudyInCode, StudyPlaceOptions } from './settings.ts'
import { stopSentence } from './stop-sentence.ts'
import { StudyStore } from './study-store.ts'
import { ownTrial, type StudyTrial } from './study-trial.ts'
import { StudyUse, type Work } from './study-use.ts'
import { StudyView } from './study-view.ts'

/** How a study ended. */
export interface StudyResult<P extends Params = Params> {
  readonly state: StudyState
  /** Why it ended, if it did not complete. */
  readonly endReason: string | null
  /** Null if no trial has a value. */
  readonly best: StudyTrial<P> | null
  /** The evaluation on the test part of the data; null for an objective of your own. */
  readonly test: Evaluation | null
}

/** A trial to run: report its value with `tell` and its number. */
export interface AskedTrial<P extends Params = Params> {
  readonly number: number
  readonly params: P
  /** Seed everything random from this; a whole number in [0, 2^48). */
  readonly seed: number
  readonly budget: { readonly epochs: number }
  /** The number of the trial whose network or checkpoint this one continues, in a stage with `warmStart`; else null. */
  readonly continues: number | null
  /** The stage's name. */
  readonly stage: string
  /** From 1; more if it was handed out before. */
  readonly attempt: number
}

/** A study that can be run, with its results. */
export class Study<P extends Params = Params> extends StudyView<P> {
  readonly #experiment: Experiment
  readonly #objective: ResolvedObjective
  readonly #place: StudyStore
  readonly #samplers: OwnSamplers
  #closings = 0

  /** @internal */
  constructor(
    experiment: Experiment,
    objective: ResolvedObjective,
    place: StudyStore,
    samplers: OwnSamplers = NO_OWN_SAMPLERS,
  ) {
    super(experiment.name, () => place.reader())
    this.#experiment = experiment
    this.#objective = objective
    this.#place = place
    this.#samplers = samplers
  }

  /**
   * Runs the study to its end. If the store has a study of this name, this continues it where it stopped; a complete one
   * is not run again. More trials in the last stage, further stages and other limits extend it.
   * @throws UserError('usage') for an objective that cannot be loaded, and if the study was begun with other settings
   */
  async run(options: RunOptions<P> = {}): Promise<StudyResult<P>> {
    checkRunOptions(options)
    const { executor, signal, onMessage } = options
    const { workers = executor === undefined ? this.#usualWorkers() : Math.max(1, executor.slots) } = options
    const stop = signal === undefined ? undefined : stopSentence(signal)
    const say = sayTo(onMessage)
    const lost = new LostTrials()
    const told = listenerOf(options, say)
    const { remark } = this.#objective
    if (typeof remark === 'string' && this.#place.isFile) say(remark)
    const { study, end, best, testLook } = await this.#during('run', () =>
      runOrGoOn(this.#experiment, {
        db: this.#place.db,
        store: this.#place.writer(),
        objective: this.#objective.objective,
        samplers: this.#samplers,
        executor: executor === undefined ? undefined : checkedExecutor(executor),
        workers,
        listener: (event) => {
          lost.listen(event)
          told(event)
        },
        say,
        onPrint: (text) => say(text.trimEnd()),
        ...(stop === undefined ? {} : { drain: stop.signal, halt: stop.signal }),
      }),
    ).finally(() => stop?.release())
    const sentence = lost.sentence(best !== null)
    if (sentence !== null) say(sentence)
    return {
      state: study.state,
      endReason: end.endReason,
      best: best === null ? null : ownTrial(best),
      test: testLook,
    }
  }

  /**
   * The next trial to run; null once the study has ended. Several may be pending at once. If the next one depends on
   * results that are still missing, the promise resolves once they are reported. Pending trials stay pending in the store.
   */
  async ask(): Promise<AskedTrial<P> | null> {
    const closings = this.#closings
    for (;;) {
      const { answer, changed } = await this.#asked(({ asked }, use) => {
        const given = asked.ask()
        return { answer: given, changed: given.kind === 'wait' ? use.changed() : null }
      })
      if (answer.kind === 'end') return null
      if (answer.kind === 'trial') {
        const { number, seed, continues } = answer.spec
        const { params, budget } = copySpec(answer.spec)
        const { attempt, stage } = answer
        return { number, params: params as unknown as P, seed, budget, continues, stage, attempt }
      }
      // A close before it waits has woken nobody.
      if (closings === this.#closings) await changed
      if (closings === this.#closings) continue
      throw new UserError('usage', `Study "${this.name}" was closed during a call of ask()`, {
        hint: 'Report the values of pending trials first.',
      })
    }
  }

  /**
   * Records the result of a pending trial: its value, all its measurements, `failed`, or `again` to have it handed out once
   * more. A value that is NaN or infinite is a divergence.
   * @throws UserError('not-found') if the trial is not pending; 'usage' for a measurement that breaks a rule: it stays pending
   */
  async tell(number: number, told: Told): Promise<StudyTrial<P>> {
    return this.#asked((asked, use) => {
      const record = asked.tell(number, told)
      use.wake()
      return ownTrial<P>(record)
    })
  }

  /**
   * Adds finished trials from elsewhere, for the samplers to learn from; a study that has not begun is created. Run it
   * afterwards.
   * @param from a CSV file, an Optuna journal, a finesweep store, the name of another study of this store, or trials
   * @throws UserError('usage') if no trial fits the space, or a stage is under way
   */
  async import(from: string | readonly TrialToImport[], options: ImportOptions = {}): Promise<ImportResult> {
    checkImportOptions(options)
    return this.#during('import', async () => {
      const imported = await importInto(this.#experiment, this.#place, from, options)
      return { ...imported, trials: imported.trials.map((trial) => ownTrial(trial)) }
    })
  }

  /** Trials handed out by `ask` whose values have not been reported yet, in order of number. */
  pending(): StudyTrial<P>[] {
    return this.trials({ states: ['running'] })
  }

  /** Closes the store's file and removes temporary files, at the end of a run that is under way. A later call opens the file again. */
  close(): void {
    this.#closings++
    if (this.#place.isOpen) this.#use().wake()
    this.#place.close()
  }

  #use(): StudyUse {
    return StudyUse.of(this.#place.writer(), this.name)
  }

  #during<T>(work: Work, act: () => Promise<T>): Promise<T> {
    return this.#place.during(() => this.#use().during(work, act))
  }

  /** One that asks for trials holds the study until it is closed. */
  async #asked<T>(act: (session: AskedSession, use: StudyUse) => T): Promise<T> {
    const use = this.#use()
    return use.asked(
      () => this.#openAsked(),
      (session) => act(session, use),
    )
  }

  async #openAsked(): Promise<AskedSession> {
    const store = this.#place.writer()
    const found = store.findStudy(this.name)
    const study = found ?? (await createAskedStudy(this.#experiment, store, this.#place.db))
    await acquireSoon(store, study.id)
    return openAskedStudy(store, study, this.#samplers)
  }

  #usualWorkers(): number {
    return this.#objective.objective === undefined ? availableParallelism() : 1
  }
}

/**
 * A study in code. Nothing happens before `run` or `ask`.
 *
 *     const tuning = study({
 *       name: 'mine',
 *       direction: 'minimize',
 *       space: { lr: float(1e-5, 1, { log: true }), layers: int(1, 4) },
 *       objective: ({ params }) => (Math.log10(params.lr) + 3) ** 2 + params.layers,
 *       stages: [{ trials: 32, epochs: 1 }],
 *     })
 *     const { best } = await tuning.run()
 *
 * @throws UserErrors('usage') with every mistake found
 */
export function study<const S extends SpaceInCode, P extends Params = ParamsIn<S>>(
  settings: StudyInCode<S, P>,
): Study<string extends keyof S ? P : ParamsIn<S>> {
  checkSettings(settings)
  const { store, folder = process.cwd(), objective: given, space, stages, ...rest } = settings
  if (typeof store === 'string' && rest.name === undefined) {
    throw new UserError('usage', 'A study stored in a file needs a name', {
      hint: "Write name: 'mine': running again continues the study of that name.",
    })
  }
  const objective = resolveObjective(given)
  const declared = objective.objective?.space ?? null
  const spaceGiven = space ?? spaceOf(declared)
  const require = rulesOfBoth(declared, rest.require)
  const resolved = resolveStages(stages)
  const written = {
    ...rest,
    ...(resolved.written === undefined ? {} : { stages: resolved.written }),
    ...(objective.written === undefined ? {} : { objective: objective.written }),
    ...(spaceGiven === undefined ? {} : { space: spaceGiven }),
    ...(require === undefined ? {} : { require }),
  } as StudySettings
  const experiment = withSamplers(withCode(defineStudy(written, folder), objective), resolved)
  return new Study(experiment, objective, new StudyStore(store), resolved.samplers)
}

/**
 * The study of a file, as `finesweep run` would run it.
 * @throws UserErrors('usage') with every mistake found
 */
export function studyFromFile(
  file: string,
  options: Pick<StudyPlaceOptions, 'store'> & Pick<ReadOptions, 'name' | 'seed' | 'overrides'> = {},
): Study {
  checkFileStudy(file, options)
  const { store, ...rest } = options
  return new Study(
    readExperiment(file, { ...rest, optionNames: IN_CODE }),
    resolveObjective(undefined),
    new StudyStore(store),
  )
}

/** The parameters of an objective that brings a space along, as code writes them. */
function spaceOf(space: SearchSpace | null): SpaceInCode | undefined {
  if (space === null) return undefined
  return Object.fromEntries(
    Object.entries(space.parameters).map(([name, distribution]) => {
      const condition = own(space.conditions, name)
      return [name, condition === undefined ? distribution : when(condition, distribution)]
    }),
  )
}

function withCode(experiment: Experiment, { code }: ResolvedObjective): Experiment {
  const { objective } = experiment
  return objective.kind === 'external' ? { ...experiment, objective: { ...objective, code } } : experiment
}

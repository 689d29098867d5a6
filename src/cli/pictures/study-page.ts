import { stringify } from 'yaml'
import type { Figure } from '../../picture/figure.ts'
import { confusionFigure } from '../../picture/figures/confusion.ts'
import { dataFigure } from '../../picture/figures/data.ts'
import { type AnswerFacts, answersOf } from '../../picture/page/answers.ts'
import type { StudyPage } from '../../picture/page/body.ts'
import { PAGE_PICTURES, type PageFigure } from '../../picture/page/html.ts'
import { PICTURES } from '../../picture/pictures.ts'
import { readPictureStudy } from '../../picture/read-study.ts'
import type { PictureStudy } from '../../picture/study.ts'
import { type Explanation, readExplanation, renderExplanation } from '../../report/explain.ts'
import { countOf, formatCount, formatDuration } from '../../report/numbers.ts'
import { overviewOf } from '../../report/overview.ts'
import { boundSentence, readTopSpread, spreadSentences } from '../../report/search-notes.ts'
import { testLines } from '../../report/test-lines.ts'
import { paint } from '../../report/text.ts'
import { worthSentences } from '../../report/winner.ts'
import type { StudyReader, StudyRecord } from '../../store/store.ts'
import { studyDigest } from '../../study/digest.ts'
import { readWinner, type StudyWinner } from '../../study/winning-trial.ts'
import type { TrialRecord } from '../../trial.ts'
import { readConfusion } from './confusion.ts'
import { readStudyImages } from './images.ts'

export interface PageOptions {
  readonly images: boolean
  readonly rows: number
  /** Whether commands and paths of the study file are shown. */
  readonly withPaths: boolean
}

/** Reads all that a page says of a study. */
export async function readStudyPage(
  reader: StudyReader,
  study: StudyRecord,
  options: PageOptions,
): Promise<StudyPage> {
  const records = readPictureStudy(reader, study)
  const explanation = readExplanation(reader, study)
  return {
    records,
    ...readHead(reader, study, records, explanation),
    figures: await readFigures(reader, study, records, options),
    explanation: pageExplanation(explanation),
    settings: stringify(shownSettings(study.experiment, options.withPaths)),
    rows: options.rows,
  }
}

/** The text of `explain` for a page, whose lines are as long as they are. */
export function pageExplanation(explanation: Explanation): string {
  return renderExplanation(explanation, '', 400, false)
}

/**
 * What changes while a study runs, apart from its records: state, facts and answers.
 * @param explanation null for what can be read quickly while a study runs: without bounds and the expected value
 */
export function readHead(
  reader: StudyReader,
  study: StudyRecord,
  records: PictureStudy,
  explanation: Explanation | null,
): Pick<StudyPage, 'activity' | 'facts' | 'answers'> {
  const overview = overviewOf(reader, study)
  const { totals: all, durationMs } = overview
  const bad = [
    ...(all.counts.diverged > 0 ? [`${all.counts.diverged} diverged`] : []),
    ...(all.counts.failed > 0 ? [`${all.counts.failed} failed`] : []),
  ].map((words) => `, ${words}`)
  const took = durationMs === null ? '' : `, ${formatDuration(durationMs)}`
  return {
    activity: overview.activity,
    facts: [
      `${formatCount(overview.finished)} of ${countOf(overview.trials, 'trial')}${bad.join('')}, ${countOf(all.epochs, 'epoch')}${took}; ${study.direction} ${study.metric}, seed ${study.seed}`,
      ...(study.endReason === null ? [] : [study.endReason]),
      ...study.notes.map((note) => `note: ${note}`),
      // Of a study that runs it is another one a moment later, and takes a while.
      ...(overview.activity === 'running' ? [] : [`digest ${studyDigest(reader, study.id)}`]),
    ],
    answers: answersOf(records, answerFacts(reader, study, explanation)),
  }
}

function answerFacts(reader: StudyReader, study: StudyRecord, explanation: Explanation | null): AnswerFacts {
  const best = reader.bestTrials(study.id, 5)
  // The expected value takes a model of all trials: it is worked out once, not at each change.
  const winner = explanation === null ? null : readWinner(reader, study)
  const spread = readTopSpread(reader, study, best)
  const [test] = testLines(reader.evaluations(study.id), study.metric)
  return {
    test: test === undefined ? null : paint(test, false),
    winner: isByModel(winner) ? winner.trial.number : null,
    sure: [
      ...worthSentences(winner, study.metric),
      ...(spread === null ? [] : spreadSentences(spread, study.metric)),
    ],
    next: (explanation?.stoppingBounds ?? []).map((bound) => boundSentence(bound, study, '')),
    canEvaluate: study.fingerprints.data !== null && isKept(reader, study, winner?.trial),
  }
}

/** Whether replicates or the expected value decide, not the measured values: their margins then say nothing. */
function isByModel(winner: StudyWinner | null): winner is StudyWinner {
  return winner !== null && (winner.replicates !== null || winner.trial.number !== winner.luckiest.number)
}

/** Whether the store has what the trial left. */
function isKept(reader: StudyReader, study: StudyRecord, trial: TrialRecord | undefined): boolean {
  return trial !== undefined && reader.artifact(study.id, trial.number) !== undefined
}

async function readFigures(
  reader: StudyReader,
  study: StudyRecord,
  records: PictureStudy,
  { images }: PageOptions,
): Promise<PageFigure[]> {
  const figures: PageFigure[] = []
  for (const { name, folded } of PAGE_PICTURES) {
    const figure = await makeOne(name)
    if (figure !== null) figures.push({ name, figure, folded })
  }
  return figures

  async function makeOne(name: (typeof PAGE_PICTURES)[number]['name']): Promise<Figure | null> {
    if (name === 'confusion') {
      const matrix = await readConfusion(reader, study)
      return matrix === null ? null : confusionFigure(matrix)
    }
    if (name !== 'data') return PICTURES[name].figure(records, {})
    if (!images) return null
    const made = await readStudyImages(reader, study, undefined)
    return made.images === null ? null : dataFigure(made.images, made.reason, true)
  }
}

const NOT_SHOWN = '(not shown)'

/** The study file without what tells of the machine it ran on, and without what a command may keep secret. */
export function shownSettings(experiment: unknown, withPaths: boolean): unknown {
  if (withPaths) return experiment
  const shown = JSON.parse(JSON.stringify(experiment ?? null), (_, value: unknown) =>
    typeof value === 'string' && /^([/\\]|[A-Za-z]:[/\\])/.test(value)
      ? `…/${value.split(/[/\\]/).at(-1)}`
      : value,
  )
  const { objective } = shown ?? {}
  if (typeof objective !== 'object' || objective === null) return shown
  for (const key of ['command', 'cwd']) if (objective[key] != null) objective[key] = NOT_SHOWN
  for (const name of Object.keys(objective.env ?? {})) objective.env[name] = NOT_SHOWN
  return shown
}

import type { Figure } from './figure.ts'
import { curvesData, curvesFigure } from './figures/curves.ts'
import { edfData, edfFigure } from './figures/edf.ts'
import { historyData, historyFigure } from './figures/history.ts'
import { importanceData, importanceFigure } from './figures/importance.ts'
import { lossData, lossFigure } from './figures/loss.ts'
import { narrowingData, narrowingFigure } from './figures/narrowing.ts'
import { pairsData, pairsFigure } from './figures/pairs.ts'
import { parallelData, parallelFigure } from './figures/parallel.ts'
import { slicesData, slicesFigure } from './figures/slices.ts'
import { timelineData, timelineFigure } from './figures/timeline.ts'
import type { PictureOptions } from './options.ts'
import type { PictureStudy } from './study.ts'

/** A picture made of a study's records alone. */
export interface Picture {
  /** In a line, for a list. */
  readonly describe: string
  /** What the figure is made of, as plain JSON. */
  data(study: PictureStudy, options: PictureOptions): object
  figure(study: PictureStudy, options: PictureOptions): Figure
}

function picture<Data extends object>(
  describe: string,
  data: (study: PictureStudy, options: PictureOptions) => Data,
  figure: (data: Data) => Figure,
): Picture {
  return {
    describe,
    // The records themselves are in `export`: a figure's data are what was made of them.
    data: (study, options) => ({ ...data(study, options), study: study.name }),
    figure: (study, options) => figure(data(study, options)),
  }
}

/**
 * The pictures made of a study's records, as `plot` lists them. A new one is a file in figures/, a line here, and its place
 * on a page (page/html.ts). The two that need more, `data` and `confusion`, are made where a network or a data set can be
 * opened.
 */
export const PICTURES = {
  narrowing: picture('how the ranges moved from stage to stage, and why', narrowingData, narrowingFigure),
  history: picture('values in trial order, and the best so far', historyData, historyFigure),
  slices: picture('each parameter against the value', slicesData, slicesFigure),
  curves: picture('the metric by epoch, a line for each trial', curvesData, curvesFigure),
  loss: picture('losses and accuracies of one trial by epoch', lossData, lossFigure),
  parallel: picture(
    'parallel coordinates: a line for each trial over all parameters',
    parallelData,
    parallelFigure,
  ),
  importance: picture('how much each parameter mattered', importanceData, importanceFigure),
  edf: picture('the share of trials up to each value, by stage', edfData, edfFigure),
  pairs: picture('pairs of parameters: median values in cells, within one stage', pairsData, pairsFigure),
  timeline: picture('when each trial ran and on which worker', timelineData, timelineFigure),
} as const satisfies Readonly<Record<string, Picture>>

export type PictureName = keyof typeof PICTURES

import { UserError } from '../../errors.ts'
import type { Figure } from '../../picture/figure.ts'
import { confusionFigure } from '../../picture/figures/confusion.ts'
import { dataFigure } from '../../picture/figures/data.ts'
import type { PictureOptions } from '../../picture/options.ts'
import { PICTURES, type PictureName } from '../../picture/pictures.ts'
import type { PictureStudy } from '../../picture/study.ts'
import type { StudyReader, StudyRecord } from '../../store/store.ts'
import { closestName } from '../../text/closest-name.ts'
import { readConfusion } from './confusion.ts'
import { readStudyImages } from './images.ts'

/** Pictures that need a data set or a network besides the records, as `makeFigure` makes them. */
const FURTHER_PICTURES = {
  data: 'mean image, samples of each class, first-layer weights',
  confusion: 'predicted against true classes on the test set',
} as const

export type AnyPicture = PictureName | keyof typeof FURTHER_PICTURES

/** Every picture by name, in the order in which they are listed. */
export const ALL_PICTURES = [...Object.keys(PICTURES), ...Object.keys(FURTHER_PICTURES)] as AnyPicture[]

/** A line for each in `plot --list`. */
export function describePicture(name: AnyPicture): string {
  return name === 'data' || name === 'confusion' ? FURTHER_PICTURES[name] : PICTURES[name].describe
}

export interface PictureSource {
  readonly reader: StudyReader
  readonly study: StudyRecord
  readonly records: PictureStudy
}

export async function makeFigure(
  name: AnyPicture,
  { reader, study, records }: PictureSource,
  options: PictureOptions,
): Promise<Figure> {
  if (name === 'confusion') return confusionFigure(await readConfusion(reader, study))
  if (name === 'data') {
    const { images, reason } = await readStudyImages(reader, study, options.trial)
    return dataFigure(images, reason)
  }
  return PICTURES[name].figure(records, options)
}

/** What the figure is made of, for machines. */
export async function makeFigureData(
  name: AnyPicture,
  { reader, study, records }: PictureSource,
  options: PictureOptions,
): Promise<unknown> {
  if (name === 'confusion') return readConfusion(reader, study)
  if (name === 'data') {
    const { images, reason } = await readStudyImages(reader, study, options.trial)
    if (images === null) return { reason }
    const { shape, samples, weights, mean, trial, notes } = images
    return {
      shape,
      trial,
      notes,
      mean: mean === null ? null : Array.from(mean),
      classes: samples.map((sample) => ({ name: sample.name, samples: sample.images.length })),
      units: weights.length,
    }
  }
  return PICTURES[name].data(records, options)
}

export function isPicture(word: string): word is AnyPicture {
  return (ALL_PICTURES as readonly string[]).includes(word)
}

/** @throws UserError('usage') that names the nearest */
export function parsePicture(word: string): AnyPicture {
  if (isPicture(word)) return word
  const likely = closestName(word, ALL_PICTURES)
  throw new UserError('usage', `There is no picture ${JSON.stringify(word)}`, {
    hint:
      likely === undefined
        ? `Pictures: ${ALL_PICTURES.join(', ')}.`
        : `Did you mean ${JSON.stringify(likely)}?`,
  })
}

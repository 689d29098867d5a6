import { max } from 'd3-array'
import { countOf } from '../../report/numbers.ts'
import { NO_AXIS } from '../axis.ts'
import { emptyFigure, type Figure, type Panel, type Pixels, panel } from '../figure.ts'
import { pngUri } from '../png.ts'

/** Pictures of a data set of images, and of what a network made of them. */
export interface DataImages {
  /** Rows, columns, channels (1 or 3) of one image. */
  readonly shape: readonly [rows: number, columns: number, channels: number]
  /** The mean of the training images, 0 to 255; null if the network does not hold it. */
  readonly mean: ArrayLike<number> | null
  /** A few images of each class, 0 to 255; empty if the data set cannot be read. */
  readonly samples: readonly { readonly name: string; readonly images: readonly ArrayLike<number>[] }[]
  /** How many classes the data set has: not all need to be in `samples`. */
  readonly classes: number
  /** What each unit of the first layer looks for: a weight for each input; empty if its inputs are not pixels. */
  readonly weights: readonly ArrayLike<number>[]
  /** How many units the layer has: not all need to be in `weights`. */
  readonly units: number
  /** The trial whose network this is; null without one. */
  readonly trial: number | null
  /** What is not shown and why, a sentence each. */
  readonly notes: readonly string[]
}

/** Of a class. */
export const MOST_SAMPLES = 7
/** Noise does not compress: the units with the largest weights stand for all. */
const MOST_UNITS = 64
/** In a page, which is sent to people: less of each, in 8 levels of each colour. */
const COMPACT = { samples: 2, units: 8 }

const TITLE = 'Data and first layer'

/**
 * @param images null where there are none; then `reason` says why
 * @param compact true for a page, which has a budget of bytes
 */
export function dataFigure(images: DataImages | null, reason: string, compact = false): Figure {
  const data = compact && images !== null ? compacted(images) : images
  if (data === null) return emptyFigure(TITLE, reason)
  const panels = [
    ...(data.mean === null ? [] : [meanPanel(data, data.mean)]),
    ...(data.samples.length === 0 ? [] : [samplesPanel(data)]),
    ...(data.weights.length === 0 ? [] : [weightsPanel(data)]),
  ]
  if (panels.length === 0)
    return emptyFigure(TITLE, [reason, ...data.notes].filter((each) => each !== '').join(' '))
  const [rows, columns, channels] = data.shape
  return {
    title: TITLE,
    summary: `Images of ${rows} x ${columns} pixels${channels === 3 ? ' in colour' : ''}${data.classes > 0 ? `, ${countOf(data.classes, 'class', 'classes')}` : ''}.`,
    notes: data.notes,
    legend: [],
    panels,
  }
}

function compacted(images: DataImages): DataImages {
  const samples = images.samples.map((each) => ({
    ...each,
    images: each.images
      .slice(0, COMPACT.samples)
      .map((image) => Float32Array.from(image, (value) => Math.round((value / 255) * 7) * (255 / 7))),
  }))
  const weights = largest(images.weights, COMPACT.units).map((unit) => {
    const most = Math.max(1e-12, max(Array.from(unit, Math.abs)) ?? 0)
    return Float32Array.from(unit, (weight) => Math.round((weight / most) * 3) / 3)
  })
  return { ...images, samples, weights, units: images.units }
}

function meanPanel({ shape: [rows, columns, channels] }: DataImages, mean: ArrayLike<number>): Panel {
  const rgb = new Uint8Array(rows * columns * 3)
  paintImage(rgb, columns, 0, 0, mean, [rows, columns, channels])
  return pixelPanel('Mean of the training images', rgb, columns, rows, 5, 'the mean image')
}

/** A column for each class, a row for each sample, a pixel apart. */
function samplesPanel({ shape, samples }: DataImages): Panel {
  const [rows, columns] = shape
  const most = Math.max(...samples.map(({ images }) => images.length))
  const [width, height] = [samples.length * (columns + 1) - 1, most * (rows + 1) - 1]
  const rgb = new Uint8Array(width * height * 3).fill(255)
  samples.forEach(({ images }, i) => {
    images.forEach((image, j) => {
      paintImage(rgb, width, i * (columns + 1), j * (rows + 1), image, shape)
    })
  })
  const made = pixelPanel('Samples of each class', rgb, width, height, 2, 'samples of each class')
  const ticks = samples.map(({ name }, i) => ({ at: (i + 0.5) / samples.length, text: name }))
  return { ...made, x: { label: '', ticks, bands: samples.length } }
}

/** A tile a unit, each scaled by its own largest weight; grey is 0. */
function weightsPanel({ shape, weights, units, trial }: DataImages): Panel {
  const [rows, columns] = shape
  const chosen = largest(weights, MOST_UNITS)
  const across = Math.ceil(Math.sqrt(chosen.length * 2))
  const down = Math.ceil(chosen.length / across)
  const [width, height] = [across * (columns + 1) - 1, down * (rows + 1) - 1]
  const rgb = new Uint8Array(width * height * 3).fill(255)
  chosen.forEach((unit, i) => {
    const most = Math.max(1e-12, max(Array.from(unit, Math.abs)) ?? 0)
    const tile = Float32Array.from(unit, (weight) => 127.5 + (127.5 * weight) / most)
    paintImage(rgb, width, (i % across) * (columns + 1), Math.floor(i / across) * (rows + 1), tile, shape)
  })
  const of = units > chosen.length ? `: ${chosen.length} of ${units} units` : ''
  return pixelPanel(`First layer of trial ${trial}${of}`, rgb, width, height, 2, 'first-layer weights')
}

function largest(weights: readonly ArrayLike<number>[], most: number): readonly ArrayLike<number>[] {
  if (weights.length <= most) return weights
  const sized = weights.map((unit, index) => {
    let size = 0
    for (let i = 0; i < unit.length; i++) size += unit[i]! * unit[i]!
    return { index, size }
  })
  const kept = sized.sort((a, b) => b.size - a.size || a.index - b.index).slice(0, most)
  return kept.sort((a, b) => a.index - b.index).map(({ index }) => weights[index]!)
}

/** @param image row, column, channel; values from 0 to 255 */
function paintImage(
  rgb: Uint8Array,
  width: number,
  left: number,
  top: number,
  image: ArrayLike<number>,
  [rows, columns, channels]: DataImages['shape'],
): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let channel = 0; channel < 3; channel++) {
        const value = image[(row * columns + column) * channels + (channels === 3 ? channel : 0)]!
        rgb[((top + row) * width + left + column) * 3 + channel] = Math.max(
          0,
          Math.min(255, Math.round(value)),
        )
      }
    }
  }
}

function pixelPanel(
  title: string,
  rgb: Uint8Array,
  width: number,
  height: number,
  scale: number,
  described: string,
): Panel {
  const pixels: Pixels = {
    kind: 'pixels',
    x: [0, 1],
    y: [0, 1],
    width,
    height,
    rgb,
    href: pngUri(rgb, width, height),
    title: described,
  }
  return panel({
    title,
    x: NO_AXIS,
    y: NO_AXIS,
    marks: [pixels],
    height: height * scale,
    maxWidth: width * scale,
  })
}

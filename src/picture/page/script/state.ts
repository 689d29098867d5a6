import type { Figure } from '../../figure.ts'
import { layoutFigure } from '../../layout.ts'
import type { PictureOptions } from '../../options.ts'
import { PICTURES, type PictureName } from '../../pictures.ts'
import { type PictureStudy, rankedWithValue } from '../../study.ts'
import { decodeStudy, type StudyColumns } from '../page-data.ts'

/** What the page was given. */
export interface PageData {
  readonly studies: readonly StudyColumns[]
  /** Where a live page gets its news; null in a report. */
  readonly live: { readonly events: string; readonly curve: string } | null
  /** The most rows of a table of trials. */
  readonly rows: number
}

/** One study of the page with what its reader has chosen. */
export class StudyView {
  readonly root: HTMLElement
  records: PictureStudy
  options: Record<string, PictureOptions> = {}
  chosen: number | null = null
  #ranking: number[] | null = null
  readonly #figures = new Map<string, Figure>()

  constructor(root: HTMLElement, columns: StudyColumns) {
    this.root = root
    this.records = decodeStudy(columns)
  }

  /** After records or options have changed. */
  forget(): void {
    this.#ranking = null
    this.#figures.clear()
  }

  /** Numbers of the trials with a value, best first. */
  ranking(): readonly number[] {
    this.#ranking ??= rankedWithValue(this.records).map(({ number }) => number)
    return this.#ranking
  }

  /** Whether the script can draw the picture. Its figure is made when it is first needed: all of them take a while. */
  canDraw(name: string): boolean {
    return name in PICTURES
  }

  /** The picture as it is drawn now; undefined for those that no script draws. */
  figure(name: string): Figure | undefined {
    if (!this.canDraw(name)) return undefined
    let figure = this.#figures.get(name)
    if (figure === undefined) {
      figure = PICTURES[name as PictureName].figure(this.records, this.options[name] ?? {})
      this.#figures.set(name, figure)
    }
    return figure
  }

  plots(): HTMLElement[] {
    return [...this.root.querySelectorAll<HTMLElement>('.plot[data-picture]')]
  }
}

/** The width that a picture's place has, in pixels. */
export function widthOf(plot: HTMLElement): number {
  return Math.max(280, Math.floor(plot.clientWidth))
}

/** Where the panels of a drawn picture lie, in the units of its view box. */
export function placesOf(figure: Figure, svg: SVGSVGElement) {
  return layoutFigure(figure, svg.viewBox.baseVal.width, false)
}

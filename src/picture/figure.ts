/** What a mark stands for; a palette gives each role its colour in light and in dark. */
export type Role = StageRole | 'winner' | 'bad' | 'muted' | QualityRole | CellRole | InkRole

/** Four colours for stages; a fifth stage begins again, dashed. */
export type StageRole = 's0' | 's1' | 's2' | 's3'

/** From the worst fifth to the best. */
export type QualityRole = 'q0' | 'q1' | 'q2' | 'q3' | 'q4'

/** A share in five steps, from none to all. */
export type CellRole = 'c0' | 'c1' | 'c2' | 'c3' | 'c4'

/** What is seen on a cell of the same number: texts and dots. */
export type InkRole = 'k0' | 'k1' | 'k2' | 'k3' | 'k4'

/**
 * A place in a panel: x from 0 at the left to 1 at the right, y from 0 at the bottom to 1 at the top; and the trial that
 * it shows, or NO_TRIAL.
 */
export type Point = readonly [x: number, y: number, trial: number]

export const NO_TRIAL = -1

export interface Tick {
  /** In [0, 1] along the axis. */
  readonly at: number
  readonly text: string
}

export interface Axis {
  /** What is measured; empty for none. */
  readonly label: string
  readonly ticks: readonly Tick[]
  /** In how many equal bands the axis is divided, one for each tick; 0 for a continuous axis. */
  readonly bands: number
}

export type DotShape = 'dot' | 'large' | 'cross' | 'ring' | 'diamond'

/** Small points of one series. */
export interface Dots {
  readonly kind: 'dots'
  readonly role: Role
  readonly points: readonly Point[]
  /** Crosses are for trials without a value, rings for pruned ones, diamonds for imported ones: differences beside colour. */
  readonly shape: DotShape
}

/** Lines of one series, each from point to point. */
export interface Lines {
  readonly kind: 'lines'
  readonly role: Role
  readonly lines: readonly (readonly Point[])[]
  /** In pixels. */
  readonly width: number
  /** In (0, 1]. */
  readonly opacity: number
  readonly dashed: boolean
  /** True if the value holds until the next point. */
  readonly steps: boolean
}

/** A rectangle: the outline of a range, a solid bar, or a light band behind everything. */
export interface Box {
  readonly kind: 'box'
  readonly role: Role
  readonly look: 'range' | 'bar' | 'band'
  readonly x: readonly [low: number, high: number]
  readonly y: readonly [low: number, high: number]
  /** Shown while the pointer is over it; empty for nothing. */
  readonly title: string
}

/** A cell of a table of shares, with a text in it. */
export interface Cell {
  readonly kind: 'cell'
  readonly role: CellRole
  readonly x: readonly [low: number, high: number]
  readonly y: readonly [low: number, high: number]
  readonly text: string
  /** Bordered: the diagonal of a confusion matrix. */
  readonly strong: boolean
}

export interface Label {
  readonly kind: 'label'
  readonly x: number
  readonly y: number
  readonly text: string
  readonly anchor: 'start' | 'middle' | 'end'
  readonly tone: 'normal' | 'strong' | 'dim'
  /** The share of the plot's width that it may take, else it is left out; no limit by default. */
  readonly room?: number
}

/** A picture of pixels, drawn without smoothing. */
export interface Pixels {
  readonly kind: 'pixels'
  readonly x: readonly [low: number, high: number]
  readonly y: readonly [low: number, high: number]
  readonly width: number
  readonly height: number
  /** Three bytes a pixel, row by row. */
  readonly rgb: Uint8Array
  /** The same as a `data:` URI. */
  readonly href: string
  readonly title: string
}

export type Mark = Dots | Lines | Box | Cell | Label | Pixels

/** A line beside a band of the y axis. */
export interface Note {
  readonly text: string
  /** True for a range that left its edge. */
  readonly warning: boolean
}

/** One system of axes. */
export interface Panel {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  /** In the order of drawing: the last lies on top. */
  readonly marks: readonly Mark[]
  /** `full` is as wide as the picture, `part` shares a row with others where there is room. */
  readonly span: 'full' | 'part'
  /** Of the plotting area, in pixels. */
  readonly height: number
  /** The least width of the plotting area in pixels; a picture that is wider than its place is scrolled. */
  readonly minWidth: number
  /** The widest it becomes, in pixels; 0 for no limit. */
  readonly maxWidth: number
  /** One for each band of y, top first; empty for none. */
  readonly notes: readonly Note[]
}

export interface LegendEntry {
  readonly role: Role
  readonly shape: DotShape | 'line' | 'dashed' | 'range' | 'bar'
  readonly text: string
}

/** A picture: what is drawn, before it is decided how (SVG, or text in a terminal). Plain data. */
export interface Figure {
  readonly title: string
  /** What it shows, in a sentence with the result. */
  readonly summary: string
  /** What a reader must know to read it right: what was left out, clamped, or differs in budget. A sentence each. */
  readonly notes: readonly string[]
  readonly legend: readonly LegendEntry[]
  readonly panels: readonly Panel[]
}

export function stageRole(stage: number): StageRole {
  return `s${(((stage % 4) + 4) % 4) as 0 | 1 | 2 | 3}`
}

/** A panel without what most panels lack. */
export function panel(parts: Pick<Panel, 'x' | 'y' | 'marks'> & Partial<Panel>): Panel {
  return { title: '', span: 'full', height: 180, minWidth: 0, maxWidth: 0, notes: [], ...parts }
}

export function dots(role: Role, points: readonly Point[], shape: Dots['shape'] = 'dot'): Dots {
  return { kind: 'dots', role, points, shape }
}

export function lines(
  role: Role,
  each: readonly (readonly Point[])[],
  look: Partial<Pick<Lines, 'width' | 'opacity' | 'dashed' | 'steps'>> = {},
): Lines {
  return { kind: 'lines', role, lines: each, width: 1.5, opacity: 1, dashed: false, steps: false, ...look }
}

/** A figure that only says why there is nothing to draw. */
export function emptyFigure(title: string, reason: string): Figure {
  return { title, summary: reason, notes: [], legend: [], panels: [] }
}

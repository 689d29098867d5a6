import type { Role } from './figure.ts'

export type Theme = 'light' | 'dark'

/** Colours that are no marks: the ground, its texts and lines. */
export type GroundRole = 'ground' | 'text' | 'dim' | 'grid' | 'axis' | 'warn'

export type PaletteRole = Role | GroundRole

export type Palette = Readonly<Record<PaletteRole, string>>

const LIGHT_GROUND = '#ffffff'
const DARK_GROUND = '#14171c'

function palette(
  fixed: Omit<Palette, `q${0 | 1 | 2 | 3 | 4}` | `c${0 | 1 | 2 | 3 | 4}`>,
  quality: readonly string[],
  cells: readonly string[],
): Palette {
  const [q0, q1, q2, q3, q4] = quality as [string, string, string, string, string]
  const [c0, c1, c2, c3, c4] = cells as [string, string, string, string, string]
  return { ...fixed, q0, q1, q2, q3, q4, c0, c1, c2, c3, c4 }
}

/** Every colour of every picture. Texts keep a contrast of 4.5 to their ground, marks of 3 (WCAG 2.2, 1.4.3 and 1.4.11). */
export const PALETTES: Readonly<Record<Theme, Palette>> = {
  light: palette(
    {
      ground: LIGHT_GROUND,
      text: '#1f2328',
      dim: '#59636e',
      grid: '#e6e9ed',
      axis: '#818b98',
      warn: '#a8420a',
      s0: '#6e7781',
      s1: '#2563c9',
      s2: '#0f7f5c',
      s3: '#7c3aed',
      winner: '#c2410c',
      bad: '#cf222e',
      muted: '#8b949e',
      k0: '#1f2328',
      k1: '#1f2328',
      k2: '#10131a',
      k3: '#ffffff',
      k4: '#ffffff',
    },
    ['#8292a6', '#667da0', '#4a6999', '#2e5493', '#123f8c'],
    ['#e3e9f2', '#c2d4f0', '#94b6e8', '#3f72c4', '#1b4a9c'],
  ),
  dark: palette(
    {
      ground: DARK_GROUND,
      text: '#e6edf3',
      dim: '#9aa4af',
      grid: '#272c34',
      axis: '#717b87',
      warn: '#f0a35e',
      s0: '#9ba3ad',
      s1: '#6ea8fe',
      s2: '#4cc38a',
      s3: '#b794f6',
      winner: '#ff9a3c',
      bad: '#ff6b6b',
      muted: '#8b949e',
      k0: '#e6edf3',
      k1: '#e6edf3',
      k2: '#ffffff',
      k3: '#0d1117',
      k4: '#0d1117',
    },
    ['#62748c', '#768ca9', '#8ba4c6', '#9fbce2', '#b3d4ff'],
    ['#282e39', '#21406f', '#3462a6', '#6fa0e0', '#b3d0f7'],
  ),
}

export const PALETTE_ROLES = Object.keys(PALETTES.light) as readonly PaletteRole[]

/** The contrast of two colours `#rrggbb`, from 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

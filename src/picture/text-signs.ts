import type { Tone } from '../report/text.ts'
import { visible } from './escape.ts'
import type { LegendEntry, Role } from './figure.ts'
/** Green for the best, red for what diverged; without colour their signs say it. */
export function toneOf(role: Role): Tone | null {
  if (role === 'winner') return 'good'
  if (role === 'bad') return 'bad'
  if (role === 'muted' || role === 'q0' || role === 'q1') return 'dim'
  return null
}

export function signOf(role: Role): string {
  if (role === 'winner') return '*'
  if (role === 'bad') return 'x'
  const stage = /^s(\d)$/.exec(role)?.[1]
  return stage === undefined ? '.' : ['.', 'o', '+', '#'][Number(stage)]!
}

export function legendLine(legend: readonly LegendEntry[], ascii: boolean): string {
  const entries = legend.map(({ role, shape, text }) => {
    const words = visible(text)
    if (shape === 'cross') return `${ascii ? 'x' : '×'} ${words}`
    if (shape === 'large') return `${ascii ? '*' : '●'} ${words}`
    if (shape === 'ring') return `${ascii ? 'o' : '○'} ${words}`
    if (shape === 'diamond') return `${ascii ? 'd' : '◇'} ${words}`
    if (shape === 'range') return `[ ] ${words}`
    if (shape === 'bar') return `${barSign(role, ascii)} ${words}`
    return ascii ? `${signOf(role)} ${words}` : words
  })
  // Entries contain commas and middle dots themselves.
  return entries.join(' | ')
}

/** Bars of stages are told apart by their shades: no terminal has four more colours that all can be relied on. */
export function barSign(role: Role, ascii: boolean): string {
  if (/^c\d/.test(role)) return shadeOf(role, ascii)
  if (role === 'bad') return ascii ? 'x' : '×'
  const stage = Number(/^s(\d)$/.exec(role)?.[1] ?? 0)
  return (ascii ? '#=+-' : '█▓▒░')[stage]!
}

export function shadeOf(role: Role, ascii: boolean): string {
  return (ascii ? ' .:+#' : '·░▒▓█')[Number(role[1])]!
}

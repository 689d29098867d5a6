/**
 * A number of `digits` significant digits, the nearest one not below (`side` 1) or not above (-1) the value.
 * A value a rounding error away from such a number means it.
 */
export function rounded(value: number, digits: number, side: 1 | -1): number {
  const nearest = Number(value.toPrecision(digits))
  if (side * (nearest - value) >= -1e-9 * Math.abs(value)) return nearest
  const exponent = Number(value.toExponential(digits - 1).split('e')[1])
  const unit = Number(`1e${exponent - digits + 1}`)
  return Number((nearest + side * unit).toPrecision(digits))
}

/** A power of ten: the unit of the third digit of a positive size, 0.01 for 1 to 9.99; the least there is for 0. */
export function decimalUnit(size: number): number {
  const exponent = Number(size.toExponential().split('e')[1])
  return Math.max(Number.MIN_VALUE, Number(`1e${exponent - 2}`))
}

/**
 * A multiple of the unit, a power of ten: the nearest not below (`side` 1) or not above (-1) the value. A value a
 * rounding error away from a multiple means it; one too large to have multiples of the unit stays as it is.
 */
export function roundedTo(value: number, unit: number, side: 1 | -1): number {
  const exponent = Number(unit.toExponential().split('e')[1])
  const digits = value === 0 ? 1 : Number(value.toExponential().split('e')[1]) - exponent + 1
  if (digits > 15) return value
  if (digits >= 1) return rounded(value, digits, side)
  if (Math.abs(value) <= 1e-9 * unit) return 0
  return value > 0 === (side === 1) ? side * unit : 0
}

/**
 * A number of so many significant digits, the nearest one not below (`side` 1) or not above (-1) the value.
 * A value a rounding error away from such a number means it.
 */
export function rounded(value: number, digits: number, side: 1 | -1): number {
  const nearest = Number(value.toPrecision(digits))
  if (side * (nearest - value) >= -1e-9 * Math.abs(value)) return nearest
  const exponent = Number(value.toExponential(digits - 1).split('e')[1])
  const unit = Number(`1e${exponent - digits + 1}`)
  return Number((nearest + side * unit).toPrecision(digits))
}

/**
 * exp, log and cos in double precision, from IEEE additions, multiplications and divisions alone.
 *
 * `Math.exp`, `Math.log` and `Math.cos` may differ in the last bit between engines and versions; whatever
 * decides a trial (parameters on a log axis, initial weights, schedules) goes through these instead, so that
 * a seed means the same bits everywhere. Errors stay below 1 unit in the last place.
 * Source: FreeBSD msun / fdlibm, e_exp.c, e_log.c, k_cos.c, k_sin.c (the published polynomials).
 */

const LN2_HIGH = 6.9314718036912381649e-1
const LN2_LOW = 1.9082149292705877e-10
const words = new DataView(new ArrayBuffer(8))
const LEAST_EXPONENT = -1022
/** The normal powers of two, from 2^LEAST_EXPONENT on. */
const POWERS = new Float64Array(2046)
POWERS[0] = 2 ** LEAST_EXPONENT
for (let i = 1; i < POWERS.length; i++) POWERS[i] = 2 * POWERS[i - 1]!

/** x·2^n, exact as long as the result is a normal number; n may be any integer. */
function scaleByPowerOfTwo(x: number, n: number): number {
  let scaled = x
  let exponent = n
  while (exponent > 1023) {
    scaled *= 2 ** 1023
    exponent -= 1023
  }
  while (exponent < -1022) {
    scaled *= 2 ** -1022
    exponent += 1022
  }
  return scaled * POWERS[exponent - LEAST_EXPONENT]!
}

/** e^x; 0 below -745.2, Infinity above 709.8, NaN for NaN. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN
  if (x > 709.782712893384) return Infinity
  if (x < -745.1332191019411) return 0
  const k = Math.round(x * Math.LOG2E)
  const high = x - k * LN2_HIGH
  const low = k * LN2_LOW
  const r = high - low
  const t = r * r
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.7777777777015593384e-3 +
            t * (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.1381367970572384604e-8))))
  const y = 1 - (low - (r * c) / (2 - c) - high)
  return scaleByPowerOfTwo(y, k)
}

/** The natural logarithm of x; -Infinity at 0, NaN below. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN
  if (x === 0) return -Infinity
  if (x === Infinity) return Infinity
  let value = x
  let k = 0
  if (value < 2.2250738585072014e-308) {
    value *= 2 ** 54
    k = -54
  }
  words.setFloat64(0, value)
  const head = words.getUint32(0)
  k += (head >>> 20) - 1023
  words.setUint32(0, (head & 0xfffff) | 0x3ff00000)
  let m = words.getFloat64(0)
  if (m > Math.SQRT2) {
    m /= 2
    k += 1
  }
  const f = m - 1
  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1))
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)))
  const half = 0.5 * f * f
  return k * LN2_HIGH - (half - (s * (half + (even + odd)) + k * LN2_LOW) - f)
}

/** cos(pi·t) for t in [0, 1]: what a cosine schedule needs, without a reduction by a rounded pi. */
export function cosPi(t: number): number {
  if (!(t >= 0 && t <= 1)) throw new RangeError(`cosPi: t must be in [0, 1], got ${t}`)
  if (t > 0.5) return -cosPi(1 - t)
  return t <= 0.25 ? cosine(Math.PI * t) : sine(Math.PI * (0.5 - t))
}

/** cos x for |x| <= pi/4 (k_cos.c). */
function cosine(x: number): number {
  const z = x * x
  const r =
    z *
    (4.16666666666666019037e-2 +
      z *
        (-1.38888888888741095749e-3 +
          z *
            (2.4801587289476729418e-5 +
              z *
                (-2.75573143513906633035e-7 +
                  z * (2.0875723212981748279e-9 + z * -1.13596475577881948265e-11)))))
  const half = 0.5 * z
  const w = 1 - half
  return w + (1 - w - half + z * r)
}

/** sin x for |x| <= pi/4 (k_sin.c). */
function sine(x: number): number {
  const z = x * x
  const r =
    8.33333333332248946124e-3 +
    z *
      (-1.98412698298579493134e-4 +
        z * (2.75573137070700676789e-6 + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)))
  return x + z * x * (-1.66666666666666324348e-1 + z * r)
}

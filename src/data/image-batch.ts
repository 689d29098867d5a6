const PIXELS = 32 * 32
/** Bytes of one image: 32x32 pixels of red, green and blue. */
export const IMAGE_BYTES = 3 * PIXELS

/** The images of one file: labels (images) and pixels as three planes, red, green, blue, `stride` bytes from image to image. */
export interface ImageBatch {
  readonly labels: Uint8Array
  readonly planes: Uint8Array
  /** Where the first image's pixels begin in `planes`. */
  readonly offset: number
  readonly stride: number
}

/** Writes the images to `out` from planes to (row, column, channel), the order that people and pictures use. */
export function interleavePlanes(batch: ImageBatch, out: Uint8Array): void {
  const { planes, stride } = batch
  let to = 0
  for (let i = 0, from = batch.offset; i < batch.labels.length; i++, from += stride) {
    for (let p = from; p < from + PIXELS; p++) {
      out[to] = planes[p]!
      out[to + 1] = planes[p + PIXELS]!
      out[to + 2] = planes[p + 2 * PIXELS]!
      to += 3
    }
  }
}

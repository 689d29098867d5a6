/** The images of one file: labels (images) and pixels as three planes, red, green, blue, `stride` bytes from image to image. */
export interface ImageBatch {
  readonly labels: Uint8Array
  readonly planes: Uint8Array
  /** Where the first image's pixels begin in `planes`. */
  readonly offset: number
  readonly stride: number
}

/**
 * The functions of the kernels' module. Addresses and strides are in bytes; the sources in ../assembly say what each
 * does.
 */
export interface KernelExports {
  forward(
    form: number,
    x: number,
    xStride: number,
    shift: number,
    scale: number,
    w: number,
    inputs: number,
    outputs: number,
    out: number,
    outStride: number,
    rows: number,
    block: number,
  ): void
  update(
    form: number,
    x: number,
    xStride: number,
    shift: number,
    scale: number,
    dy: number,
    dyStride: number,
    w: number,
    first: number,
    second: number,
    inputs: number,
    outputs: number,
    rows: number,
    optimizer: number,
    constants: number,
    block: number,
    panels: number,
    sums: number,
    zeros: number,
  ): void
  step(
    optimizer: number,
    constants: number,
    g: number,
    x: number,
    first: number,
    second: number,
    bytes: number,
    weights: boolean,
  ): void
  transpose(w: number, inputs: number, outputs: number, to: number): void
  squares(w: number, inputs: number, outputs: number, lanes: number): void
  reluForward(z: number, h: number, mask: number, bytes: number): void
  reluBackward(h: number, dh: number, dz: number, mask: number, bytes: number): void
  tanhForward(z: number, h: number, mask: number, bytes: number): void
  tanhBackward(z: number, dh: number, dz: number, mask: number, bytes: number): void
  sigmoidForward(z: number, h: number, mask: number, bytes: number): void
  sigmoidBackward(z: number, dh: number, dz: number, mask: number, bytes: number): void
  maxoutForward(
    z: number,
    zStride: number,
    h: number,
    hStride: number,
    mask: number,
    rows: number,
    units: number,
    pieces: number,
  ): void
  maxoutBackward(
    z: number,
    zStride: number,
    dh: number,
    dhStride: number,
    dz: number,
    mask: number,
    rows: number,
    units: number,
    pieces: number,
  ): void
  fillDropout(
    mask: number,
    bytes: number,
    threshold: number,
    scale: number,
    key0: number,
    key1: number,
    key2: number,
  ): void
  normForward(
    z: number,
    stride: number,
    normalised: number,
    inverse: number,
    mean: number,
    variance: number,
    gamma: number,
    beta: number,
    rows: number,
    momentum: number,
    rest: number,
    epsilon: number,
  ): void
  normInfer(
    z: number,
    stride: number,
    mean: number,
    variance: number,
    gamma: number,
    beta: number,
    rows: number,
    epsilon: number,
  ): void
  normBackward(
    dz: number,
    stride: number,
    normalised: number,
    inverse: number,
    gamma: number,
    gammaGradient: number,
    betaGradient: number,
    rows: number,
  ): void
  softmaxLoss(
    scores: number,
    stride: number,
    columns: number,
    labels: number,
    rows: number,
    share: number,
    sums: number,
    margins: number,
  ): void
  score(
    scores: number,
    stride: number,
    columns: number,
    labels: number,
    rows: number,
    sums: number,
    margins: number,
    terms: number,
  ): number
  softmax(scores: number, stride: number, columns: number, rows: number): void
  /** Rows order[start ..] of the values to `to`; only native code can read them, the module's memory is its own. */
  gather?(
    to: number,
    rows: number,
    rowBytes: number,
    start: number,
    values: Uint8Array | Float32Array,
    order: Uint32Array,
  ): void
}

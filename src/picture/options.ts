/** What a picture can be asked for; each takes what concerns it. */
export interface PictureOptions {
  /** The trial of `loss` and of `data`; the best by default. */
  readonly trial?: number | undefined
  /** Only these parameters, in this order. */
  readonly params?: readonly string[] | undefined
  /** Only this stage. */
  readonly stage?: number | undefined
  /** Curves of this metric; the study's by default. */
  readonly metric?: string | undefined
  /** Only the best share of the trials, in (0, 1]. */
  readonly top?: number | undefined
  /** A logarithmic axis of values. */
  readonly log?: boolean | undefined
  /** In `history`: what a random search of the first stage would have found. */
  readonly random?: boolean | undefined
  /** In `history`: x is the epochs spent, not the trial. */
  readonly epochs?: boolean | undefined
  /** All parameters where the first few would be shown. */
  readonly all?: boolean | undefined
  /** In `parallel`: only trials of numbers that this lets through; the axes stay those of all. */
  readonly only?: ((trial: number) => boolean) | undefined
  /** Parameters in falling order of their influence, where it is known. */
  readonly order?: readonly string[] | undefined
}

/** At most this many parameters are shown unless `all` is asked for. */
export const SHOWN_PARAMETERS = 8

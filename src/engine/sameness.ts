import type { OpenedObjective } from '../objective/kind.ts'
import { PROTOCOL, type SessionOffer, sha256 } from './protocol.ts'

/** What a worker is, as far as a study cares. */
export interface WorkerTraits {
  readonly codeVersion: string
  readonly token: string | null
  /** `isRight`: whether a known training step gives the bits that it must. */
  readonly kernels: { readonly arithmetic: string; readonly isRight: boolean }
}

/** Why a worker must not run trials of a study, as far as it shows without opening the objective; else null. */
export function whyNotHere(
  { codeVersion, token, kernels }: WorkerTraits,
  offer: SessionOffer,
): string | null {
  if (offer.codeVersion !== codeVersion) {
    return `it runs finesweep ${codeVersion}, but the study runs ${offer.codeVersion}. Install the same version on both.`
  }
  if (offer.protocol !== PROTOCOL) {
    return `it runs another build of finesweep ${codeVersion} than the study (protocol ${PROTOCOL}, not ${offer.protocol}). Install the same one on both.`
  }
  if (offer.tokenHash !== (token === null ? null : sha256(token))) {
    return "its token differs from the study's. Use the same --token for both."
  }
  if (offer.arithmetic !== '' && !kernels.isRight) {
    return 'it computes a known training step incorrectly. Test its memory and processor.'
  }
  if (offer.arithmetic === 'fma' && kernels.arithmetic !== 'fma') {
    return `it computes in ${kernels.arithmetic}, but the study in ${offer.arithmetic}. In the study, set training.arithmetic: muladd, which every machine supports.`
  }
  return null
}

/** How the opened objective differs from that of the study; null if trials measure the same here. */
export function differenceOf({ fingerprints }: SessionOffer, opened: OpenedObjective): string | null {
  const data = opened.data?.hash ?? null
  if (data !== fingerprints.data)
    return "its data differ from the study's. Copy them from the study's machine."
  if (opened.fingerprint !== fingerprints.objective) {
    return "its objective differs from the study's. Copy its files from the study's machine."
  }
  return null
}

/** How many bytes of data an opened objective holds. */
export function bytesOf({ data }: OpenedObjective): number {
  if (data === null) return 0
  // The parts share their arrays.
  const buffers = new Set(
    data.folds.flatMap(({ train, valid, test }) =>
      [train, valid, test].map((part) => part?.inputs.values.buffer),
    ),
  )
  return [...buffers].reduce((sum, buffer) => sum + (buffer?.byteLength ?? 0), 0)
}

import { encode } from 'fast-png'

/** Pixels, three bytes each row by row, as a `data:` URI of a PNG: the same pixels give the same text. */
export function pngUri(rgb: Uint8Array, width: number, height: number): string {
  const bytes = encode({ width, height, data: rgb, channels: 3, depth: 8 })
  return `data:image/png;base64,${base64(bytes)}`
}

function base64(bytes: Uint8Array): string {
  let text = ''
  for (let from = 0; from < bytes.length; from += 0x6000) {
    text += btoa(String.fromCharCode(...bytes.subarray(from, from + 0x6000)))
  }
  return text
}

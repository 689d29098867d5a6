// Dropout masks: the words of dropout-words.ts, four at a time.

/** `bytes` bytes of mask, a multiple of 32: 0 where the random half word is below `threshold`, `scale` elsewhere. */
export function fillDropout(mask: usize, bytes: usize, threshold: i32, scale: f32, key0: i32, key1: i32, key2: i32): void {
  const end = mask + bytes
  const limit = i32x4.splat(threshold)
  const kept = f32x4.splat(scale)
  const one = i32x4.splat(key1)
  const two = i32x4.splat(key2)
  const low = i32x4.splat(0xffff)
  let word = i32x4.add(i32x4.splat(key0), i32x4(0, 1, 2, 3))
  for (; mask < end; mask += 32) {
    let x = v128.xor(word, i32x4.shr_u(word, 17))
    x = v128.xor(i32x4.mul(x, i32x4.splat(0xed5ad4bb)), one)
    x = v128.xor(x, i32x4.shr_u(x, 11))
    x = v128.xor(i32x4.mul(x, i32x4.splat(0xac4c1b51)), two)
    x = v128.xor(x, i32x4.shr_u(x, 15))
    x = i32x4.mul(x, i32x4.splat(0x31848bab))
    x = v128.xor(x, i32x4.shr_u(x, 14))
    v128.store(mask, v128.and(kept, i32x4.ge_s(v128.and(x, low), limit)))
    v128.store(mask, v128.and(kept, i32x4.ge_s(i32x4.shr_u(x, 16), limit)), 16)
    word = i32x4.add(word, i32x4.splat(4))
  }
}

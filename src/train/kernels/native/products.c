/*
 * The two products of a training step with 512-bit vectors, which WebAssembly does not have: `forward` and `update` of
 * ../assembly/dense.ts on the same memory, in the same order of every sum, so to the same bits.
 * Compiled by compile.ts where there is a C compiler, once for each arithmetic (with MULADD for the second);
 * without it, or on a processor without AVX-512, the WASM kernels do this work. The few declarations of Node-API stand in for a header that Node's package does not bring.
 */
#include <immintrin.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
extern int napi_get_cb_info(napi_env, napi_callback_info, size_t *, napi_value *, napi_value *, void **);
extern int napi_get_arraybuffer_info(napi_env, napi_value, void **, size_t *);
extern int napi_get_typedarray_info(napi_env, napi_value, int *, size_t *, void **, napi_value *, size_t *);
extern int napi_get_value_int32(napi_env, napi_value, int32_t *);
extern int napi_create_function(napi_env, const char *, size_t, napi_callback, void *, napi_value *);
extern int napi_set_named_property(napi_env, napi_value, const char *, napi_value);

/* BLOCK, CHUNK, BLOCK_ROWS, BLOCK_ROW (in floats), SMALLEST_KEPT and the forms come from compile.ts. */
enum { TALL = 12, AHEAD = 8, UINT8 = 1 };

#define WIDE __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma,avx2")))
#define INLINE static inline __attribute__((always_inline)) WIDE

#ifdef MULADD
#define MADD16(a, b, c) _mm512_add_ps(_mm512_mul_ps(a, b), c)
#define MADD(a, b, c) ((a) * (b) + (c))
/*
 * A number in memory times a vector, plus another. A separate addition shares its units with broadcasts to a register
 * (on AMD's Zen 4), so each product broadcasts for itself; compilers take that out again unless it is written like this.
 */
INLINE __m512 madd16(const float *a, __m512 b, __m512 c) {
  __m512 product;
  __asm__("vmulps %2%{1to16%}, %1, %0" : "=v"(product) : "v"(b), "m"(*a));
  return _mm512_add_ps(product, c);
}
INLINE __m256 madd8(const float *a, __m256 b, __m256 c) {
  __m256 product;
  __asm__("vmulps %2%{1to8%}, %1, %0" : "=v"(product) : "v"(b), "m"(*a));
  return _mm256_add_ps(product, c);
}
#else
#define MADD16(a, b, c) _mm512_fmadd_ps(a, b, c)
#define MADD(a, b, c) __builtin_fmaf(a, b, c)
INLINE __m512 madd16(const float *a, __m512 b, __m512 c) { return _mm512_fmadd_ps(_mm512_set1_ps(*a), b, c); }
INLINE __m256 madd8(const float *a, __m256 b, __m256 c) { return _mm256_fmadd_ps(_mm256_set1_ps(*a), b, c); }
#endif

typedef struct { int form; const char *x; size_t stride; const float *shift, *scale; } Left;

/* Columns [column, column + count) of `rows` rows as floats, rows BLOCK_ROW floats apart. */
static WIDE void pack(const Left *left, size_t row, int column, int count, int rows, float *block) {
  const float *shift = left->shift + column, *scale = left->scale + column;
  for (int r = 0; r < rows; r++, block += BLOCK_ROW) {
    const char *at = left->x + (row + r) * left->stride;
    const uint8_t *bytes = (const uint8_t *)at + column;
    const float *floats = (const float *)at + column;
    const size_t size = left->form == BYTES || left->form == BYTES_SCALED ? 1 : sizeof(float);
    /* Each row lies in another page, where the processor does not look ahead by itself. */
    if (r + AHEAD < rows) {
      const char *ahead = at + AHEAD * left->stride + column * size;
      for (size_t i = 0; i < count * size + 63; i += 64) _mm_prefetch(ahead + i, _MM_HINT_T0);
    }
    switch (left->form) {
      case BYTES: for (int c = 0; c < count; c++) block[c] = (float)bytes[c] - shift[c]; break;
      case BYTES_SCALED: for (int c = 0; c < count; c++) block[c] = ((float)bytes[c] - shift[c]) * scale[c]; break;
      case FLOATS: memcpy(block, floats, count * sizeof(float)); break;
      default: for (int c = 0; c < count; c++) block[c] = (floats[c] - shift[c]) * scale[c];
    }
  }
}

/*
 * to[i][0..16·panels) = from[i] + Σ_k a[i·aRow + k·aStep]·b[k], for `rows` rows i, k ascending; two panels lie apart,
 * in b0 and b1, and in from and to `gap` floats. What b holds 24 steps ahead is fetched.
 */
INLINE void tile16(const int rows, const int panels, const float *a, size_t aRow, size_t aStep, const float *b0,
                   const float *b1, const float *from, size_t fromGap, size_t fromStep, float *to, size_t toGap, size_t toStep, int count) {
  __m512 c0[TALL], c1[TALL];
#pragma GCC unroll 12
  for (int i = 0; i < rows; i++) {
    c0[i] = _mm512_loadu_ps(from + i * fromStep);
    if (panels == 2) c1[i] = _mm512_loadu_ps(from + fromGap + i * fromStep);
  }
  for (int k = 0; k < count; k++) {
    const __m512 v0 = _mm512_loadu_ps(b0 + 16 * k);
    const __m512 v1 = panels == 2 ? _mm512_loadu_ps(b1 + 16 * k) : v0;
    _mm_prefetch((const char *)(b0 + 16 * (k + 24)), _MM_HINT_T0);
    if (panels == 2) _mm_prefetch((const char *)(b1 + 16 * (k + 24)), _MM_HINT_T0);
#pragma GCC unroll 12
    for (int i = 0; i < rows; i++) {
      c0[i] = madd16(a + i * aRow, v0, c0[i]);
      if (panels == 2) c1[i] = madd16(a + i * aRow, v1, c1[i]);
    }
    a += aStep;
  }
#pragma GCC unroll 12
  for (int i = 0; i < rows; i++) {
    _mm512_storeu_ps(to + i * toStep, c0[i]);
    if (panels == 2) _mm512_storeu_ps(to + toGap + i * toStep, c1[i]);
  }
}

/* The same for a last panel of 8 columns. */
INLINE void tile8(const int rows, const float *a, size_t aRow, size_t aStep, const float *b, const float *from,
                  size_t fromStep, float *to, size_t toStep, int count) {
  __m256 c[TALL];
#pragma GCC unroll 12
  for (int i = 0; i < rows; i++) c[i] = _mm256_loadu_ps(from + i * fromStep);
  for (int k = 0; k < count; k++) {
    const __m256 v = _mm256_loadu_ps(b + 8 * k);
#pragma GCC unroll 12
    for (int i = 0; i < rows; i++) c[i] = madd8(a + i * aRow, v, c[i]);
    a += aStep;
  }
#pragma GCC unroll 12
  for (int i = 0; i < rows; i++) _mm256_storeu_ps(to + i * toStep, c[i]);
}

/*
 * tile8 for 24 rows of which two share a vector, so that a last panel is multiplied at the full width too: neighbouring
 * rows i stand next to each other in a (its row step is 1), and 8 apart in from and to.
 */
static WIDE void tile8Pairs(const float *a, size_t aStep, const float *b, const float *from, size_t fromStep, float *to, int count) {
  const __m512i twice = _mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
  const __m512i mix = _mm512_setr_epi32(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
  const __m512i part = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
  __m512 c[TALL];
#pragma GCC unroll 12
  for (int i = 0; i < TALL; i++) c[i] = _mm512_permutexvar_ps(mix, _mm512_loadu_ps(from + 2 * i * fromStep));
  for (int k = 0; k < count; k++) {
    const __m512 v = _mm512_permutexvar_ps(twice, _mm512_castps256_ps512(_mm256_loadu_ps(b + 8 * k)));
#pragma GCC unroll 12
    for (int i = 0; i < TALL; i++) {
      double pair;
      memcpy(&pair, a + 2 * i, sizeof pair);
      c[i] = MADD16(_mm512_castpd_ps(_mm512_set1_pd(pair)), v, c[i]);
    }
    a += aStep;
  }
#pragma GCC unroll 12
  for (int i = 0; i < TALL; i++) _mm512_storeu_ps(to + 16 * i, _mm512_permutexvar_ps(part, c[i]));
}

/* One column of tiles: `width` is 32, 16 or 8 columns. */
#define TILE(ROWS)                                                                                               \
  case ROWS:                                                                                                     \
    if (width == 32) tile16(ROWS, 2, a, aRow, aStep, b0, b1, from, fromGap, fromStep, to, toGap, toStep, count); \
    else if (width == 16) tile16(ROWS, 1, a, aRow, aStep, b0, b1, from, fromGap, fromStep, to, toGap, toStep, count); \
    else tile8(ROWS, a, aRow, aStep, b0, from, fromStep, to, toStep, count);                                     \
    break;

static WIDE void tile(int rows, int width, const float *a, size_t aRow, size_t aStep, const float *b0, const float *b1,
                      const float *from, size_t fromGap, size_t fromStep, float *to, size_t toGap, size_t toStep, int count) {
  switch (rows) {
    TILE(12) TILE(11) TILE(10) TILE(9) TILE(8) TILE(7) TILE(6) TILE(5) TILE(4) TILE(3) TILE(2) TILE(1)
  }
}

static int min(int a, int b) { return a < b ? a : b; }

/* Columns of the next tile: two panels, one, or a last half one. */
static int tileWidth(int left) { return left >= 32 ? 32 : left >= 16 ? 16 : 8; }

static WIDE void forward(const Left *left, const float *w, int inputs, int outputs, float *out, size_t outStep, int rows, float *block) {
  const int width = (outputs + 7) & ~7;
  const size_t panel = (size_t)(inputs + 1) * 16;
  for (int row = 0; row < rows; row += BLOCK_ROWS) {
    const int height = min(BLOCK_ROWS, rows - row);
    for (int k = 0; k < inputs; k += BLOCK) {
      const int count = min(BLOCK, inputs - k);
      pack(left, row, k, count, height, block);
      for (int column = 0, wide; column < width; column += wide) {
        wide = tileWidth(width - column);
        const size_t step = min(16, width - column);
        const float *start = w + (column >> 4) * panel;
        const float *b = start + k * step;
        for (int r = 0; r < height; r += TALL) {
          float *to = out + (row + r) * outStep + column;
          const float *from = k == 0 ? start + inputs * step : to;
          tile(min(TALL, height - r), wide, block + r * BLOCK_ROW, BLOCK_ROW, 1, b, b + panel, from, k == 0 ? panel : 16,
               k == 0 ? 0 : outStep, to, 16, outStep, count);
        }
      }
    }
  }
}

typedef struct { float rate, keep, take, keepSquare, takeSquare, spread, epsilon, reg; } Constants;

/* 0 for numbers below SMALLEST_KEPT of ../update-constants.ts; NaN stays. */
INLINE float flushed(float x) { return __builtin_fabsf(x) < (float)SMALLEST_KEPT ? 0.0f : x; }

/* One optimiser step of ../assembly/step.ts for n numbers. */
static WIDE void step(int optimizer, Constants c, const float *restrict g, float *restrict x, float *restrict first,
                      float *restrict second, size_t n, bool weights) {
#define SLOPE (weights ? MADD(x[i], c.reg, g[i]) : g[i])
  switch (optimizer) {
    case 0:
      for (size_t i = 0; i < n; i++) x[i] = flushed(MADD(SLOPE, c.rate, x[i]));
      break;
    case 1:
      for (size_t i = 0; i < n; i++) {
        first[i] = flushed(MADD(SLOPE, c.rate, c.keep * first[i]));
        x[i] = flushed(x[i] + first[i]);
      }
      break;
    case 2:
      for (size_t i = 0; i < n; i++) {
        const float kept = c.keep * first[i];
        first[i] = flushed(MADD(SLOPE, c.rate, kept));
        x[i] = flushed(MADD(first[i], c.take, x[i] - kept));
      }
      break;
    case 3:
      for (size_t i = 0; i < n; i++) {
        const float slope = SLOPE;
        first[i] = flushed(MADD(slope, c.take, c.keep * first[i]));
        second[i] = flushed(MADD(slope * slope, c.takeSquare, c.keepSquare * second[i]));
        x[i] = flushed(x[i] - first[i] * c.rate / MADD(__builtin_sqrtf(second[i]), c.spread, c.epsilon));
      }
      break;
    default: /* The gradient itself; `first` holds the weights. */
      for (size_t i = 0; i < n; i++) x[i] = weights ? MADD(first[i], c.reg, g[i]) : g[i];
  }
}

static WIDE void update(const Left *left, const float *dy, size_t dyStep, float *w, float *first, float *second, int inputs,
                        int outputs, int rows, int optimizer, const Constants *constants, float *block, float *panels,
                        float *sums, const float *zeros) {
  const int width = (outputs + 7) & ~7;
  const size_t panel = (size_t)(inputs + 1) * 16, dyPanel = (size_t)rows * 16, chunk = (size_t)CHUNK * 16;
  for (int column = 0; column < width; column += 16) {
    const int wide = min(16, width - column);
    for (int r = 0; r < rows; r++) {
      memcpy(panels + (column >> 4) * dyPanel + (size_t)r * wide, dy + r * dyStep + column, wide * sizeof(float));
    }
  }
  for (int k = 0; k < inputs; k += CHUNK) {
    const int count = min(CHUNK, inputs - k);
    for (int row = 0; row == 0 || row < rows; row += BLOCK_ROWS) {
      const int height = min(BLOCK_ROWS, rows - row);
      const bool last = row + BLOCK_ROWS >= rows;
      pack(left, row, k, count, height, block);
      for (int column = 0, wide; column < width; column += wide) {
        wide = tileWidth(width - column);
        const size_t lane = min(16, width - column);
        const float *b = panels + (column >> 4) * dyPanel + row * lane;
        float *chunkSums = sums + (column >> 4) * chunk;
        const size_t at = (column >> 4) * panel + k * lane;
        for (int r = 0, tall; r < count; r += tall) {
          const bool pairs = wide == 8 && count - r >= 2 * TALL;
          tall = pairs ? 2 * TALL : min(TALL, count - r);
          for (int i = 0; i < tall && last; i++) {
            for (int p = 0; p < wide; p += 16) {
              const size_t next = at + (p >> 4) * panel + (r + i) * lane;
              _mm_prefetch((const char *)(w + next), _MM_HINT_T0);
              if (optimizer > 0) _mm_prefetch((const char *)(first + next), _MM_HINT_T0);
              if (optimizer == 3) _mm_prefetch((const char *)(second + next), _MM_HINT_T0);
            }
          }
          float *partial = chunkSums + r * lane;
          float whole[TALL * 32] __attribute__((aligned(64)));
          const size_t gap = last ? TALL * 16 : chunk;
          if (pairs) tile8Pairs(block + r, BLOCK_ROW, b, row == 0 ? zeros : partial, row == 0 ? 0 : lane, last ? whole : partial, height);
          else tile(tall, wide, block + r, 1, BLOCK_ROW, b, b + dyPanel, row == 0 ? zeros : partial, row == 0 ? 0 : chunk,
               row == 0 ? 0 : lane, last ? whole : partial, gap, lane, height);
          /* Stepped at once: the next tile's multiply-adds need nothing of it, so the processor does both together. */
          for (int p = 0; p < wide && last; p += 16) {
            const size_t place = at + (p >> 4) * panel + r * lane;
            step(optimizer, *constants, whole + (p >> 4) * gap, w + place, first + place, second + place, tall * lane, true);
          }
        }
      }
    }
  }
  for (int column = 0; column < width; column += 16) {
    const int lane = min(16, width - column);
    float sum[16] = {0};
    const float *b = panels + (column >> 4) * dyPanel;
    for (int r = 0; r < rows; r++) for (int c = 0; c < lane; c++) sum[c] += b[r * lane + c];
    const size_t at = (column >> 4) * panel + (size_t)inputs * lane;
    step(optimizer, *constants, sum, w + at, first + at, second + at, lane, false);
  }
}

/* Nothing but multiply-adds on registers, 24 of 16 lanes `count` times: what the processor can do at most. */
static WIDE void peak(float *to, int count) {
  __m512 c[24], half = _mm512_set1_ps(0.5f);
#pragma GCC unroll 24
  for (int i = 0; i < 24; i++) c[i] = _mm512_loadu_ps(to + 16 * i);
  for (int k = 0; k < count; k++) {
#pragma GCC unroll 24
    for (int i = 0; i < 24; i++) c[i] = MADD16(c[i], half, half);
  }
#pragma GCC unroll 24
  for (int i = 0; i < 24; i++) _mm512_storeu_ps(to + 16 * i, c[i]);
}

/* The memory and `count` numbers of a call. */
static char *arguments(napi_env env, napi_callback_info info, int count, int32_t *numbers) {
  napi_value values[20];
  size_t size = 20;
  void *memory = NULL;
  size_t bytes;
  napi_get_cb_info(env, info, &size, values, NULL, NULL);
  napi_get_arraybuffer_info(env, values[0], &memory, &bytes);
  for (int i = 0; i < count; i++) napi_get_value_int32(env, values[i + 1], &numbers[i]);
  return memory;
}

#define AT(i) ((void *)(memory + (uint32_t)n[i]))

static napi_value callForward(napi_env env, napi_callback_info info) {
  int32_t n[12];
  char *memory = arguments(env, info, 12, n);
  const Left left = {n[0], AT(1), n[2], AT(3), AT(4)};
  forward(&left, AT(5), n[6], n[7], AT(8), (size_t)n[9] / 4, n[10], AT(11));
  return NULL;
}

static napi_value callUpdate(napi_env env, napi_callback_info info) {
  int32_t n[19];
  char *memory = arguments(env, info, 19, n);
  const Left left = {n[0], AT(1), n[2], AT(3), AT(4)};
  update(&left, AT(5), (size_t)n[6] / 4, AT(7), AT(8), AT(9), n[10], n[11], n[12], n[13], AT(14), AT(15), AT(16), AT(17), AT(18));
  return NULL;
}

static napi_value callPeak(napi_env env, napi_callback_info info) {
  int32_t n[2];
  char *memory = arguments(env, info, 2, n);
  peak(AT(0), n[1]);
  return NULL;
}

/*
 * gather(memory, to, rows, rowBytes, start, values, order): rows order[start ..] of `values` to `to`, one after the other.
 * Other threads read `values`, nobody writes it.
 */
static napi_value callGather(napi_env env, napi_callback_info info) {
  napi_value arguments[7];
  size_t count = 7, bytes, length, numRows, offset;
  void *memory = NULL, *values = NULL, *order = NULL;
  int32_t to, rows, rowBytes, start;
  int type;
  napi_value buffer;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  napi_get_arraybuffer_info(env, arguments[0], &memory, &bytes);
  napi_get_value_int32(env, arguments[1], &to);
  napi_get_value_int32(env, arguments[2], &rows);
  napi_get_value_int32(env, arguments[3], &rowBytes);
  napi_get_value_int32(env, arguments[4], &start);
  napi_get_typedarray_info(env, arguments[5], &type, &length, &values, &buffer, &offset);
  const size_t available = length * (type == UINT8 ? 1 : sizeof(float)) / rowBytes;
  napi_get_typedarray_info(env, arguments[6], &type, &numRows, &order, &buffer, &offset);
  rows = min(rows, (int)numRows - start);
  const uint32_t *numbers = (const uint32_t *)order + start;
  char *target = (char *)memory + (uint32_t)to;
  for (int r = 0; r < rows; r++) {
    if (numbers[r] >= available) continue;
    if (r + 2 < rows) {
      const char *ahead = (const char *)values + (size_t)numbers[r + 2] * rowBytes;
      for (int i = 0; i < rowBytes; i += 64) _mm_prefetch(ahead + i, _MM_HINT_T0);
    }
    memcpy(target + (size_t)r * rowBytes, (const char *)values + (size_t)numbers[r] * rowBytes, rowBytes);
  }
  return NULL;
}

/* Exports nothing where the processor or the system lacks what it needs. */
__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("fma")) {
    napi_value function;
    napi_create_function(env, "forward", 7, callForward, NULL, &function);
    napi_set_named_property(env, exports, "forward", function);
    napi_create_function(env, "update", 6, callUpdate, NULL, &function);
    napi_set_named_property(env, exports, "update", function);
    napi_create_function(env, "gather", 6, callGather, NULL, &function);
    napi_set_named_property(env, exports, "gather", function);
    napi_create_function(env, "peak", 4, callPeak, NULL, &function);
    napi_set_named_property(env, exports, "peak", function);
  }
  return exports;
}

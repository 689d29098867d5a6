// The kernels' module. Memory is imported and laid out by the caller; nothing here allocates.
// The inner loops are exported too, which keeps the optimiser from inlining them into their callers.
export * from './micro-kernels'
export { forward, squares, transpose, update } from './dense'
export { step } from './step'
export {
  maxoutBackward, maxoutForward, reluBackward, reluForward, sigmoidBackward, sigmoidForward, tanhBackward, tanhForward,
} from './activation'
export { fillDropout } from './dropout'
export { normBackward, normForward, normInfer } from './norm'
export { score, softmax, softmaxLoss } from './softmax'

import fc from 'fast-check'
import { randomSeed } from './random-seed.ts'

// A property that fails prints this seed and the path to its counterexample.
fc.configureGlobal({ seed: randomSeed() })

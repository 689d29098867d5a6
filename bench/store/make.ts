import { openWriter } from '../../src/store/sqlite-store.ts'
import { fillStore } from './fill.ts'

// node bench/store/make.ts TRIALS FILE: a store with one finished study of that many trials, to try commands on.
const [trials, file] = process.argv.slice(2)
if (trials === undefined || file === undefined) throw new Error('Usage: node bench/store/make.ts TRIALS FILE')
const store = openWriter(file)
fillStore(store, Number(trials))
store.close()

import { inTurn } from './bad-input.ts'

/** The file that the code would make, where the command runs. */
const TOUCHED = 'touched-by-a-pickle'

const latin = (text: string): Buffer => Buffer.from(text, 'latin1')
const short = (text: string): string => `\x8c${String.fromCharCode(text.length)}${text}`

/** A function's name with the text that it would be called with. */
const CALLS: readonly (readonly [module: string, name: string, argument: string])[] = [
  ['os', 'system', `touch ${TOUCHED}`],
  ['posix', 'system', `touch ${TOUCHED}`],
  ['builtins', 'eval', `open("${TOUCHED}", "w")`],
  ['__builtin__', 'exec', `open("${TOUCHED}", "w")`],
  ['subprocess', 'check_output', `touch ${TOUCHED}`],
  ['child_process', 'execSync', `touch ${TOUCHED}`],
  ['fs', 'writeFileSync', TOUCHED],
  ['globalThis', 'eval', `process.binding("fs").open("${TOUCHED}", 66, 438)`],
  ['numpy.core.multiarray._reconstruct', 'constructor', `return "${TOUCHED}"`],
  ['numpy.core.multiarray', '_reconstruct.constructor', `return "${TOUCHED}"`],
  ['constructor', 'constructor', `return process.exit(0) // ${TOUCHED}`],
  ['__proto__', 'constructor', TOUCHED],
]

/** Every way that a pickle has to call something. */
const WAYS: readonly (readonly [
  way: string,
  make: (module: string, name: string, argument: string) => string,
])[] = [
  ['REDUCE', (module, name, argument) => `c${module}\n${name}\n(S'${argument}'\ntR`],
  ['INST', (module, name, argument) => `(S'${argument}'\ni${module}\n${name}\n`],
  ['OBJ', (module, name, argument) => `(c${module}\n${name}\nS'${argument}'\no`],
  ['NEWOBJ', (module, name, argument) => `c${module}\n${name}\n(S'${argument}'\nt\x81`],
  ['STACK_GLOBAL', (module, name, argument) => `${short(module)}${short(name)}\x93${short(argument)}\x85R`],
  ['NEWOBJ_EX', (module, name, argument) => `c${module}\n${name}\n(S'${argument}'\nt}\x92`],
  ['BUILD', (module, name, argument) => `c${module}\n${name}\n)RS'${argument}'\nb`],
]

/** A pickle that makes a file if it is loaded as Python would: the value alone, and as a whole file. */
export function pickledCode(turn: number): { what: string; value: Buffer; whole: Buffer } {
  const [way, make] = inTurn(WAYS, turn)
  const [module, name, argument] = inTurn(CALLS, Math.floor(turn / WAYS.length) + turn)
  const value = latin(make(module, name, argument))
  return {
    what: `${module}.${name} by ${way}`,
    value,
    whole: Buffer.concat([latin('\x80\x04'), value, latin('.')]),
  }
}

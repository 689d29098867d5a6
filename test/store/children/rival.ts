import { openWriter } from '../../../src/store/sqlite-store.ts'
import type { StudyWriter } from '../../../src/store/store.ts'
import { newStudy } from '../../../src/testing/store/records.ts'

/**
 * A process that wants what others want too. Told `create NAME` or `acquire ID` it tries, and answers `won` or why not;
 * told `close` it lets go.
 */
const [, , file] = process.argv
let store: StudyWriter | undefined

function obey(command: string): string {
  const [verb, what] = command.split(' ')
  if (verb === 'close') {
    store?.close()
    store = undefined
    return 'closed'
  }
  try {
    store ??= openWriter(file!)
    if (verb === 'create') store.createStudy(newStudy({ name: what! }))
    else if (verb === 'create-free') {
      const free = (isTaken: (name: string) => boolean, k = 1): string =>
        isTaken(`${what}-${k}`) ? free(isTaken, k + 1) : `${what}-${k}`
      return store.createStudy((isTaken) => newStudy({ name: free(isTaken) })).name
    } else store.acquireLease(Number(what))
    return 'won'
  } catch (error) {
    return (error as Error).message
  }
}

process.on('message', (command: string) => process.send!(obey(command)))
process.send!('ready')

import { openWriter } from '../../src/store/sqlite-store.ts'
import { storeConformance } from './conformance.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let files = 0
storeConformance('in a file', (options) => openWriter(`${folder}/conformance-${files++}.db`, options))

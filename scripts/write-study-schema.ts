/**
 * Writes study.schema.json, the JSON Schema of a study file, for editors: `# yaml-language-server: $schema=...`.
 *
 *     node scripts/write-study-schema.ts
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { studyJsonSchema } from '../src/study-file/json-schema.ts'

const file = fileURLToPath(new URL('../study.schema.json', import.meta.url))
writeFileSync(file, `${JSON.stringify(studyJsonSchema(), null, 2)}\n`)

/** A code block of a document that something checks, or that nothing can. */
export interface Claim {
  readonly document: string
  /** The word after the fence; empty for none. */
  readonly language: string
  /** A part of its text; without it, all blocks of that language. */
  readonly text?: string
  /** The test that runs it, which names the document. */
  readonly test?: string
  /** Why nothing runs it. */
  readonly reason?: string
}

const DOCUMENTS_TEST = 'test/cli/documents.test.ts'
const PROGRAMS_TEST = 'test/reliability/programs.test.ts'
const ASKING_TEST = 'test/docs/ask-and-tell.test.ts'
const MACHINES_TEST = 'test/docs/machines.test.ts'
const EXPORT_TEST = 'test/model/export.test.ts'
const EXAMPLES_TEST = 'test/docs/every-example.test.ts'

/** Who checks each code block of README.md and docs/. */
export const CLAIMS: readonly Claim[] = [
  {
    document: 'README.md',
    language: '',
    text: 'RANK',
    reason: 'What a run printed: its times differ from machine to machine.',
  },
  { document: 'README.md', language: '', text: '$ finesweep run', test: DOCUMENTS_TEST },
  { document: 'README.md', language: 'yaml', test: DOCUMENTS_TEST },
  { document: 'README.md', language: 'ts', test: DOCUMENTS_TEST },
  { document: 'README.md', language: 'json', test: EXAMPLES_TEST },
  { document: 'docs/api.md', language: 'ts', test: 'test/docs/api.test.ts' },
  { document: 'docs/commands.md', language: 'json', test: EXAMPLES_TEST },
  { document: 'docs/commands.md', language: 'yaml', text: 'command', test: PROGRAMS_TEST },
  { document: 'docs/commands.md', language: 'yaml', text: 'external', test: ASKING_TEST },
  { document: 'docs/commands.md', language: 'python', test: PROGRAMS_TEST },
  { document: 'docs/commands.md', language: 'js', text: 'readTrial', test: PROGRAMS_TEST },
  { document: 'docs/commands.md', language: 'js', text: 'process.argv', test: ASKING_TEST },
  { document: 'docs/commands.md', language: 'sh', text: '# sweep.sh', test: ASKING_TEST },
  { document: 'docs/data.md', language: 'yaml', test: EXAMPLES_TEST },
  { document: 'docs/machines.md', language: 'sh', text: 'npm install', test: DOCUMENTS_TEST },
  { document: 'docs/machines.md', language: 'sh', text: 'redis-server', test: MACHINES_TEST },
  { document: 'docs/machines.md', language: 'sh', text: 'npx finesweep status', test: MACHINES_TEST },
  { document: 'docs/machines.md', language: 'sh', text: 'finesweep worker', test: MACHINES_TEST },
  { document: 'docs/machines.md', language: 'ini', test: MACHINES_TEST },
  { document: 'docs/machines.md', language: 'yaml', test: MACHINES_TEST },
  { document: 'docs/models.md', language: 'python', test: EXPORT_TEST },
  { document: 'docs/study-file.md', language: 'yaml', test: 'test/study-file/documents.test.ts' },
]

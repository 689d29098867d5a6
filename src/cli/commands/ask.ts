import { UserError } from '../../errors.ts'
import { countOf } from '../../report/numbers.ts'
import { SCHEMA_VERSION } from '../../report/trial-json.ts'
import { shellWord } from '../../text/shell-word.ts'
import { withAskedStudy } from '../asked-study.ts'
import { defineCommand } from '../command.ts'
import { dbOption } from '../open-study.ts'
import { jsonOption, storeOptions } from '../options.ts'
import { nameOption } from '../run-options.ts'
import { PipeClosedError, print, say } from '../terminal.ts'

/** No trial can be handed out: the study has ended, or results are missing. */
const NO_TRIAL = 4

/** `finesweep ask [STUDY]`: the next trial, to be run elsewhere. */
export default defineCommand({
  options: (yargs) =>
    jsonOption(nameOption(storeOptions(yargs)))
      .positional('study', {
        type: 'string',
        describe: 'The study, by default the latest, or a study file to start one',
      })
      .example(
        'finesweep ask study.yaml',
        'start the study and print its first trial: 0 --lr 0.01 --layers 2',
      )
      .example('finesweep ask study --json', ''),

  run: (args, terminal) =>
    withAskedStudy(args, true, async ({ asked, tell }, study) => {
      const answer = asked.ask()
      if (answer.kind === 'trial') {
        const { number, params, seed, budget, continues } = answer.spec
        const { attempt, stage } = answer
        const trial = { number, stage, params, seed, epochs: budget.epochs, continues, attempt }
        const words = Object.entries(params).flatMap(([name, value]) => [
          `--${name}`,
          shellWord(String(value)),
        ])
        const head = { schemaVersion: SCHEMA_VERSION, study: study.name, state: 'running' }
        const text = args.json ? JSON.stringify({ ...head, ...trial }) : [number, ...words].join(' ')
        try {
          await print(terminal, `${text}\n`)
        } catch (error) {
          const again = `finesweep tell ${shellWord(study.name)} ${number} again${dbOption(args.db)}`
          throw notHandedOut(error, { number, again }, () => tell(number, 'again'))
        }
        return 0
      }
      const pending = answer.kind === 'wait' ? answer.pending : []
      if (args.json) {
        const state = answer.kind === 'wait' ? 'waiting' : answer.end.state
        await print(
          terminal,
          `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, study: study.name, state, pending })}\n`,
        )
      } else if (!args.quiet && answer.kind === 'wait') {
        say(
          terminal,
          `${study.name}: the next trial needs a result from ${countOf(pending.length, 'pending trial')}: ${pending.join(', ')}.`,
        )
      } else if (!args.quiet && answer.kind === 'end') {
        const { state, endReason } = answer.end
        say(terminal, `${study.name}: the study is ${state}${endReason === null ? '' : `: ${endReason}`}.`)
      }
      return NO_TRIAL
    }),
})

/** A trial that nobody received would be pending for ever: the next `ask` gets it. */
function notHandedOut(
  error: unknown,
  { number, again }: { number: number; again: string },
  putBack: () => void,
): UserError {
  const message =
    error instanceof PipeClosedError ? 'The pipe that reads the results was closed' : (error as Error).message
  let hint = `Trial ${number} was not handed out; the next ask will hand it out.`
  try {
    putBack()
  } catch {
    hint = `Trial ${number} stays pending; to hand it out again: ${again}`
  }
  return new UserError('store', message, { hint, cause: error })
}

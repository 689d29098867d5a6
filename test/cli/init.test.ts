import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readExperiment } from '../../src/study-file/read-experiment.ts'
import { start } from '../reliability/finesweep.ts'
import { runCaptured } from './capture.ts'

const root = mkdtempSync(join(tmpdir(), 'finesweep-init-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const hasPython = spawnSync('python3', ['--version']).status === 0

/** A project folder with a package.json of that type. */
function project(name: string, type: 'module' | 'commonjs'): string {
  const folder = join(root, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, type }))
  return folder
}

describe('finesweep init', () => {
  it.each<[name: string, type: 'module' | 'commonjs', options: string[], files: string[]]>([
    ['network', 'commonjs', ['--kind', 'network'], ['study.yaml']],
    ['ts-in-commonjs', 'commonjs', ['--kind', 'module'], ['objective.mts', 'study.yaml']],
    ['ts-in-module', 'module', ['--kind', 'module', '--language', 'ts'], ['objective.ts', 'study.yaml']],
    ['js-in-commonjs', 'commonjs', ['--kind', 'module', '--language', 'js'], ['objective.mjs', 'study.yaml']],
    ['js-program', 'commonjs', ['--kind', 'program', '--language', 'js'], ['study.yaml', 'train.mjs']],
    ['python-program', 'commonjs', ['--kind', 'program'], ['study.yaml', 'train.py']],
  ])('writes %s, which runs as it is', async (name, type, options, files) => {
    const folder = project(name, type)
    const { code, stdout, stderr } = await runCaptured(['init', folder, ...options])
    expect([code, stderr]).toEqual([0, `Next: finesweep run ${join(folder, 'study.yaml')}\n`])
    expect(stdout.trim().split('\n').sort()).toEqual(files.map((file) => join(folder, file)))
    expect(readdirSync(folder).sort()).toEqual([...files, 'package.json'].sort())
    expect(readFileSync(join(folder, 'study.yaml'), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\S*study\.schema\.json\n/,
    )
    readExperiment(join(folder, 'study.yaml'))
    if (name === 'python-program' && !hasPython) return console.log('no python3 here: train.py was not run')
    if (name === 'network') return
    const study = ['--set', 'stages.coarse.trials=3', '--set', 'stages.fine.trials=2', '--workers', '1']
    const run = await start(['run', join(folder, 'study.yaml'), '--db', join(folder, 'a.db'), ...study]).ended
    expect(run.stderr).not.toMatch(/failed|error/i)
    expect(run.code).toBe(0)
    expect(run.stdout).toContain('5 trials, 9 epochs')
  })

  it('overwrites nothing', async () => {
    const folder = project('taken', 'module')
    writeFileSync(join(folder, 'objective.ts'), 'mine')
    const { code, stderr } = await runCaptured(['init', folder, '--kind', 'module'])
    expect([code, readFileSync(join(folder, 'objective.ts'), 'utf8')]).toEqual([2, 'mine'])
    expect(readdirSync(folder).sort()).toEqual(['objective.ts', 'package.json'])
    expect(stderr).toContain('objective.ts already exists; nothing was written.')
  })

  it.each([
    [
      ['--kind', 'program', '--language', 'cobol'],
      '--language: must be python or js for a program, got "cobol"',
    ],
    [['--kind', 'network', '--language', 'ts'], '--language: does not apply to a network, got "ts"'],
    [['--kind', 'nothing'], 'nothing'],
  ])('refuses %j', async (options, sentence) => {
    const { code, stderr } = await runCaptured(['init', join(root, 'refused'), ...options])
    expect(code).toBe(2)
    expect(stderr).toContain(sentence)
  })
})

describe('finesweep completion', () => {
  const complete = (words: string[]): string[] => {
    const { stdout } = spawnSync(
      'bash',
      [
        '-c',
        `${script}\nCOMP_WORDS=(${words.join(' ')})\nCOMP_CWORD=${words.length - 1}\n_finesweep\nprintf '%s\\n' "\${COMPREPLY[@]}"`,
      ],
      { encoding: 'utf8' },
    )
    return stdout.trim().split('\n')
  }
  let script = ''

  it('gives bash the commands and the options of each', async () => {
    script = (await runCaptured(['completion', 'bash'])).stdout
    expect(complete(['finesweep', 're'])).toEqual(['resume', 'report', 'replay', 'rename'])
    expect(complete(['finesweep', 'run', '--w'])).toEqual(['--workers'])
    expect(complete(['finesweep', 'init', '--k'])).toEqual(['--kind'])
    expect(complete(['finesweep', 'run', 'stud'])).toEqual([''])
  })

  it('speaks zsh and fish, and refuses other shells', async () => {
    expect((await runCaptured(['completion', 'zsh'])).stdout).toMatch(/^#compdef finesweep\n/)
    expect((await runCaptured(['completion', 'fish'])).stdout).toContain(
      "complete -c finesweep -n '__fish_seen_subcommand_from run' -l workers\n",
    )
    expect((await runCaptured(['completion', 'tcsh'])).code).toBe(2)
  })
})

import { expect } from 'vitest'
import { runCaptured } from './capture.ts'

/** Runs commands on a store, which must succeed. */
export function commandsOn(db: string) {
  async function run(...argv: string[]): Promise<{ stdout: string; stderr: string }> {
    const { code, stdout, stderr } = await runCaptured([...argv, '--db', db])
    expect(stderr.split('\n').filter((line) => /^\s+at /.test(line))).toEqual([])
    expect(code, stderr).toBe(0)
    return { stdout, stderr }
  }

  async function runJson(...argv: string[]): Promise<unknown> {
    const { stdout, stderr } = await run(...argv, '--json')
    expect(stderr).toBe('')
    return JSON.parse(stdout)
  }

  return { run, runJson }
}

/**
 * Makes the built command executable, and puts it where npx looks first, so that `npx finesweep` in a checkout runs
 * this very build at once.
 *
 *     node scripts/link-command.ts
 */
import { chmodSync, existsSync, rmSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../dist/bin/finesweep.cjs', import.meta.url))
const folder = fileURLToPath(new URL('../node_modules/.bin', import.meta.url))
chmodSync(command, 0o755)
// Windows has no such links; there npx finds the package by itself.
if (existsSync(folder) && process.platform !== 'win32') {
  rmSync(`${folder}/finesweep`, { force: true })
  symlinkSync('../../dist/bin/finesweep.cjs', `${folder}/finesweep`)
}

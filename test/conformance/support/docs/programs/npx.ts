/** `npx` without a registry: the command line of this repository, and wrangler's shim. */
import { runProgram } from './run-program.ts'

const args = process.argv.slice(2).filter((arg) => arg !== '--yes' && arg !== '-y')
const [name = '', ...rest] = args
const program = /^(edgemint|wrangler)(@[0-9a-z.^~-]+)?$/.exec(name)?.[1]
if (program === undefined) {
  process.stderr.write(`npx: no program ${name} in the docs\n`)
  process.exit(2)
}
await runProgram(program, rest)

/** Programs that print what a test sets for their arguments, and fail for any others. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** By program, then by its arguments. A value that is no text is printed as JSON. */
type Programs = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Returns the folder, as a PATH on which nothing else is. */
export function writePrograms(folder: string, programs: Programs): string {
  mkdirSync(folder, { recursive: true })
  for (const [name, answers] of Object.entries(programs)) {
    const path = join(folder, name)
    writeFileSync(
      path,
      `#!${process.execPath}
const answer = ${JSON.stringify(answers)}[process.argv.slice(2).join(' ')]
if (answer === undefined) process.exit(1)
process.stdout.write(typeof answer === 'string' ? answer : JSON.stringify(answer))
`,
    )
    chmodSync(path, 0o755)
  }
  return folder
}

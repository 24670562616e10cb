/**
 * Reports a crash: an unexpected exception, which is a bug in edgemint. The message of an exception
 * may quote input such as a token, so the report has only the class and the location.
 */
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts'
import { readVariable } from '../io.ts'
import { hint, note, say } from '../output.ts'

export function reportCrash(error: unknown): ExitCode {
  const frames = framesOf(error)
  const [place] = frames
  say(`this is a bug in edgemint: ${nameOf(error)}${place === undefined ? '' : ` ${place}`}`)
  hint('report the command without its secrets, and the output of "npx edgemint --version"')
  if (isDebugging()) for (const frame of frames) note(`    ${frame}`)
  else hint('set EDGEMINT_DEBUG=1 to see the whole stack for the report')
  return EXIT_CODES.bug
}

function isDebugging(): boolean {
  return !['0', 'false', undefined].includes(readVariable('EDGEMINT_DEBUG'))
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return /^[A-Z][A-Z0-9_]*$/.test(code)
    ? `${error.constructor.name} (${code})`
    : error.constructor.name
}

/**
 * Matches a stack frame. The report shows `at name (cli/shell/run.js:10:3)`, relative to the
 * package.
 */
const FRAME = /^\s+at (?:async )?(?:([\w.$<>[\] ]+) \()?(?:file:\/\/)?([^()]*?:\d+:\d+)\)?$/

/**
 * Lists the frames of the stack. The stack begins with the message, whose lines may look like frames.
 * Such lines are left out because they do not name a file of code.
 */
function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.stack === undefined) return []
  const own = error.stack.replace(error.message, '')
  return own.split('\n').flatMap((line) => {
    const [, name, place = ''] = FRAME.exec(line) ?? []
    if (!/^(?:node:|\/|[A-Z]:)/.test(place)) return []
    const path = place.replace(/^.*\/(?:dist|src|node_modules)\//, '')
    return [name === undefined ? `at ${path}` : `at ${name} (${path})`]
  })
}

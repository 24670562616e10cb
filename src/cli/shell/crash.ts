/**
 * A crash: an exception that no command foresaw, which is a bug of edgemint and no refusal. The
 * message of an exception may quote input, such as a token, so only its kind and place are shown.
 */
import { EXIT_CODES, type ExitCode } from './exit-codes.ts'
import { readVariable } from './io.ts'
import { hint, note, say } from './output.ts'

export function reportCrash(error: unknown): ExitCode {
  const frames = framesOf(error)
  const [place] = frames
  say(`this is a bug of edgemint: ${nameOf(error)}${place === undefined ? '' : ` ${place}`}`)
  hint('report it with the output of "npx edgemint --version" and the command, without its secrets')
  if (isDebugging()) for (const frame of frames) note(`    ${frame}`)
  else hint('EDGEMINT_DEBUG=1 shows the whole stack, for the report')
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

/** `at name (cli/shell/run.js:10:3)`, with paths that begin in the package. */
const FRAME = /^\s+at (?:async )?(?:([\w.$<>[\] ]+) \()?(?:file:\/\/)?([^()]*?:\d+:\d+)\)?$/

/** The message comes first in a stack and may have lines like frames. They name no file of code. */
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

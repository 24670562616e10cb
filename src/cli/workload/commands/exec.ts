/**
 * `edgemint exec`: runs a program with a token, and revokes the token when the program has ended.
 */
import { resolve } from 'node:path'
import { OptionError } from '../../../client/in-house.ts'
import { createProofKey, ExchangeError } from '../../../client/index.ts'
import { revokeTokens } from '../../operate/revoke-tokens.ts'
import type { Command } from '../../shell/command.ts'
import { CommandFailure, usageFailure } from '../../shell/failure.ts'
import { describeCode } from '../../shell/faults/file-fault.ts'
import { parseFlags, parseNumber } from '../../shell/flags.ts'
import { currentIo } from '../../shell/io.ts'
import { MAX_GRACE_SECONDS } from '../../shell/limits.ts'
import { hint, say } from '../../shell/output.ts'
import { describeExchangeFailure } from '../exchange-failure.ts'
import { parseBoundFlags, runBound } from '../exec/bound.ts'
import { createRelay, Interrupted, type Program, runProgram } from '../exec/child.ts'
import { choosePlaces, FILE_VARIABLE, makeEnvironment } from '../exec/environment.ts'
import { findProgram } from '../exec/find-program.ts'
import { checkTokenFile, createTokenFile } from '../exec/token-file.ts'
import { keepTokens } from '../keep-tokens.ts'
import { openWorkload, WORKLOAD_FLAGS } from '../workload.ts'

export const command = {
  synopsis: '--url URL --resource URI [FLAGS] -- COMMAND [ARGUMENTS]',
  about:
    'Runs COMMAND with a token in EDGEMINT_TOKEN, then revokes the token, and exits as COMMAND did.',
  flags: {
    ...WORKLOAD_FLAGS,
    env: {
      value: 'NAME',
      about: 'the variable for the token, or for the URL with `--bind`',
      default: '`EDGEMINT_TOKEN`, none with `--file`, `EDGEMINT_PROXY_URL` with `--bind`',
    },
    file: {
      value: 'PATH',
      about:
        'keep the token in this file, and refresh it there; an existing file is replaced, and removed at the end',
      completes: 'files',
    },
    bind: {
      about:
        'bind the token to a key that only this process has (DPoP): COMMAND gets no token, but the URL of a local proxy to `--upstream`',
    },
    upstream: { value: 'URL', about: 'the URL of the API, for the local proxy of `--bind`' },
    grace: {
      value: 'SECONDS',
      about: 'kill COMMAND if it still runs this long after SIGTERM or SIGINT',
      default: 'never',
    },
  },
  runsProgram: true,
  example: `npx edgemint exec --url https://sts.example.com --resource https://api.example.com \\
  --file token.jwt -- ./deploy.sh production`,
} as const satisfies Command

/** The exit codes of a shell for a command that does not exist or is not executable. */
const NOT_FOUND = 127
const NOT_EXECUTABLE = 126

export async function run(args: readonly string[]): Promise<number> {
  const end = args.indexOf('--')
  const { values } = parseFlags(end === -1 ? args : args.slice(0, end), command)
  const program = parseProgram(end === -1 ? [] : args.slice(end + 1), values.grace)
  // The program may change its directory, so the path must be absolute.
  const path = values.file === undefined ? undefined : resolve(values.file)
  const variable = parseVariable(values.env)
  const routes = parseBoundFlags(values)
  const places = choosePlaces(variable, path)
  // A token would be issued, and used up, for nothing.
  const state = findProgram(program.command, currentIo().environment.PATH)
  if (state === 'ENOENT' || state === 'EACCES') return sayCannotRun(program.command, state)
  if (values.file !== undefined && places.file !== undefined) await checkTokenFile(values.file)
  const proofKey = routes === undefined ? undefined : createProofKey()
  const workload = await openWorkload(values, proofKey)
  const relay = createRelay()
  const file = places.file === undefined ? undefined : createTokenFile(places.file)
  const keeper = keepTokens(workload, (token) => file?.write(token.accessToken))
  try {
    const token = await Promise.race([keeper.take(), untilAborted(relay.signal)])
    if (routes !== undefined && proofKey !== undefined) {
      keeper.start()
      return await runBound({ program, relay, routes, tokens: keeper, proofKey, variable })
    }
    // A variable cannot be refreshed, so a token that is only in a variable is not renewed.
    if (file !== undefined) keeper.start()
    return await runProgram(program, makeEnvironment(currentIo().environment, places, token), relay)
  } catch (error) {
    return describeEnd(error, program.command)
  } finally {
    const live = await keeper.stop()
    await file?.remove()
    await revokeTokens(workload.url, live)
    relay.close()
  }
}

function parseProgram(words: readonly string[], grace: string | undefined): Program {
  const [command, ...args] = words
  if (command === undefined || command === '') {
    throw usageFailure('exec needs a command after --', 'npx edgemint exec --help')
  }
  const range = { least: 0, most: MAX_GRACE_SECONDS, unit: 'seconds' }
  const graceMilliseconds =
    grace === undefined ? undefined : parseNumber('--grace', grace, range) * 1000
  return { command, args, graceMilliseconds }
}

function parseVariable(name: string | undefined): string | undefined {
  if (name !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw usageFailure('--env must be the name of a variable: letters, digits and underscores')
  }
  // A program is found by this variable, so exec could not start any.
  if (name === 'PATH') throw usageFailure('--env must not be PATH')
  // exec itself sets this variable, so the program would get a path instead of the token.
  if (name === FILE_VARIABLE) throw usageFailure(`--env must not be ${FILE_VARIABLE}`)
  return name
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function describeEnd(error: unknown, command: string): number {
  if (error instanceof Interrupted) return error.exitCode
  if (error instanceof ExchangeError) throw describeExchangeFailure(error)
  if (error instanceof OptionError) throw usageFailure(error.message)
  const code = error instanceof Error && 'syscall' in error && 'code' in error ? error.code : ''
  if (error instanceof CommandFailure || typeof code !== 'string' || code === '') throw error
  return describeStart(command, code)
}

/** The system also reports ENOENT for a program that exists, if its interpreter does not. */
function describeStart(command: string, code: string): number {
  if (code !== 'ENOENT' || findProgram(command, currentIo().environment.PATH) !== 'found') {
    return sayCannotRun(command, code)
  }
  say(`cannot run ${command}: its interpreter does not exist`)
  hint('check the first line of the script, and that it has no Windows line end')
  return NOT_EXECUTABLE
}

/** Returns the exit code of a shell. */
function sayCannotRun(command: string, code: string): number {
  say(`cannot run ${command}: ${code === 'ENOENT' ? 'command not found' : describeCode(code)}`)
  if (command.includes(' ')) hint('pass the command and each argument as separate words after --')
  return code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE
}

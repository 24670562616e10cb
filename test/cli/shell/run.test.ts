/**
 * `run` in the process of a caller: each run has its own streams and variables, and returns an exit
 * code.
 */
import { Readable, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { run } from '../../../src/cli/shell/run.ts'
import { runHere } from '../support/in-process.ts'
import { createScratch } from '../support/run.ts'

const scratch = createScratch()
const TRUST = 'examples/trust/github-organisation/trust.yaml'
const CLAIMS = '{ "iss": "https://token.actions.githubusercontent.com" }'

test('reads and writes the streams of its caller', async () => {
  const transcript = await runHere(
    ['explain', '--trust', TRUST, '--issuer', 'github', '--claims', '-'],
    { stdin: CLAIMS },
  )
  expect(transcript.exitCode).toBe(1)
  expect(transcript.stdout).toContain('denied: no rule from github matches')
  expect(transcript.stderr).toContain('edgemint: the claims are not verified')
})

test('concurrent runs have separate variables and streams', async () => {
  const runs = Array.from({ length: 20 }, (_, index) =>
    runHere(['serve'], { environment: { ISSUER: `gateway${index}` } }),
  )
  for (const { stdout, stderr, exitCode } of await Promise.all(runs)) {
    expect([stdout, exitCode]).toEqual(['', 2])
    expect(stderr).toMatch(/^edgemint: ISSUER must begin with https/)
  }
  const lints = await Promise.all([
    runHere(['validate', TRUST, '--json']),
    runHere(['validate', scratch('empty.yaml', ''), '--json']),
  ])
  expect(lints.map(({ exitCode }) => exitCode)).toEqual([0, 1])
  expect(lints.map(({ stdout }) => JSON.parse(stdout).files[0].valid)).toEqual([true, false])
})

test('prints no secret if stdout is a terminal', async () => {
  const isTTY = true
  const chunks: string[] = []
  const sink = () =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk.toString())
        done()
      },
    })
  const exitCode = await run(['keys', 'generate'], {
    stdin: Readable.from([]),
    stdout: Object.assign(sink(), { isTTY }),
    stderr: sink(),
    environment: {},
  })
  expect(exitCode).toBe(2)
  expect(chunks[0]).toBe('edgemint: a private key is not printed to a terminal\n')
})

test.each([
  [['help'], 0, /^Usage: edgemint COMMAND[\s\S]*\n {2}completion /],
  [['help', 'keys', 'generate'], 0, /^Usage: edgemint keys generate /],
  [['help', 'nothing'], 2, /^$/],
  [['help', 'help'], 0, /^Usage: edgemint COMMAND/],
  [['serve', 'extra', '--help'], 0, /^Usage: edgemint serve /],
  [['help', '--help'], 0, /^Usage: edgemint COMMAND/],
  [['--help', '-h'], 0, /^Usage: edgemint COMMAND/],
  [['--help', 'keys', 'generate'], 0, /^Usage: edgemint keys generate /],
  [['-h', 'nothing'], 2, /^$/],
  [['help', 'keys', 'nothing'], 2, /^$/],
  [['keys', 'nothing', '--help'], 2, /^$/],
  [['keys', '-h', 'generate'], 0, /^Usage: edgemint keys generate /],
  [['keys', '-h', '--version'], 0, /^Usage: edgemint keys COMMAND/],
  [['serve', '--bogus', '-h'], 0, /^Usage: edgemint serve /],
  [['--help', '--version'], 0, /^Usage: edgemint COMMAND/],
  [['--version', '--help'], 0, /^Usage: edgemint COMMAND/],
  [['help', '--version'], 0, /^Usage: edgemint COMMAND/],
  [['--version'], 0, /^\d+\.\d+\.\d+\S*\n$/],
])('ends %j with %i', async (args, exitCode, stdout) => {
  const transcript = await runHere(args)
  expect(transcript.exitCode).toBe(exitCode)
  expect(transcript.stdout).toMatch(stdout)
})

test.each([
  [['--version', '--json'], 'unknown flag --json', '--help'],
  [['--version', 'serve'], 'unexpected argument "serve"', '--help'],
  [['help', '--json'], 'unknown flag --json', '--help'],
  [['help', 'serve', 'extra'], 'unexpected argument "extra"', 'help serve'],
  [['help', 'keys', 'list', '--json'], 'unexpected argument "--json"', 'help keys list'],
  [['help', 'exec', '--', 'true'], 'unexpected argument "--"', 'help exec'],
  [['help', 'help', 'serve'], 'unknown command "help"', '--help'],
  [['--help', '--json'], 'unknown flag --json', '--help'],
  [['-v'], 'unknown flag -v', '--version'],
  [['serve', '--version'], 'unknown flag --version', '--version'],
  [['keys', 'list', '-v'], 'unknown flag -v', '--version'],
  [['exec', '-V', '--', 'true'], 'unknown flag -V', '--version'],
])('refuses %j with a command that helps', async (args, message, hint) => {
  expect(await runHere(args)).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `edgemint: ${message}\nedgemint: hint: npx edgemint ${hint}\n`,
  })
})

test('leaves the help flag behind -- to the program', async () => {
  const { stdout, exitCode } = await runHere(['exec', '--', 'true', '--help'])
  expect([stdout, exitCode]).toEqual(['', 2])
})

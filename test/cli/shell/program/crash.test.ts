/** A crash ends with 70. Its report names the location and quotes no input. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { withIo } from '../../../../src/cli/shell/io.ts'
import { reportCrash } from '../../../../src/cli/shell/program/crash.ts'
import { run } from '../../../../src/cli/shell/run.ts'
import { TOKEN_CANARY } from '../../../support/canary/canary.ts'
import { startGateway } from '../../support/gateway.ts'
import { grant, RESOURCE, SUBJECT_TOKEN } from '../../support/helper.ts'
import { createScratch, root } from '../../support/run.ts'

const gateway = await startGateway()
const tokenFile = createScratch()('subject.jwt', SUBJECT_TOKEN)

const REPORT =
  'edgemint: hint: report the command without its secrets, and the output of "npx edgemint --version"\n'
const DEBUG = 'edgemint: hint: set EDGEMINT_DEBUG=1 to see the whole stack for the report\n'

function openIo(environment: Record<string, string> = {}, stdout?: Writable) {
  const chunks: string[] = []
  const collect = () =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk.toString())
        done()
      },
    })
  const io = {
    stdin: Readable.from([]),
    stdout: stdout ?? collect(),
    stderr: collect(),
    environment,
  }
  return { io, said: () => chunks.join('') }
}

test('a run that throws an unexpected error ends with 70', async () => {
  const broken = new Writable()
  broken.write = () => {
    throw new TypeError(`cannot write ${TOKEN_CANARY}`)
  }
  const { io, said } = openIo({}, broken)
  expect(await run(['--version'], io)).toBe(70)
  expect(said()).toMatch(
    /^edgemint: this is a bug in edgemint: TypeError at [\w.]+write \(\S*crash\.test\.ts:\d+:\d+\)\n/,
  )
  expect(said().endsWith(REPORT + DEBUG)).toBe(true)
})

test.each([
  ['exchange', ['--token-file', tokenFile]],
  ['token', ['--token-file', tokenFile]],
  ['credential kubectl', ['--token-file', tokenFile]],
])('reports a TypeError in %s as a bug, not as an invalid option', async (name, flags) => {
  gateway.answer(grant)
  const broken = new Writable()
  broken.write = () => {
    throw new TypeError('broken')
  }
  const { io, said } = openIo({}, broken)
  const target = ['--url', gateway.url, '--resource', RESOURCE]
  expect(await run([...name.split(' '), ...target, ...flags], io)).toBe(70)
  expect(said()).toContain('this is a bug in edgemint: TypeError at ')
})

class Odd extends Error {
  readonly code = 'ERR_ODD'
}

test.each<[string, unknown, RegExp]>([
  [
    'an error',
    new RangeError(TOKEN_CANARY),
    /: RangeError at .*\(?\S*crash\.test\.ts:\d+:\d+\)?\n/,
  ],
  ['an error with a code', new Odd(TOKEN_CANARY), /: Odd \(ERR_ODD\) at /],
  [
    'an error whose code is text',
    Object.assign(new Error('x'), { code: TOKEN_CANARY }),
    /: Error at /,
  ],
  ['a thrown string', TOKEN_CANARY, /: a thrown string\n/],
  ['a thrown undefined', undefined, /: a thrown undefined\n/],
  [
    'a message that looks like a stack',
    new Error(`x\n    at ${TOKEN_CANARY} (/a/b.js:1:1)\n    at /${TOKEN_CANARY}.js:1:1`),
    /: Error at /,
  ],
  [
    'a stack that does not contain its message',
    Object.assign(new Error('x'), { stack: `Error: x\n    at ${TOKEN_CANARY}` }),
    /: Error\n/,
  ],
])('does not quote %s, with or without the stack', (_name, error, sentence) => {
  for (const environment of [{}, { EDGEMINT_DEBUG: '1' }]) {
    const { io, said } = openIo(environment)
    expect(withIo(io, () => reportCrash(error))).toBe(70)
    expect(said()).toMatch(sentence)
    expect(said()).not.toContain(TOKEN_CANARY)
  }
})

test('shows the stack if EDGEMINT_DEBUG is set', () => {
  const error = new Error('x')
  const { io, said } = openIo({ EDGEMINT_DEBUG: '1' })
  withIo(io, () => reportCrash(error))
  expect(said()).toMatch(/\n {4}at .*crash\.test\.ts:\d+:\d+\)?\n/)
  expect(said()).not.toContain(DEBUG)
})

test.each([
  ['an exception', `throw new TypeError("${TOKEN_CANARY}")`],
  ['a rejection', `Promise.reject(new TypeError("${TOKEN_CANARY}"))`],
])('a running server ends with 70 after %s that no command awaits', async (_name, code) => {
  const preload = `data:text/javascript,process.once("SIGUSR2", () => { ${code} })`
  const child = spawn(
    process.execPath,
    ['--import', preload, join(root, 'dist/cli/shell/main.js'), 'dev-issuer', '--port', '0'],
    { env: { PATH: process.env.PATH } },
  )
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  child.stdout.once('data', () => child.kill('SIGUSR2'))
  const exitCode = await new Promise((resolve) => child.once('close', resolve))
  expect(exitCode).toBe(70)
  expect(stderr).toContain('edgemint: this is a bug in edgemint: TypeError')
  expect(stderr).not.toContain(TOKEN_CANARY)
})

test('a crash of exec ends its program', async () => {
  const preload = 'data:text/javascript,process.once("SIGWINCH", () => { throw new TypeError() })'
  // There is no gateway here, so the test starts a program without a token.
  const script = `
    import { createRelay, runProgram } from ${JSON.stringify(join(root, 'dist/cli/workload/exec/child.js'))}
    import ${JSON.stringify(join(root, 'dist/cli/shell/main.js'))}
    const program = { command: 'sh', args: ['-c', 'echo started; exec sleep 600'], graceMilliseconds: undefined }
    await runProgram(program, process.env, createRelay())
  `
  const child = spawn(
    process.execPath,
    ['--import', preload, '--input-type=module', '-e', script, 'x', '--version'],
    { env: { PATH: process.env.PATH } },
  )
  let stdout = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
    if (stdout.includes('started')) child.kill('SIGWINCH')
  })
  // The program has the same stdout, so `close` means that both have ended.
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(70)
  expect(stdout).toContain('started')
})

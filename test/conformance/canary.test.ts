/**
 * The canary finds marked tokens and keys in the output of programs, in stores and in responses of
 * test servers.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { serveHttp } from '../action/support/programs.ts'
import { seeAllAnswers } from '../support/canary/answers.ts'
import { KEY_CANARY, TOKEN_CANARY } from '../support/canary/canary.ts'
import { takeSightings } from '../support/canary/watch.ts'

const PART = 'eyJhbGciOiJFUzI1NiJ9'
const TOKEN = `${PART}.${PART}.${'s'.repeat(43)}`
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-canary-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** Runs a program of one line until it ends. */
async function run(code: string, ...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['-e', code, '--', ...args])
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await once(child, 'close')
  return said
}

describe('LOG-01 the output of a program', () => {
  it('is searched on stdout and stderr, across chunks, and is not changed', async () => {
    const half = TOKEN_CANARY.length / 2
    const pieces = `process.stdout.write('${TOKEN_CANARY.slice(0, half)}');
      setTimeout(() => console.log('${TOKEN_CANARY.slice(half)}'), 100)`
    expect(await run(pieces)).toBe(`${TOKEN_CANARY}\n`)
    await run(`process.stderr.write('${btoa(TOKEN_CANARY)}')`)
    expect(takeSightings()).toEqual([
      expect.stringMatching(/^the token canary in lines of programs: stdout of node/),
      expect.stringMatching(/^the token canary in lines of programs: stderr of node/),
    ])
  })

  it('is reported without arguments that could be tokens', async () => {
    const token = `${'a'.repeat(100)}.${'b'.repeat(100)}.${'c'.repeat(100)}`
    await run(`console.error('${TOKEN_CANARY}')`, token)
    const [sighting = ''] = takeSightings()
    expect(sighting).toContain('stderr')
    expect(sighting).not.toContain('aaaa')
    expect(sighting).not.toContain(TOKEN_CANARY)
  })
})

describe('LOG-01 KEY-12 the stored state of a gateway', () => {
  it('is searched when the gateway ends, except for its signing key file', async () => {
    const state = join(scratch, 'state')
    mkdirSync(join(state, 'do'), { recursive: true })
    writeFileSync(join(state, 'signing-key.json'), JSON.stringify({ d: btoa(KEY_CANARY) }))
    await run('', '--state', state)
    expect(takeSightings()).toEqual([])
    writeFileSync(join(state, 'do', 'rows.sqlite'), `\0\u0001row ${btoa(`k${KEY_CANARY}`)}\u0002`)
    await run('', '--state', state)
    expect(takeSightings()).toEqual(['the key canary in stored rows: do/rows.sqlite of a gateway'])
  })
})

describe('LOG-01 the response of a server', () => {
  it.each([
    [400, '/token', TOKEN_CANARY, 2],
    [200, '/token', TOKEN_CANARY, 1],
    [200, '/mint', TOKEN_CANARY, 0],
    [400, '/mint', TOKEN_CANARY, 2],
    [400, '/token', TOKEN, 2],
    [200, '/token', TOKEN, 0],
  ])('is searched: %i of %s', async (status, path, text, seen) => {
    const server = await serveHttp((_, response) => response.writeHead(status).end(text))
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`)
    expect(await response.text()).toBe(text)
    await seeAllAnswers()
    // A refusal is seen twice: by the server that sends it and by the client that reads it.
    expect(takeSightings()).toHaveLength(seen)
  })
})

it('LOG-01 console output of this process is searched, even when a test captures it', () => {
  console.debug('a claim', { email: TOKEN_CANARY })
  expect(takeSightings()).toEqual(['the token canary in log lines: console.debug'])
})

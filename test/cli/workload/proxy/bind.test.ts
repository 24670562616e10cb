/** The socket of the proxy: the path, and the existing socket of another proxy. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { bind } from '../../../../src/cli/workload/proxy/bind.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgemint-bind-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const LISTEN = `const server = require('net').createServer()
server.listen({ path: process.argv[1], backlog: 1 }, () => console.log('up'))`

/** Returns the result of an attempt to connect. */
function probe(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => resolve('connected'))
    socket.once('error', (error) => resolve('code' in error ? String(error.code) : 'failed'))
  })
}

test('is not removed while its proxy is too busy to accept', async () => {
  const path = join(folder, 'busy.sock')
  const other = spawn(process.execPath, ['-e', LISTEN, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(other.stdout, 'data')
    other.kill('SIGSTOP')
    let answer = 'connected'
    for (let count = 0; answer === 'connected' && count < 100; count += 1)
      answer = await probe(path)
    expect(answer).not.toBe('ECONNREFUSED')
    const bound = bind(createServer(), { kind: 'socket', path })
    await expect(bound).rejects.toMatchObject({ code: 'EADDRINUSE' })
    expect(existsSync(path)).toBe(true)
  } finally {
    other.kill('SIGKILL')
  }
})

test.each([
  [join(folder, 'a'.repeat(108 - folder.length)), 'is too long: the path of a socket can have 107'],
  [join(folder, 'missing/api.sock'), 'missing does not exist'],
])('is refused in a sentence at a path where it cannot be: %s', async (path, sentence) => {
  const server = createServer()
  try {
    await expect(bind(server, { kind: 'socket', path })).rejects.toThrow(sentence)
  } finally {
    server.close()
  }
})

test('can have a path of the length that every system allows', async () => {
  const path = join(folder, 'a'.repeat(102 - folder.length))
  const server = createServer()
  await bind(server, { kind: 'socket', path })
  expect(await probe(path)).toBe('connected')
  server.close()
})

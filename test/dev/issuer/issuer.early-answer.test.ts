import { connect } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { startDevIssuer } from '../../../src/dev/issuer/issuer.ts'

const issuer = await startDevIssuer()
const { host, port } = new URL(issuer.issuer)
afterAll(() => issuer.close())

const BODY = 'x'.repeat(5_000_000)

/** Sends the whole body, and then closes when the answer is there. */
function send(path: string, ...fields: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1')
    let answer = ''
    let error = 'no error'
    socket.on('data', (chunk) => {
      answer += chunk.toString()
    })
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      error = String(code)
    })
    socket.once('close', () => resolve(`${answer.split(' ', 2)[1]} ${error}`))
    const head = [`POST ${path} HTTP/1.1`, `Content-Length: ${BODY.length}`, ...fields]
    socket.write(`${head.join('\r\n')}\r\n\r\n${BODY}`, () => {
      if (answer !== '') socket.end()
      else socket.once('data', () => socket.end())
    })
  })
}

it.each([
  ['a body over the limit', '/mint', 400, [`Host: ${host}`]],
  [
    'a body over the limit, from a client that closes',
    '/mint',
    400,
    [`Host: ${host}`, 'Connection: close'],
  ],
  ['a form over the limit', '/people/token', 400, [`Host: ${host}`]],
  ['another host', '/mint', 421, ['Host: attacker.example']],
  ['an unknown path', '/none', 404, [`Host: ${host}`, 'Connection: close']],
])(
  'the dev issuer lets a client that is still sending read its refusal of %s',
  async (_, path, status, fields) => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(path, ...fields)))
    expect(new Set(answers)).toEqual(new Set([`${status} no error`]))
  },
)

/** Generated requests, some of them malformed, before a workerd that records the bytes it gets. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { prepareFront, send } from './support/front.ts'

type Seen = { readonly target: string; readonly body: string; readonly fields: readonly string[] }

/** Reads requests as strictly as RFC 9112 allows. Throws for what is not one, or not whole. */
function readStrictly(text: string): readonly Seen[] {
  const seen: Seen[] = []
  for (let rest = text; rest !== ''; ) {
    const head = /^[A-Z]+ (\/[!-~]*) HTTP\/1\.1\r\n((?:[\w-]+: [ -~]*\r\n)+)\r\n/.exec(rest)
    if (head === null) throw new Error(`not a request: ${JSON.stringify(rest)}`)
    const [whole, target = '', lines = ''] = head
    const fields = lines.toLowerCase().trimEnd().split('\r\n')
    const named = (name: string) => fields.filter((field) => field.startsWith(`${name}:`))
    const lengths = [...named('content-length'), ...named('transfer-encoding')]
    if (lengths.length > 1 || named('host').length !== 1) throw new TypeError(lines)
    rest = rest.slice(whole.length)
    let body = ''
    if (lengths[0] === 'transfer-encoding: chunked') {
      for (let size = -1; size !== 0; ) {
        const line = /^([\da-f]+)\r\n/i.exec(rest)
        if (line === null) throw new Error(`not a chunk: ${JSON.stringify(rest)}`)
        size = Number.parseInt(line[1] ?? '', 16)
        const from = line[0].length
        body += rest.slice(from, from + size)
        if (rest.slice(from + size, from + size + 2) !== '\r\n') throw new Error('a chunk is cut')
        rest = rest.slice(from + size + 2)
      }
    } else if (lengths[0] !== undefined) {
      const length = Number(/^content-length: (\d+)$/.exec(lengths[0])?.[1])
      if (!(rest.length >= length)) throw new Error(`not a length: ${lengths[0]}`)
      body = rest.slice(0, length)
      rest = rest.slice(length)
    }
    seen.push({ target, body, fields })
  }
  return seen
}

const disputed: string[] = []
const sockets = new Map<Socket, string>()
const upstream = createServer((socket) => {
  sockets.set(socket, '')
  socket.on('error', () => {})
  socket.on('data', (chunk: Buffer) => {
    const text = (sockets.get(socket) ?? '') + chunk.toString('latin1')
    sockets.set(socket, text)
    let whole: readonly Seen[] = []
    try {
      whole = readStrictly(text)
    } catch (error) {
      // Two lengths or hosts never become right with more bytes.
      if (error instanceof TypeError) {
        disputed.push(text)
        socket.destroy()
      }
      return
    }
    const body = whole.at(-1)?.target ?? ''
    socket.end(
      `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
  })
}).listen(0, '127.0.0.1')
await once(upstream, 'listening')
const upstreamPort = (upstream.address() as AddressInfo).port
const { open } = await prepareFront()
afterAll(() => upstream.close())

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: sts.example.com\r\n\r\n'
const SIZE = SMUGGLED.length
const CHUNKED = `${SIZE.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`
const bodies = [
  ...[`Content-Length: ${SIZE}`, `Transfer-Encoding: \r\nContent-Length: ${SIZE}`].map(
    (field) => [field, SMUGGLED] as const,
  ),
  ...['chunked', 'Chunked', 'gzip, chunked', 'chunked\r\nTransfer-Encoding: chunked'].map(
    (coding) => [`Transfer-Encoding: ${coding}`, CHUNKED] as const,
  ),
  [`Transfer-Encoding: chunked\r\nContent-Length: ${SIZE}`, CHUNKED] as const,
  ['Transfer-Encoding: chunked', CHUNKED.replace('\r\n', ';a="b"\r\n')] as const,
  ['Transfer-Encoding: chunked', CHUNKED.replace(/\r\n$/, 'Host: x\r\n\r\n')] as const,
]
const FIELDS = [
  'constructor: 1',
  '__proto__: 1',
  'Connection: content-length, host, edgemint-front',
]
const MORE = ['Edgemint-Front: x', 'CF-Connecting-IP: 192.0.2.1', 'Expect: 100-continue', 'TE: x']
const MANY = 'A: 1\r\n'.repeat(1_100).trimEnd()
const field = fc.constantFrom(...FIELDS, ...MORE, MANY, 'Host: x', 'X : 1', 'X-Empty:')
type Asked = { method: string; fields: string[]; body: readonly [string, string] }
const request: fc.Arbitrary<Asked> = fc.record({
  method: fc.constantFrom('POST', 'PUT', 'GET', 'DELETE'),
  fields: fc.array(field, { maxLength: 3 }),
  body: fc.constantFrom(...bodies),
})

it('sends on each request that it accepts once, with its own body, and no other', async () => {
  const { port } = await open({
    findUpstream: async () => ({ host: '127.0.0.1', port: upstreamPort }),
  })
  const check = async (requests: readonly Asked[]) => {
    sockets.clear()
    disputed.length = 0
    const texts = requests.map(({ method, fields, body: [length, body] }, at) =>
      [`${method} /r${at} HTTP/1.1`, 'Host: sts.example.com', ...fields, length, '', body].join(
        '\r\n',
      ),
    )
    const end = 'GET /end HTTP/1.1\r\nHost: sts.example.com\r\nConnection: close\r\n\r\n'
    const answers = await send(port, texts.join('') + end)
    expect(disputed).toEqual([])
    // A connection on which the body of a refused request was cut off has no whole request.
    const seen = [...sockets].flatMap(([socket, text]) =>
      socket.bytesWritten > 0 ? readStrictly(text) : [],
    )
    const targets = seen.map(({ target }) => target)
    expect(targets).toEqual([...new Set(targets)])
    for (const { target, body, fields } of seen) {
      expect(target).toMatch(/^\/(?:r\d|end)$/)
      expect(body).toBe(target === '/end' ? '' : SMUGGLED)
      expect(fields.filter((one) => one.startsWith('edgemint-front: key-of-'))).toHaveLength(1)
      expect(fields.join('\n')).not.toMatch(/^(?:cf-|te:|expect:|upgrade:|edgemint-front: x)/m)
    }
    const relayed = [...answers.matchAll(/\r\n\r\n(\/(?:r\d|end))/g)].map(([, target]) => target)
    expect(relayed).toEqual([...relayed].sort((one = '', other = '') => order(one) - order(other)))
    expect([...relayed].sort()).toEqual([...targets].sort())
  }
  await fc.assert(fc.asyncProperty(fc.array(request, { maxLength: 4 }), check), {
    seed: 9112,
    numRuns: 300,
  })
})

function order(target: string): number {
  return target === '/end' ? 9 : Number(target.slice(2))
}

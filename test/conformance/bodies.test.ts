/**
 * Sends request bodies as bytes on a socket: chunks, wrong lengths, and requests that break off.
 */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

/** Returns the statuses of all responses to these bytes on one connection. */
function statusesOf(parts: readonly string[]): Promise<readonly number[]> {
  const { hostname, port } = new URL(world.url())
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => {
      for (const part of parts) socket.write(part)
      socket.end()
    })
    socket.on('data', (data) => {
      text += data.toString('latin1')
    })
    // A closed connection counts as a response, because it grants nothing.
    socket.on('error', () => undefined)
    socket.on('close', () =>
      resolve([...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))),
    )
  })
}

const head = (headers: readonly string[]) =>
  [
    'POST /token HTTP/1.1',
    `Host: ${new URL(world.url()).host}`,
    'Content-Type: application/x-www-form-urlencoded',
    ...headers,
    '',
    '',
  ].join('\r\n')

const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`
const good = async () => world.form(await world.mint()).toString()
const long = async () => `${await good()}&x=${'x'.repeat(200_000)}`

describe('a request body', () => {
  it('EXC-15 is accepted with a length and in chunks', async () => {
    const [one, two] = [await good(), await good()]
    expect(
      await statusesOf([head([`Content-Length: ${one.length}`, 'Connection: close']), one]),
    ).toEqual([200])
    const chunks = [
      head(['Transfer-Encoding: chunked', 'Connection: close']),
      chunked(two),
      '0\r\n\r\n',
    ]
    expect(await statusesOf(chunks)).toEqual([200])
  })

  it('EXC-15 over the limit gets 413, in one chunk, in many, and with a length', async () => {
    const body = await long()
    const start = head(['Transfer-Encoding: chunked', 'Connection: close'])
    const pieces = body.match(/.{1,1000}/g) ?? []
    const rows = [
      [start, chunked(body), '0\r\n\r\n'],
      [start, ...pieces.map(chunked), '0\r\n\r\n'],
      // Without a last chunk.
      [start, ...pieces.map(chunked)],
      [head([`Content-Length: ${body.length}`, 'Connection: close']), body],
    ]
    for (const parts of rows) expect(await statusesOf(parts)).toEqual([413])
  })

  it('EXC-15 is refused when it breaks off or has malformed chunks, and the log has no failure', async () => {
    const body = await good()
    const start = head(['Transfer-Encoding: chunked', 'Connection: close'])
    const rows = [
      [start, 'ZZ\r\n'],
      [start, chunked(body), 'ZZ\r\n'],
      [start, `${(body.length + 1).toString(16)}\r\n${body}`],
      [start, chunked(body)],
      [head([`Content-Length: ${body.length + 1}`, 'Connection: close']), body],
    ]
    for (const parts of rows) expect(await statusesOf(parts), parts[1]).toEqual([400])
    await expect
      .poll(() => world.said().match(/"reason":"body_malformed"/g), { timeout: 30_000 })
      .toHaveLength(rows.length)
    expect(world.said()).not.toContain('"event":"failure"')
  })

  it('EXC-15 with a wrong length grants nothing, to this request or the next', async () => {
    const body = await good()
    const rows = [
      [head(['Content-Length: 10']), body],
      [head([`Content-Length: ${body.length + 100}`]), body],
      [head(['Content-Length: -1']), body],
      [head(['Content-Length: 1', 'Content-Length: 2']), body],
      [head([`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked']), body],
      [head([]), body],
    ]
    for (const parts of rows) {
      const statuses = await statusesOf(parts)
      expect(
        statuses.filter((status) => status < 400),
        parts[0],
      ).toEqual([])
    }
    // The gateway works afterwards.
    expect((await world.exchange(await world.mint())).status).toBe(200)
  })
})

/** Request bodies as bytes on a socket: chunks, lengths that lie, and requests that break off. */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

/** The statuses of everything that is answered to these bytes on one connection. */
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
    // A connection that is cut off is an answer too: it granted nothing.
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

describe('a body on the wire', () => {
  it('EXC-15 is granted when it is good, with a length and in chunks', async () => {
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

  it('EXC-15 over the cap is 413, in one chunk, in many, and with its length said', async () => {
    const body = await long()
    const start = head(['Transfer-Encoding: chunked', 'Connection: close'])
    const pieces = body.match(/.{1,1000}/g) ?? []
    const rows = [
      [start, chunked(body), '0\r\n\r\n'],
      [start, ...pieces.map(chunked), '0\r\n\r\n'],
      // Without an end.
      [start, ...pieces.map(chunked)],
      [head([`Content-Length: ${body.length}`, 'Connection: close']), body],
    ]
    // A caller who is still sending may meet a closed connection before he reads the answer.
    const all = []
    for (const parts of rows) all.push(...(await statusesOf(parts)))
    expect(new Set(all)).toEqual(new Set([413]))
  })

  it('EXC-15 that breaks off or is no chunks is refused, and the log has no fault of ours', async () => {
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
      .poll(() => world.said().match(/"reason":"body_malformed"/g))
      .toHaveLength(rows.length)
    expect(world.said()).not.toContain('"event":"failure"')
  })

  it('EXC-15 whose length is a lie grants nothing, to it or to what comes behind it', async () => {
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
    // And the gateway is well afterwards.
    expect((await world.exchange(await world.mint())).status).toBe(200)
  })
})

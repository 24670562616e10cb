import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, connect } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import { makeCertificates } from '../../../scripts/extra/certificates.ts'
import { makeSelfSigned } from '../../support/self-signed.ts'
import { prepareFront } from './support/front.ts'

const { got, open } = await prepareFront()
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-tls-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const made = makeCertificates(scratch)
const read = (pair: { readonly cert: string; readonly key: string }) => ({
  cert: readFileSync(pair.cert, 'utf8'),
  key: readFileSync(pair.key, 'utf8'),
})
const authority = readFileSync(made.authority, 'utf8')
const TIMES = { startsAt: 0, endsAt: Number.POSITIVE_INFINITY }
const ours = { ...read(made.gateway), ca: undefined, ...TIMES }

async function ask(port: number, options: ConnectionOptions = {}): Promise<number | undefined> {
  const asked = request({
    host: '127.0.0.1',
    servername: 'localhost',
    port,
    path: '/a',
    ca: authority,
    agent: false,
    ...options,
  })
  asked.end()
  const [response] = await once(asked, 'response')
  response.resume()
  return response.statusCode
}

async function fingerprintAt(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return fingerprint256
}

describe('a gateway with its own certificate', () => {
  it('serves TLS 1.2 and 1.3 alone, and tells the version', async () => {
    const { port } = await open({ certificate: ours })
    expect(await ask(port)).toBe(200)
    expect(await ask(port, { maxVersion: 'TLSv1.2' })).toBe(200)
    expect(got.map(({ connection }) => connection.tls)).toEqual(['TLSv1.3', 'TLSv1.2'])
    await expect(
      ask(port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }),
    ).rejects.toThrow()
    await expect(fetch(`http://127.0.0.1:${port}/a`)).rejects.toThrow()
  })

  it('asks no client for a certificate', async () => {
    const { port } = await open({ certificate: ours })
    expect(await ask(port, read(made.api))).toBe(200)
    expect(got[0]?.connection.certificate).toBeUndefined()
  })

  it('uses a new certificate for new connections, and keeps the open ones', async () => {
    const front = await open({ certificate: ours })
    const before = await fingerprintAt(front.port)
    const kept = connect({ host: '127.0.0.1', port: front.port, rejectUnauthorized: false })
    await once(kept, 'secureConnect')
    const next = makeSelfSigned('localhost')
    front.useCertificate({ cert: next.certificate, key: next.privateKey, ca: undefined, ...TIMES })
    expect(await fingerprintAt(front.port)).not.toBe(before)
    kept.write('GET /kept HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    let answer = ''
    for await (const chunk of kept) answer += String(chunk)
    expect(answer).toContain('answer to /kept')
    // A certificate that OpenSSL refuses changes nothing.
    expect(() =>
      front.useCertificate({ cert: ours.cert, key: next.privateKey, ca: undefined, ...TIMES }),
    ).toThrow()
    expect(await fingerprintAt(front.port)).not.toBe(before)
  })
})

describe('client certificates', () => {
  const withClients = { ...ours, ca: authority }

  it('are told by their SHA-256 if an authority of the file signed them', async () => {
    const { port } = await open({ certificate: withClients })
    const client = read(made.api)
    expect(await ask(port, client)).toBe(200)
    const { X509Certificate } = await import('node:crypto')
    const { fingerprint256 } = new X509Certificate(client.cert)
    const expected = fingerprint256.replaceAll(':', '').toLowerCase()
    expect(got[0]?.connection.certificate).toBe(expected)
  })

  it.each([
    ['no certificate', {}],
    ['a certificate of another authority', read(made.stranger)],
  ])('are not needed, and count only if they are verified: %s', async (_, client) => {
    const { port } = await open({ certificate: withClients })
    expect(await ask(port, client)).toBe(200)
    expect(got[0]?.connection).toEqual({ ip: '127.0.0.1', tls: 'TLSv1.3' })
  })

  it('are asked for on every connection, because no session is resumed', async () => {
    const { port } = await open({ certificate: withClients })
    for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const) {
      let session: Buffer | undefined
      const options = { host: '127.0.0.1', port, ca: authority, servername: 'localhost' }
      const first = connect({ ...options, ...read(made.api), maxVersion })
      first.on('session', (ticket: Buffer) => {
        session = ticket
      })
      await once(first, 'secureConnect')
      first.write('GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
      first.resume()
      await once(first, 'close')
      if (session === undefined) continue
      const second = connect({ ...options, session, maxVersion })
      await once(second, 'secureConnect')
      expect(second.isSessionReused()).toBe(false)
      second.destroy()
    }
  })
})

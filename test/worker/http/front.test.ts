import { createExecutionContext } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import {
  FRONT_HEADER,
  type FrontConnection,
  formatFrontHeader,
} from '../../../src/protocol/self-hosted/front.ts'
import type { Env } from '../../../src/worker/env.ts'
import {
  readAddress,
  readContext,
  readProofContext,
} from '../../../src/worker/http/connection/connection.ts'
import worker from '../../../src/worker/index.ts'
import { deployment, GATEWAY } from '../support/gateway.ts'

const FRONT_KEY = 'k'.repeat(43)
const CERTIFICATE = 'ab'.repeat(32)
const CONNECTION = { ip: '203.0.113.7', tls: 'TLSv1.3', certificate: CERTIFICATE }

const behindFront = (change: object = {}): Env => ({
  ...deployment(),
  LOCAL_GATEWAY: 'true',
  FRONT_KEY,
  ...change,
})

function requestWith(header: string | undefined): Request {
  const headers: HeadersInit = header === undefined ? {} : { [FRONT_HEADER]: header }
  return new Request(`${GATEWAY}/token`, {
    method: 'POST',
    headers: { 'x-forwarded-for': '198.51.100.1', 'cf-connecting-ip': '198.51.100.1', ...headers },
    body: 'x',
  })
}

const said = (connection: FrontConnection = CONNECTION, key = FRONT_KEY) =>
  requestWith(formatFrontHeader(key, connection))

function readAll(request: Request, env: Env) {
  return {
    address: readAddress(request, env),
    context: readContext(request, env),
    certificate: readProofContext(request, env).certificateSha256,
  }
}

const NOTHING = { address: null, context: {}, certificate: undefined }

describe('behind the front of a self-hosted gateway', () => {
  it('the address, the version of TLS and the certificate are those that the front names', () => {
    expect(readAll(said(), behindFront())).toEqual({
      address: '203.0.113.7',
      context: { ip: '203.0.113.7', tls: 'TLSv1.3' },
      certificate: CERTIFICATE,
    })
  })

  it('there is no version of TLS and no certificate if the front did not end TLS', () => {
    expect(readAll(said({ ip: '2001:db8::1' }), behindFront())).toEqual({
      address: '2001:db8::1',
      context: { ip: '2001:db8::1' },
      certificate: undefined,
    })
  })

  it.each([
    ['no header', requestWith(undefined)],
    ['another key', said(CONNECTION, 'x'.repeat(43))],
    ['a shorter key', said(CONNECTION, FRONT_KEY.slice(1))],
    ['no key', said(CONNECTION, '')],
    ['an empty header', requestWith('')],
  ])('RULE-24 a request of another program of the machine has nothing: %s', (_, request) => {
    expect(readAll(request, behindFront())).toEqual(NOTHING)
  })

  it('RULE-24 without a key of a front, the header means nothing', () => {
    expect(readAll(said(), behindFront({ FRONT_KEY: undefined }))).toEqual(NOTHING)
    expect(readAll(said(CONNECTION, ''), behindFront({ FRONT_KEY: undefined }))).toEqual(NOTHING)
  })

  it('RULE-24 on Cloudflare, the header means nothing', () => {
    expect(readAll(said(), behindFront({ LOCAL_GATEWAY: 'false' }))).toEqual(NOTHING)
  })

  it('EXC-14 the limit counts each address, and requests without one together', async () => {
    const keys: string[] = []
    const RATE_LIMIT_ADDRESS = {
      limit: ({ key }: { key: string }) => {
        keys.push(key)
        return Promise.resolve({ success: false })
      },
    }
    for (const request of [said(), said({ ip: '2001:db8:1:2:3::4' }), requestWith(undefined)]) {
      const env = behindFront({ RATE_LIMIT_ADDRESS })
      expect((await worker.fetch(request, env, createExecutionContext())).status).toBe(429)
    }
    expect(keys).toEqual(['203.0.113.7', '2001:db8:1:2', 'local'])
  })
})

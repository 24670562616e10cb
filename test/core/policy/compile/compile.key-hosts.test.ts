import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { good, problemsOf, withIssuer } from '../support/documents.ts'

describe('key hosts', () => {
  const codes = (entry: object) =>
    problemsOf(withIssuer({ issuer: 'https://a.example', ...entry })).map(({ code }) => code)

  it.each([
    'keys.example.com',
    'keys.example.com:8443',
    'a-b.example',
    '127.0.0.1:7601',
    '[::1]:7601',
    'localhost:7601',
  ])('may be %s', (host) => expect(codes({ key_hosts: [host] })).toEqual([]))

  it.each([
    'https://keys.example.com',
    'keys.example.com/jwks',
    'user@keys.example.com',
    'Keys.example.com',
    '*.example.com',
    'keys.example.com:443',
    'keys.example.com:0443',
    'keys.example.com.',
    'keys',
    '10.0.0.1',
    '0x7f.1',
    '[fe80::1]',
    'keys.internal',
    'keys.local',
    'sts.example.com',
    'keys.example.com?x',
    'keys.example.com evil.test',
  ])('NET-03 may not be %s', (host) => {
    expect(codes({ key_hosts: [host] })).toEqual(['key_host_invalid'])
  })

  it('have a message that says what to write for the default port', () => {
    const entry = { issuer: 'https://a.example', key_hosts: ['keys.example.com:443'] }
    expect(problemsOf(withIssuer(entry)).map(({ message }) => message)).toEqual([
      'keys.example.com:443 must be a DNS name in lower case, with a port if it is not 443',
    ])
  })

  it('on loopback addresses require local issuers', () => {
    const document = withIssuer({ issuer: 'https://a.example', key_hosts: ['127.0.0.1:7601'] })
    const result = compileTrust(document, { ...CEILINGS, localIssuers: false })
    expect('problems' in result && result.problems.map(({ code }) => code)).toEqual([
      'key_host_invalid',
    ])
  })

  it('on loopback addresses may be beside a gateway on this machine', () => {
    const document = withIssuer({ issuer: 'https://a.example', key_hosts: ['127.0.0.1:7601'] })
    const result = compileTrust(document, { ...CEILINGS, gatewayIssuer: 'http://127.0.0.1:8787' })
    expect(result).not.toHaveProperty('problems')
  })

  it('cannot be combined with keys or a bundle endpoint', () => {
    const hosts = { key_hosts: ['keys.example.com'] }
    expect(codes({ ...hosts, keys: { jwks: { keys: [] } } })).toEqual(['key_hosts_misplaced'])
  })

  it('list the hosts of the provider profile first', () => {
    const document = {
      ...good,
      issuers: { g: { provider: 'google-service-account', key_hosts: ['keys.example.com'] } },
      rules: [],
    }
    const result = compileTrust(document, CEILINGS)
    expect(
      'trust' in result && result.trust.issuers.get('https://accounts.google.com'),
    ).toMatchObject({ keyHosts: ['www.googleapis.com', 'keys.example.com'] })
  })
})

import { describe, expect, it } from 'vitest'
import { readClient } from '../../../src/core/endpoint/client.ts'
import { parseForm } from '../../../src/core/endpoint/form.ts'

const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`

function read(authorization: string | undefined, form: Readonly<Record<string, string>> = {}) {
  const text = new URLSearchParams(form).toString()
  const contentType = 'application/x-www-form-urlencoded'
  const parsed = parseForm({ contentType, text, isTooLarge: false })
  if (!parsed.ok) throw new Error(parsed.error.reason)
  const client = readClient(parsed.value, authorization)
  return client.ok ? (client.value.clientId ?? 'nobody') : client.error.reason
}

describe('a client id', () => {
  it.each([
    ['with an empty secret', basic('deploy:'), 'deploy'],
    ['with the scheme in lower case', basic('deploy:').replace('Basic', 'basic'), 'deploy'],
    ['after several spaces', basic('deploy:').replace(' ', '   '), 'deploy'],
    ['percent-encoded', basic('https%3A%2F%2Fa.example:'), 'https://a.example'],
    ['with a plus, which means a space', basic('my+client:'), 'my client'],
    [
      'not encoded, as requests-oauthlib sends a URL',
      basic('https://a.example:'),
      'https://a.example',
    ],
    ['not encoded, a SPIFFE ID', basic('spiffe://a.example/b:'), 'spiffe://a.example/b'],
    ['with an empty id', basic(':'), 'nobody'],
  ])('TE-16 CA-01 is read from the header: %s', (_, header, name) =>
    expect(read(header)).toBe(name),
  )

  it('TE-17 is read from the form, with or without an empty secret', () => {
    expect(read(undefined, { client_id: 'deploy' })).toBe('deploy')
    expect(read(undefined, { client_id: 'deploy', client_secret: '' })).toBe('deploy')
    expect(read(undefined, { client_id: '' })).toBe('nobody')
  })

  it('has at most 256 characters, all of which may be percent-encoded in the header', () => {
    const longest = 'x'.repeat(256)
    expect(read(undefined, { client_id: longest })).toBe(longest)
    expect(read(basic(`${'%78'.repeat(256)}:`))).toBe(longest)
  })

  it('is read from both if they agree', () => {
    expect(read(basic('deploy:'), { client_id: 'deploy' })).toBe('deploy')
    expect(read(basic(':'), { client_id: 'deploy' })).toBe('deploy')
    // Clients that skip the encoding of RFC 6749 §2.3.1 send the same text in both places.
    expect(read(basic('a+b:'), { client_id: 'a+b' })).toBe('a+b')
  })

  it('EXC-01 is refused if form and header differ', () => {
    expect(read(basic('one:'), { client_id: 'two' })).toBe('client_ambiguous')
    expect(read(basic('one:'), { client_id: 'ONE' })).toBe('client_ambiguous')
  })

  it.each(['ä', 'a\nb', 'x'.repeat(257)])('is refused if it is %j', (name) => {
    expect(read(undefined, { client_id: name })).toBe('parameter_invalid')
  })
})

describe('client authentication', () => {
  it.each([
    ['a secret', basic('deploy:secret')],
    ['a secret without a name', basic(':secret')],
    ['a secret of one space', basic('deploy: ')],
    ['a colon as the secret', basic('deploy::')],
    ['a secret that ends in a colon', basic('deploy:secret:')],
    ['a secret after a URL', basic('https://a.example:secret')],
    ['a secret of a URL that ends in a colon', basic('https://a.example:secret:')],
    ['a secret of a client named https', basic('https:secret:')],
    ['no colon', basic('deploy')],
    ['bytes that are not text', `Basic ${Buffer.from([0xff, 0x3a]).toString('base64')}`],
    ['a control character', basic('de\nploy:')],
    ['a broken escape', basic('de%zzploy:')],
    ['an escape that is not UTF-8', basic('de%ffploy:')],
    ['no padding', basic('me1:').replaceAll('=', '')],
    ['base64url', `Basic ${Buffer.from('??>:').toString('base64url')}`],
    ['nothing', 'Basic'],
    ['only a space', 'Basic '],
    ['a tab', basic('deploy:').replace(' ', '\t')],
    ['two credentials', `${basic('deploy:')}, ${basic('deploy:')}`],
    ['a name of 1,000 letters', basic(`${'x'.repeat(1000)}:`)],
    ['another scheme', 'Digest username="deploy"'],
    ['a bearer token', 'Bearer a.b.c'],
    ['an empty header', ''],
  ])('TE-16 in the header is refused: %s', (_, header) => {
    expect(read(header)).toBe('client_authentication_refused')
    expect(read(header, { client_id: 'deploy' })).toBe('client_authentication_refused')
  })

  it.each(['client_secret', 'client_assertion', 'client_assertion_type'])(
    'TE-17 in the form is refused: %s',
    (name) => {
      expect(read(undefined, { [name]: 'x' })).toBe('client_authentication_unsupported')
      expect(read(basic('deploy:'), { [name]: 'x' })).toBe('client_authentication_unsupported')
    },
  )
})

/** Gateways and providers that try to make the command line do something else than log in. */
import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createScratch, runCli } from '../support/run.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})
const scratch = createScratch()
const environment = { HOME: scratch('home', '').replace(/home$/, '') }

/** A gateway that is its own provider. `change` is made to the metadata of the provider. */
async function startHostile(
  change: (url: string) => Readonly<Record<string, unknown>>,
  login: (url: string) => Readonly<Record<string, unknown>> = () => ({}),
): Promise<string> {
  const server = createServer((request, response) => {
    const answers: Readonly<Record<string, object>> = {
      '/admin/v1/login': {
        issuer: url,
        client_id: 'edgemint',
        scopes: ['openid'],
        resource: url,
        ...login(url),
      },
      '/.well-known/openid-configuration': {
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        ...change(url),
      },
      '/device': {
        device_code: 'x',
        user_code: 'BCDF-GHJK',
        verification_uri: 'http://idp.example.com/device',
        expires_in: 1,
        interval: 1,
      },
    }
    const body = answers[request.url ?? '']
    const refusal = { error: 'invalid_scope', error_description: '\u001b[2Jno' }
    response.writeHead(body === undefined ? 400 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? refusal))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const url = `http://127.0.0.1:${port}`
  return url
}

const logIn = (url: string, ...flags: readonly string[]) =>
  runCli(['login', '--url', url, '--wait', '1', ...flags], { environment })

describe('edgemint login', () => {
  it.each([
    ['file:///usr/bin/true'],
    ['javascript:alert(1)'],
    ['http://idp.example.com/authorize'],
    ['vscode://install'],
    ['--help'],
  ])('LGN-05 opens and prints no page at %s', async (authorization_endpoint) => {
    const url = await startHostile(() => ({ authorization_endpoint }))
    const { exitCode, stderr } = await logIn(url, '--browser')
    expect(exitCode).toBe(1)
    expect(stderr).toBe(
      'edgemint: the endpoint of the provider must be https; http is for loopback addresses only\n',
    )
  })

  it('LGN-05 shows no page of a device without TLS', async () => {
    const url = await startHostile(() => ({
      device_authorization_endpoint: 'http://idp.example.com/device',
    }))
    const { exitCode, stderr } = await logIn(url, '--device')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('must be https')
  })

  it('LGN-05 sends nobody to a page of a device without TLS', async () => {
    const url = await startHostile((own) => ({ device_authorization_endpoint: `${own}/device` }))
    const { exitCode, stderr } = await logIn(url, '--device')
    expect(exitCode).toBe(1)
    expect(stderr).toBe(
      'edgemint: the page of the provider must be https; http is for loopback addresses only\n',
    )
  })

  it('LGN-02 refuses metadata whose issuer has another spelling', async () => {
    const url = await startHostile((own) => ({ issuer: `${own}/` }))
    const { exitCode, stderr } = await logIn(url, '--browser')
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`the provider at ${url} names itself by another issuer URL`)
  })

  it('LGN-02 reads no metadata of a provider without TLS', async () => {
    const url = await startHostile(
      () => ({}),
      () => ({ issuer: 'http://idp.example.com' }),
    )
    const { exitCode, stderr } = await logIn(url)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('the issuer of the provider must be https')
  })

  it('LGN-04 exchanges no ID token for a token of another gateway', async () => {
    const url = await startHostile(
      () => ({}),
      () => ({ resource: 'https://sts.example.com' }),
    )
    const { exitCode, stderr } = await logIn(url)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('the issuer URL of this gateway is https://sts.example.com')
  })

  it.each([
    ['no client', { client_id: undefined }],
    ['scopes without openid', { scopes: ['email'] }],
    ['a scope of two words', { scopes: ['openid', 'a b'] }],
  ])('takes an answer with %s for no gateway', async (_, login) => {
    const url = await startHostile(
      () => ({}),
      () => login,
    )
    const { exitCode, stderr } = await logIn(url)
    expect(exitCode).toBe(3)
    expect(stderr).toContain('is not from a gateway')
  })

  it('says that a host without an answer is the login provider, and where other ways are', async () => {
    const issuer = 'http://127.0.0.1:9'
    const url = await startHostile(
      () => ({}),
      () => ({ issuer }),
    )
    const { exitCode, stderr } = await runCli(['login', '--url', url, '--device'], { environment })
    expect(exitCode).toBe(3)
    expect(stderr).toContain('edgemint: cannot reach 127.0.0.1:9')
    expect(stderr).toContain(
      `edgemint: hint: ${issuer} is the login provider of the gateway; other ways to administer it: docs/login.md\n`,
    )
  })

  it('ADM-13 escapes what a provider says', async () => {
    const url = await startHostile((own) => ({ device_authorization_endpoint: `${own}/refuse` }))
    const { exitCode, stderr } = await logIn(url, '--device')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('the provider refused the login: ')
    expect(stderr).toContain('(invalid_scope)')
    expect(stderr).not.toContain('\u001b')
  })
})

/** A gateway that ends TLS itself: new certificates under load, and tokens bound to a certificate. */
import { createHash, X509Certificate } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { decodeJwt } from 'jose'
import { makeSelfSigned } from '../../../test/support/self-signed.ts'
import type { Started } from '../../processes.ts'
import { type Certificate, makeCertificates } from '../certificates.ts'
import { expect, type Step, until } from './check.ts'
import { BOUND, exchangeForm, type Home, makeHome, readLog, startHome } from './world.ts'

export const TLS: readonly Step[] = [
  { name: 'TLS: new certificates under load, and bound tokens', run: checkTls },
]

type Asked = { readonly status: number; readonly body: string }

/** Asks at the address of the gateway with the name of its issuer. */
function ask(
  port: string,
  path: string,
  options: { readonly ca: string; readonly body?: string; readonly client?: Certificate },
): Promise<Asked> {
  const { ca, body, client } = options
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        servername: 'sts.example.com',
        headers: {
          host: 'sts.example.com',
          ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        port,
        path,
        ca,
        method: body === undefined ? 'GET' : 'POST',
        agent: false,
        ...(client === undefined
          ? {}
          : { cert: readFileSync(client.cert), key: readFileSync(client.key) }),
      },
      (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString()
        })
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
      },
    )
    asked.once('error', reject)
    asked.end(body)
  })
}

function fingerprintAt(port: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false })
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().fingerprint256)
      socket.destroy()
    })
  })
}

async function checkTls(scratch: string): Promise<string> {
  const home = await makeHome(join(scratch, 'tls'))
  const [first, second] = ['first', 'second'].map((name) => {
    const folder = join(home.folder, name)
    mkdirSync(folder)
    return makeCertificates(folder)
  })
  if (first === undefined || second === undefined) throw new Error('no certificates')
  const files = { cert: join(home.folder, 'tls.pem'), key: join(home.folder, 'tls.key') }
  const install = (pair: Certificate) => {
    copyFileSync(pair.key, files.key)
    copyFileSync(pair.cert, files.cert)
  }
  install(first.gateway)
  const ca = [first, second].map(({ authority }) => readFileSync(authority, 'utf8')).join('\n')
  const flags = [
    '--tls-cert',
    files.cert,
    '--tls-key',
    files.key,
    '--tls-client-ca',
    first.authority,
  ]
  const gateway = await startHome(home, ['--port', '0', ...flags, '--trust', home.trustFile])
  const { port, protocol } = new URL(String(gateway.ready.url))
  try {
    expect(protocol === 'https:', `the gateway is at ${gateway.ready.url}`)
    const ready = JSON.parse((await ask(port, '/ready', { ca })).body) as Ready
    expect(ready.status === 'ready' && ready.checks.certificate?.ready === true, 'not ready')
    const renewed = await renewUnderLoad(gateway, port, { ca, first, second, install })
    await refuseBadOnes(gateway, port, { files, ca })
    install(first.gateway)
    await checkBoundTokens(home, port, { ca, client: first.api, stranger: second.api })
    return `${renewed} requests without a failure while the certificate was changed twice`
  } finally {
    await gateway.stop()
  }
}

type Ready = {
  readonly status: string
  readonly checks: Readonly<Record<string, { readonly ready: boolean }>>
}
type Pairs = ReturnType<typeof makeCertificates>

/** Changes the certificate by its files alone, and then with SIGHUP. */
async function renewUnderLoad(
  gateway: Started,
  port: string,
  world: { ca: string; first: Pairs; second: Pairs; install: (pair: Certificate) => void },
): Promise<number> {
  const { ca, first, second, install } = world
  let requests = 0
  let isDone = false
  const clients = Array.from({ length: 4 }, async () => {
    while (!isDone) {
      const { status } = await ask(port, '/jwks.json', { ca })
      expect(status === 200, `status ${status} while the certificate changes`)
      requests += 1
    }
  })
  const before = await fingerprintAt(port)
  install(second.gateway)
  await until('a new certificate', async () => (await fingerprintAt(port)) !== before)
  install(first.gateway)
  process.kill(gateway.pid, 'SIGHUP')
  await until('the first one', async () => (await fingerprintAt(port)) === before)
  isDone = true
  await Promise.all(clients)
  return requests
}

async function refuseBadOnes(
  gateway: Started,
  port: string,
  { files, ca }: { readonly files: Certificate; readonly ca: string },
): Promise<void> {
  const before = await fingerprintAt(port)
  const ended = makeSelfSigned('sts.example.com', ['20200101000000Z', '20210101000000Z'])
  const other = makeSelfSigned('other.example.com')
  for (const [pair, sentence] of [
    [ended, 'ended on 2021-01-01T00:00:00Z'],
    [other, 'is not for sts.example.com, the host of the issuer'],
  ] as const) {
    writeFileSync(files.key, pair.privateKey)
    writeFileSync(files.cert, pair.certificate)
    process.kill(gateway.pid, 'SIGHUP')
    await until(`the refusal "${sentence}"`, () =>
      readLog(gateway.said()).some(
        ({ event, message }) =>
          event === 'certificate_refused' && String(message).includes(sentence),
      ),
    )
  }
  expect((await fingerprintAt(port)) === before, 'a bad certificate is in use')
  expect((await ask(port, '/ready', { ca })).status === 200, 'not ready')
}

async function checkBoundTokens(
  home: Home,
  port: string,
  pairs: { readonly ca: string; readonly client: Certificate; readonly stranger: Certificate },
): Promise<void> {
  const { ca, client, stranger } = pairs
  const issue = async (certificate: Certificate | undefined) => {
    const body = exchangeForm(await home.mint(), BOUND).toString()
    const asked = await ask(port, '/token', {
      ca,
      body,
      ...(certificate && { client: certificate }),
    })
    const { access_token: token } = JSON.parse(asked.body) as { access_token?: string }
    if (token === undefined) return undefined
    const { cnf } = decodeJwt<{ cnf?: { 'x5t#S256'?: string } }>(token)
    return cnf?.['x5t#S256']
  }
  const { raw } = new X509Certificate(readFileSync(client.cert))
  const thumbprint = createHash('sha256').update(raw).digest('base64url')
  expect((await issue(client)) === thumbprint, 'the token is not bound to the certificate')
  expect((await issue(stranger)) === undefined, 'a certificate that nobody verified gets a token')
  expect((await issue(undefined)) === undefined, 'a client without a certificate gets a token')
}

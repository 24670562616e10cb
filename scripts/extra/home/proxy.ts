/** nginx in front, with the configuration of `deploy/nginx.conf`. */
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { makeCertificates } from '../certificates.ts'
import { findTool } from '../proxies.ts'
import { expect, NotHere, type Step, until } from './check.ts'
import { exchangeForm, makeHome, startHome } from './world.ts'

export const PROXY: readonly Step[] = [{ name: 'nginx in front', run: checkNginx }]

const LIMIT = 30
/** The longest token that the gateway reads. */
const LONGEST = 16_384
const VERIFY = '/verify?resource=https%3A%2F%2Fapi.example.com&proof=forwarded'

async function checkNginx(scratch: string): Promise<string> {
  if (!findTool('nginx')) throw new NotHere('nginx is not installed')
  const home = await makeHome(join(scratch, 'nginx'))
  chmodSync(scratch, 0o755)
  const certificates = makeCertificates(home.folder)
  const flags = ['--port', '0', '--behind-proxy', '127.0.0.1', '--trust', home.trustFile]
  const gateway = await startHome(home, [...flags, '--rate-limit-address', `${LIMIT}/60`])
  const port = await freePort()
  const nginx = startNginx(home.folder, {
    port,
    gatewayPort: new URL(String(gateway.ready.url)).port,
    ...certificates.gateway,
  })
  const ca = readFileSync(certificates.authority, 'utf8')
  const ask = (path: string, from: string, body?: string, spoofed = '9.9.9.9', token?: string) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const asked = request(
        {
          ...{
            host: '127.0.0.1',
            localAddress: from,
            servername: 'sts.example.com',
            port,
            path,
            ca,
          },
          headers: {
            host: 'sts.example.com',
            'x-forwarded-for': spoofed,
            ...(token === undefined ? {} : { authorization: `Bearer ${token}`, dpop: token }),
            ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          },
          method: body === undefined ? 'GET' : 'POST',
          agent: false,
        },
        (response) => {
          let text = ''
          response.on('data', (chunk: Buffer) => {
            text += chunk.toString()
          })
          response.once('end', () => resolve({ status: response.statusCode ?? 0, text }))
        },
      )
      asked.once('error', reject)
      asked.end(body)
    })
  try {
    await until('nginx', async () => {
      const found = await ask('/ready', '127.0.0.1').catch(() => undefined)
      return found?.status === 200
    })
    const form = exchangeForm(await home.mint()).toString()
    const granted = await ask('/token', '127.0.0.3', form)
    expect(granted.status === 200, `an exchange through nginx: ${granted.status} ${granted.text}`)
    // Each request names another address, and one connection address is counted.
    let refused = 0
    for (let time = 0; time <= 2 * LIMIT; time += 1) {
      const { status } = await ask('/token', '127.0.0.4', form, `203.0.113.${time}`)
      if (status === 429) refused += 1
    }
    expect(refused > 0, 'a client that names other addresses is not limited')
    const other = await ask('/token', '127.0.0.5', form)
    expect(other.status === 200, `another client is limited too: ${other.status}`)
    const long = await ask(VERIFY, '127.0.0.6', undefined, '9.9.9.9', 'a'.repeat(LONGEST))
    expect(long.status === 401, `a long token and its proof: ${long.status} ${long.text}`)
    const ready = await ask('/ready', '127.0.0.4')
    expect(ready.status === 403, `/ready from elsewhere answers ${ready.status}`)
    return `${refused} requests refused, and none of another client`
  } finally {
    nginx.kill('SIGTERM')
    await gateway.stop()
  }
}

type Places = {
  readonly port: number
  readonly gatewayPort: string
  readonly cert: string
  readonly key: string
}

function startNginx(folder: string, { port, gatewayPort, cert, key }: Places) {
  const server = readFileSync(join(import.meta.dirname, '../../../deploy/nginx.conf'), 'utf8')
    .replace('127.0.0.1:8787', `127.0.0.1:${gatewayPort}`)
    .replace('listen 443 ssl', `listen 0.0.0.0:${port} ssl`)
    .replace('/etc/edgemint/tls/fullchain.pem', cert)
    .replace('/etc/edgemint/tls/privkey.pem', key)
  const temporary = join(folder, 'nginx')
  mkdirSync(temporary)
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(temporary, name)};`)
    .join('\n')
  const log = join(temporary, 'error.log')
  const main = `daemon off; pid ${join(temporary, 'pid')}; error_log ${log};
events {}
http { access_log off; ${paths}
${server}
}
`
  const path = join(folder, 'nginx.conf')
  writeFileSync(path, main)
  return spawn('nginx', ['-c', path, '-e', log], { stdio: 'inherit' })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

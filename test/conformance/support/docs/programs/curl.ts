/**
 * A small curl with the flags that the docs use, for machines without curl. Refuses other flags.
 * `DOCS_HOSTS` redirects hosts to servers of the test, like `--connect-to` of curl.
 */
import { readFileSync } from 'node:fs'
import { request as ask } from 'node:http'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    silent: { type: 'boolean', short: 's' },
    'show-error': { type: 'boolean', short: 'S' },
    fail: { type: 'boolean', short: 'f' },
    location: { type: 'boolean', short: 'L' },
    include: { type: 'boolean', short: 'i' },
    request: { type: 'string', short: 'X' },
    header: { type: 'string', short: 'H', multiple: true },
    data: { type: 'string', short: 'd', multiple: true },
    'data-urlencode': { type: 'string', multiple: true },
    'unix-socket': { type: 'string' },
    config: { type: 'string', short: 'K' },
  },
})

const read = (path: string) => readFileSync(path === '-' ? 0 : path, 'utf8')

const CONFIG_LINE = /^(header|data|data-urlencode) = "([^"]*)"$/gm
for (const [, name, value = ''] of (values.config === undefined
  ? ''
  : read(values.config)
).matchAll(CONFIG_LINE)) {
  const flag = name as 'header' | 'data' | 'data-urlencode'
  values[flag] = [...(values[flag] ?? []), value]
}

const encoded = (values['data-urlencode'] ?? []).map((pair) => {
  const [, name = '', mark, content = ''] = /^(\w*)([=@])([\s\S]*)$/.exec(pair) ?? []
  const value = mark === '@' ? read(content) : content
  return `${name}=${encodeURIComponent(value)}`
})
const parts = [...(values.data ?? []), ...encoded]
const body = parts.length > 0 ? parts.join('&') : null
const headers = new Headers()
if (body !== null) headers.set('content-type', 'application/x-www-form-urlencoded')
for (const written of values.header ?? []) {
  const header = written.startsWith('@') ? read(written.slice(1)) : written
  const colon = header.indexOf(':')
  headers.set(header.slice(0, colon), header.slice(colon + 1).trim())
}
const method = values.request ?? (body === null ? 'GET' : 'POST')
const address = findAddress(positionals[0] ?? '')
const socket = values['unix-socket']
const response = await (socket === undefined
  ? fetch(address, { method, headers, body })
  : askSocket(socket))
if (values.include === true) {
  process.stdout.write(`HTTP/1.1 ${response.status}\n`)
  for (const [name, value] of response.headers) process.stdout.write(`${name}: ${value}\n`)
  process.stdout.write('\n')
}
const failed = values.fail === true && !response.ok
if (failed)
  process.stderr.write(`curl: (22) The requested URL returned error: ${response.status}\n`)
else process.stdout.write(await response.text())
process.exitCode = failed ? 22 : 0

function findAddress(url: string): string {
  const hosts = JSON.parse(process.env.DOCS_HOSTS ?? '{}') as Readonly<Record<string, string>>
  const known = Object.entries(hosts).find(([host]) => url.startsWith(`${host}/`))
  return known === undefined ? url : url.replace(...known)
}

function askSocket(socketPath: string): Promise<Response> {
  const { pathname, search } = new URL(address)
  const fields = Object.fromEntries(headers)
  const options = { socketPath, path: `${pathname}${search}`, method, headers: fields }
  return new Promise((resolve, reject) => {
    const request = ask(options, async (answer) => {
      resolve(new Response(await text(answer), { status: answer.statusCode ?? 0 }))
    })
    request.once('error', reject)
    request.end(body ?? '')
  })
}

/**
 * As much of curl as the docs use, for machines that have none. A flag that is not here is a
 * mistake in the docs, or a row to add. `https://api.example.com` is the API of the test, as
 * curl's own `--connect-to` would have it.
 */
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    silent: { type: 'boolean', short: 's' },
    'show-error': { type: 'boolean', short: 'S' },
    fail: { type: 'boolean', short: 'f' },
    include: { type: 'boolean', short: 'i' },
    request: { type: 'string', short: 'X' },
    header: { type: 'string', short: 'H', multiple: true },
    data: { type: 'string', short: 'd', multiple: true },
    'data-urlencode': { type: 'string', multiple: true },
  },
})

const encoded = (values['data-urlencode'] ?? []).map((pair) => {
  const equals = pair.indexOf('=')
  return `${pair.slice(0, equals)}=${encodeURIComponent(pair.slice(equals + 1))}`
})
const parts = [...(values.data ?? []), ...encoded]
const body = parts.length > 0 ? parts.join('&') : null
const headers = new Headers()
if (body !== null) headers.set('content-type', 'application/x-www-form-urlencoded')
for (const header of values.header ?? []) {
  const colon = header.indexOf(':')
  headers.set(header.slice(0, colon), header.slice(colon + 1).trim())
}
const method = values.request ?? (body === null ? 'GET' : 'POST')
const address = (positionals[0] ?? '').replace('https://api.example.com', apiUrl())
const response = await fetch(address, { method, headers, body })
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

function apiUrl(): string {
  return process.env.DOCS_API ?? 'https://api.example.com'
}

/**
 * As much of curl as the README uses, for machines that have none: POST with `-d` and
 * `--data-urlencode`, headers with `-H`, quiet with `-s`. Anything else is a mistake here.
 */
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    silent: { type: 'boolean', short: 's' },
    header: { type: 'string', short: 'H', multiple: true },
    data: { type: 'string', short: 'd', multiple: true },
    'data-urlencode': { type: 'string', multiple: true },
  },
})

const encoded = (values['data-urlencode'] ?? []).map((pair) => {
  const equals = pair.indexOf('=')
  return `${pair.slice(0, equals)}=${encodeURIComponent(pair.slice(equals + 1))}`
})
const headers = new Headers({ 'content-type': 'application/x-www-form-urlencoded' })
for (const header of values.header ?? []) {
  const colon = header.indexOf(':')
  headers.set(header.slice(0, colon), header.slice(colon + 1).trim())
}
const body = [...(values.data ?? []), ...encoded].join('&')
const response = await fetch(positionals[0] ?? '', { method: 'POST', headers, body })
process.stdout.write(await response.text())

/**
 * Writes docs/endpoints.md from the table of endpoints. A test compares the two; run this after a
 * change: `node scripts/endpoint-docs.ts`.
 */
import { writeFileSync } from 'node:fs'
import * as z from 'zod/mini'

export const ENDPOINT_DOCS = new URL('../docs/endpoints.md', import.meta.url)

type Body = { readonly contentType: string; readonly schema?: z.core.$ZodType }

/** A row as the page shows it. The Worker's own type needs the types of the platform. */
type Endpoint = {
  readonly path: string
  readonly methods: readonly string[] | 'any'
  readonly isTree?: true
  readonly summary: string
  readonly authentication: string
  readonly limit: 'address' | 'none'
  readonly cors: 'any_origin' | 'none'
  readonly cache: number | 'by_route'
  readonly isAlwaysServed?: true
  readonly request?: Body
  readonly response?: Body
}

const TABLE = new URL('../src/worker/endpoints.ts', import.meta.url)

/** Returns the expected page. */
export async function renderEndpointDocs(): Promise<string> {
  const { ENDPOINTS } = (await import(TABLE.href)) as { ENDPOINTS: readonly Endpoint[] }
  return [
    '# Endpoints',
    '',
    'Every path of a gateway, below its issuer URL. This page is generated from the table that the Worker mounts.',
    '',
    '| endpoint | what it does | authentication | limit by address | pages of any origin | cached |',
    '|---|---|---|---|---|---|',
    ...ENDPOINTS.map(renderEndpoint),
    '',
    '- A request with another method gets 405, and `Allow` lists the methods that the path serves. GET includes HEAD. A request for any other path gets 404.',
    '- **Authentication**: the endpoint itself verifies a *subject token* or an *issued token*, as its page describes. A scope means a valid token with that scope, which this gateway issued for itself. Without it the answer is 401 or 403 ([errors.md](errors.md#the-admin-api)).',
    '- **Limit by address** counts requests before the body is read ([limits.md](limits.md#the-rate-limits-of-a-deployment)). Forward auth has no such limit, because all clients of a proxy share its few addresses.',
    '- **Cached** is how long any cache may keep the answer. An endpoint without a time answers with `no-store`. `/verify` is an exception ([forward-auth.md](forward-auth.md)).',
    '- While a setting is invalid, only the endpoints marked ° are served. The others answer 503.',
    '- `/.well-known/oauth-authorization-server` of an issuer with a path is between its host and its path (RFC 8414 §3.1). `/health` is at the root of the host too.',
    '',
    '## Bodies',
    '',
    '| endpoint | request | response |',
    '|---|---|---|',
    ...ENDPOINTS.filter(
      ({ request, response }) => request !== undefined || response !== undefined,
    ).map(
      (endpoint) =>
        `| ${nameOf(endpoint)} | ${renderBody(endpoint.request)} | ${renderBody(endpoint.response)} |`,
    ),
    '',
    'Error answers of the admin API are `application/problem+json`.',
    '',
  ].join('\n')
}

function renderEndpoint(endpoint: Endpoint): string {
  const { summary, authentication, limit, cors, cache, isAlwaysServed } = endpoint
  const cells = [
    `${nameOf(endpoint)}${isAlwaysServed ? ' °' : ''}`,
    summary,
    /^[a-z]+:/.test(authentication) ? `\`${authentication}\`` : authentication.replace('_', ' '),
    limit === 'address' ? 'yes' : 'no',
    cors === 'any_origin' ? 'may read it' : 'no',
    cache === 'by_route' ? '–' : `${cache} s`,
  ]
  return `| ${cells.join(' | ')} |`
}

function nameOf({ path, methods, isTree }: Endpoint): string {
  const name = methods === 'any' ? path : `${methods.join(', ')} ${path}`
  return isTree ? `\`${name}\`, \`${path}/…\`` : `\`${name}\``
}

/** Returns the content type, and the members if there is a schema. */
function renderBody(body: Body | undefined): string {
  if (body === undefined) return '–'
  const type = `\`${body.contentType}\``
  if (body.schema === undefined) return type
  const { properties = {} } = z.toJSONSchema(body.schema, { io: 'input', unrepresentable: 'any' })
  return `${type}: ${Object.keys(properties)
    .map((name) => `\`${name}\``)
    .join(', ')}`
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(ENDPOINT_DOCS, await renderEndpointDocs())
}

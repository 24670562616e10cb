/**
 * A stand-in for the part of Cloudflare's API that wrangler calls for a deployment. It keeps what is
 * uploaded, and records every request, so that a test can compare them with what a command announced.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

type ApiRequest = { readonly method: string; readonly path: string }

export type CloudflareStandIn = {
  /** For the environment of wrangler. */
  readonly environment: Readonly<Record<string, string>>
  /** Every request so far, oldest first. */
  readonly requests: ApiRequest[]
  /** By the title of the namespace. */
  readonly namespaces: Map<string, string>
  /** The secrets of the Worker, by name. */
  readonly secrets: Map<string, string>
  /** The metadata of each upload of the Worker, oldest first. */
  readonly uploads: Upload[]
  /** Refuses the next request that matches. */
  failOnce: (method: string, path: RegExp) => void
  readonly close: () => Promise<void>
}

type Binding = { readonly type: string; readonly name: string; readonly text?: string }
type Upload = {
  readonly main_module: string
  readonly bindings: readonly Binding[]
  readonly migrations?: { readonly new_tag?: string }
}

const ACCOUNT = 'ac0c0000000000000000000000000000'
const SCRIPT = /^\/accounts\/[^/]+\/workers\/(?:scripts|services|workers)\/([^/]+)/

type Answer = { readonly status?: number; readonly result: unknown; readonly code?: number }

export async function startCloudflare(): Promise<CloudflareStandIn> {
  const requests: ApiRequest[] = []
  const namespaces = new Map<string, string>()
  const secrets = new Map<string, string>()
  const uploads: Upload[] = []
  const assets = new Set<string>()
  const failures: { readonly method: string; readonly path: RegExp }[] = []

  function createNamespace(body: string): Answer {
    const { title } = JSON.parse(body) as { title: string }
    const id = String(namespaces.size + 1).padStart(32, '0')
    namespaces.set(title, id)
    return { result: { id, title } }
  }

  /** Asks for the files that were never uploaded, all in one bucket. */
  function openAssetSession(body: Buffer): Answer {
    const { manifest } = JSON.parse(body.toString()) as {
      manifest: Record<string, { hash: string }>
    }
    const hashes = Object.values(manifest).map(({ hash }) => hash)
    const bucket = hashes.filter((hash) => !assets.has(hash))
    for (const hash of bucket) assets.add(hash)
    return { result: { jwt: 'session', buckets: bucket.length === 0 ? [] : [bucket] } }
  }

  function storeUpload(metadata: Upload): Answer {
    uploads.push(metadata)
    for (const { type, name, text } of metadata.bindings) {
      if (type === 'secret_text') secrets.set(name, text ?? '')
    }
    return {
      result: { id: 'edgemint', startup_time_ms: 1, deployment_id: 'd1', ...SCRIPT_FACTS },
    }
  }

  function answerScript(method: string, rest: string, body: Buffer, type: string): Answer {
    const isUpload = rest === '' ? method === 'PUT' : rest === '/versions' && method === 'POST'
    if (isUpload) return storeUpload(readMetadata(body, type))
    if (rest === '/assets-upload-session') return openAssetSession(body)
    if (uploads.length === 0) return { status: 404, code: 10_007, result: null }
    if (rest === '/secrets' && method === 'PUT') {
      const { name, text } = JSON.parse(body.toString()) as { name: string; text: string }
      secrets.set(name, text)
      return { result: { name, type: 'secret_text' } }
    }
    if (rest === '/secrets') {
      return { result: [...secrets.keys()].map((name) => ({ name, type: 'secret_text' })) }
    }
    if (rest === '/deployments' && method === 'POST') return { result: { id: 'd1' } }
    if (rest === '/deployments') return { result: { deployments: [DEPLOYMENT] } }
    if (rest === '/settings') return { result: { bindings: [], migration_tag: 'v6' } }
    if (rest === '/subdomain') return { result: { enabled: false, previews_enabled: false } }
    if (rest === '/domains/changeset') return { result: NO_CONFLICT }
    return { result: SERVICE }
  }

  function answer(request: IncomingMessage, path: string, body: Buffer): Answer {
    const { method = '' } = request
    const script = SCRIPT.exec(path)
    if (script !== null) {
      const rest = path.slice(script[0].length)
      return answerScript(method, rest, body, request.headers['content-type'] ?? '')
    }
    const own = path.replace(/^\/accounts\/[^/]+/, '')
    if (path === '/user/tokens/verify') return { result: { id: 'token', status: 'active' } }
    if (path === '/user') return { result: { id: 'user', email: 'deployer@example.com' } }
    if (path === '/accounts') return { result: [{ id: ACCOUNT, name: 'Example' }] }
    if (path === '/memberships') {
      return { result: [{ id: 'member', account: { id: ACCOUNT, name: 'Example' } }] }
    }
    if (own === '/storage/kv/namespaces') {
      if (method === 'POST') return createNamespace(body.toString())
      return { result: [...namespaces].map(([title, id]) => ({ id, title })) }
    }
    if (own === '/workers/assets/upload') return { status: 201, result: { jwt: 'completed' } }
    if (own.startsWith('/workers/')) return { result: [] }
    if (path === '/zones') return { result: [{ id: 'zone', name: 'example.com' }] }
    return { status: 404, code: 7003, result: null }
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '' } = request
    const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://api')
    requests.push({ method, path })
    const failing = failures.findIndex((one) => one.method === method && one.path.test(path))
    const [failure] = failing === -1 ? [] : failures.splice(failing, 1)
    const given =
      failure === undefined
        ? answer(request, path, Buffer.concat(chunks))
        : { status: 403, code: 10_000, result: null }
    const { status = 200, code = 0 } = given
    // wrangler asks for pages of a list until one is empty.
    const isFirst = Number(searchParams.get('page') ?? '1') === 1
    const result = Array.isArray(given.result) && !isFirst ? [] : given.result
    const isDone = status < 400
    const errors = isDone ? [] : [{ code, message: 'refused by the stand-in' }]
    response.writeHead(status, { 'content-type': 'application/json' })
    const count = Array.isArray(result) ? result.length : 0
    const page = { page: 1, per_page: 100, count, total_count: count, total_pages: 1 }
    response.end(
      JSON.stringify({ success: isDone, errors, messages: [], result, result_info: page }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    environment: {
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${port}`,
      CLOUDFLARE_API_TOKEN: 'token-of-the-stand-in',
      CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
      WRANGLER_SEND_METRICS: 'false',
    },
    requests,
    namespaces,
    secrets,
    uploads,
    failOnce: (method, path) => failures.push({ method, path }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const SCRIPT_FACTS = {
  etag: 'etag',
  pipeline_hash: 'hash',
  mutable_pipeline_id: 'pipeline',
  resources: { script: { etag: 'etag' }, script_runtime: {} },
}
const NO_CONFLICT = { added: [], removed: [], updated: [], conflicting: [] }
const DEPLOYMENT = {
  id: 'd1',
  source: 'wrangler',
  strategy: 'percentage',
  author_email: 'deployer@example.com',
  created_on: '2026-11-29T00:00:00Z',
  versions: [{ version_id: 'v1', percentage: 100 }],
}
const SERVICE = {
  id: 'edgemint',
  subdomain: { enabled: false, previews_enabled: false },
  default_environment: {
    environment: 'production',
    script: { id: 'edgemint', last_deployed_from: 'wrangler', migration_tag: 'v6' },
  },
}

/** The first part of the form is the metadata, as JSON. */
function readMetadata(body: Buffer, type: string): Upload {
  const boundary = /boundary=(.+)$/.exec(type)?.[1] ?? ''
  const text = body.toString('latin1')
  const [, part = ''] = text.split(`--${boundary}`)
  return JSON.parse(part.slice(part.indexOf('\r\n\r\n') + 4)) as Upload
}

/**
 * A small Worker beside the gateway through which `serve` uses its objects. It stores a document as
 * the next revision without an admin token, reads the counters of `/metrics`, and makes the gateway
 * write what it holds before it ends. Miniflare listens on a port of this machine through which other
 * programs can reach every Worker. This Worker therefore requires a key, which the process makes at
 * its start.
 */

export const OWNER_HOST = 'owner.invalid'
export const OWNER_KEY_HEADER = 'x-owner-key'
export const COUNTERS_PATH = '/counters'
export const FLUSH_PATH = '/flush'

export const TRUST_OWNER = `
const encoder = new TextEncoder()

function isOwner(request, env) {
  const given = encoder.encode(request.headers.get('${OWNER_KEY_HEADER}') ?? '')
  const key = encoder.encode(env.OWNER_KEY)
  return given.byteLength === key.byteLength && crypto.subtle.timingSafeEqual(given, key)
}

// JSON has no undefined: an empty list is a shard that does not answer.
async function readShard(env, shard) {
  try {
    return [await env.DECISION_LOG.getByName('decisions-' + shard).counters()]
  } catch {
    return []
  }
}

// The first shard knows of shards beyond DECISION_SHARDS. It counts as down if it does not answer.
async function readShards(env, count) {
  if (env.DECISION_LOG === undefined) return []
  const known = await env.DECISION_LOG.getByName('decisions-0').countShards().catch(() => 0)
  const shards = Array.from({ length: Math.max(count, known) }, (_, shard) => shard)
  return Promise.all(shards.map((shard) => (known === 0 && shard === 0 ? [] : readShard(env, shard))))
}

async function readFacts(store, env, count) {
  const [{ revision }, { issuers }, shards] = await Promise.all([
    store.currentDocument(),
    store.issuerFacts(),
    readShards(env, count),
  ])
  return { revision, keySets: issuers, shards }
}

export default {
  async fetch(request, env) {
    if (!isOwner(request, env)) return new Response(null, { status: 403 })
    const store = env.TRUST_STORE.getByName('trust')
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '${FLUSH_PATH}') return Response.json({ left: await env.LIFECYCLE.flush() })
    if (pathname === '${COUNTERS_PATH}') {
      return Response.json(await readFacts(store, env, Number(searchParams.get('shards'))))
    }
    if (request.method === 'GET') {
      const { revision } = await store.currentDocument()
      return Response.json({ revision })
    }
    const { json, author } = await request.json()
    const bytes = encoder.encode(json)
    for (;;) {
      const { revision } = await store.currentDocument()
      const result = await store.putDocument({ bytes, author, ifRevision: revision })
      if (result.kind !== 'stale') return Response.json(result)
    }
  },
}
`

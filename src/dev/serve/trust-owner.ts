/**
 * A small Worker beside the gateway through which `serve` uses the trust store. It stores a
 * document as the next revision without an admin token. Miniflare listens on a port of this machine
 * through which other programs can reach every Worker. This Worker therefore requires a key, which
 * the process makes at its start.
 */

export const OWNER_HOST = 'owner.invalid'
export const OWNER_KEY_HEADER = 'x-owner-key'

export const TRUST_OWNER = `
const encoder = new TextEncoder()

function isOwner(request, env) {
  const given = encoder.encode(request.headers.get('${OWNER_KEY_HEADER}') ?? '')
  const key = encoder.encode(env.OWNER_KEY)
  return given.byteLength === key.byteLength && crypto.subtle.timingSafeEqual(given, key)
}

export default {
  async fetch(request, env) {
    if (!isOwner(request, env)) return new Response(null, { status: 403 })
    const store = env.TRUST_STORE.getByName('trust')
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

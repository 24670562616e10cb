/**
 * The machine's owner at the trust store: a Worker of a few lines that runs beside the gateway. It
 * stores a document as the next revision without an admin token, which on one machine would prove
 * nothing. Miniflare has an address of its own on this machine, and whoever finds it can name any
 * Worker behind it; so this one obeys only who knows the key that the process made at its start.
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

/**
 * The machine's owner at the trust store: a Worker of a few lines that runs beside the gateway and
 * can be reached only from the process that started both. It stores a document as the next
 * revision without an admin token, which on one machine would prove nothing.
 */

export const TRUST_OWNER = `
export default {
  async fetch(request, env) {
    const store = env.TRUST_STORE.getByName('trust')
    if (request.method === 'GET') {
      const { revision } = await store.currentDocument()
      return Response.json({ revision })
    }
    const { json, author } = await request.json()
    for (;;) {
      const { revision } = await store.currentDocument()
      const result = await store.putDocument({ json, author, ifRevision: revision })
      if (result.kind !== 'stale') return Response.json(result)
    }
  },
}
`

/** Requests for another protocol: only a GET may open a WebSocket, and nothing else is asked for. */
import { expect, test } from 'vitest'
import { API, ask, bearer, startEdgeWorld } from './support/world.ts'

const { newEdge, mint } = await startEdgeWorld()

test('a request without a body has no length of one, and asks for no other protocol', async () => {
  const requests: Request[] = []
  const binding = {
    fetch: async (request: Request) => {
      requests.push(request)
      return new Response()
    },
  }
  const edge = newEdge({ origin: binding })
  const token = await mint()
  for (const upgrade of ['h2c', 'WebSocket']) {
    await ask(edge, '/deployments', bearer(token, { 'content-length': '5', upgrade }))
  }
  const read = ({ headers }: Request) => [headers.get('content-length'), headers.get('upgrade')]
  expect(requests.map(read)).toEqual([
    [null, null],
    [null, 'websocket'],
  ])
})

test.each(['POST', 'HEAD', 'DELETE', 'OPTIONS'])('%s opens no WebSocket', async (method) => {
  const upgrades: (string | null)[] = []
  const binding = {
    fetch: async ({ headers }: Request) => {
      upgrades.push(headers.get('upgrade'))
      return new Response()
    },
  }
  const edge = newEdge({
    origin: binding,
    routes: [
      { path: '/hooks', public: true },
      { path: '/deployments', methods: ['GET'], scopes: [], preflight: 'pass' },
    ],
  })
  const upgrade = 'websocket'
  await edge.fetch(new Request(`${API}/hooks`, { method, headers: { upgrade } }))
  const preflight = { upgrade, origin: 'https://a.example', 'access-control-request-method': 'GET' }
  const asked = { method: 'OPTIONS', headers: preflight }
  await edge.fetch(new Request(`${API}/deployments`, asked))
  expect(upgrades).toEqual([null, null])
})

test('the answer to a WebSocket upgrade is returned as it is', async () => {
  const upgraded = Object.defineProperty(new Response(), 'status', { value: 101 })
  const edge = newEdge({ origin: { fetch: async () => upgraded } })
  expect(await ask(edge, '/deployments', bearer(await mint()))).toBe(upgraded)
})

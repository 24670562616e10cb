/**
 * Runs the example API (examples/protected-api) as a process for the demo: the same Hono app that
 * runs as a Worker, on node:http. Prints one JSON line when it listens.
 */
import { createServer } from 'node:http'
import api from '../examples/protected-api/index.ts'

const environment = { ISSUER: process.env.ISSUER ?? '', AUDIENCE: process.env.AUDIENCE ?? '' }

const server = createServer(async (request, response) => {
  const url = `http://${request.headers.host}${request.url}`
  const headers = new Headers(request.headers as Record<string, string>)
  const answer = await api.fetch(
    new Request(url, { method: request.method ?? 'GET', headers }),
    environment,
  )
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  response.end(await answer.text())
})

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`)
})

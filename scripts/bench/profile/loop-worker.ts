/**
 * A Worker around another one that calls its handler many times for one request. The difference
 * between the CPU time of an exchange over HTTP and that of one in the loop is what workerd does
 * for HTTP. The forms come as lines, and are used in turn.
 */
export const LOOP_WORKER = `
import worker from './index.js'
export * from './index.js'
const HEADERS = { 'content-type': 'application/x-www-form-urlencoded' }

export default {
  async fetch(request, env, context) {
    const url = new URL(request.url)
    if (url.pathname !== '/loop') return worker.fetch(request, env, context)
    const bodies = (await request.text()).split('\\n')
    const count = Number(url.searchParams.get('count'))
    for (let index = 0; index < count; index += 1) {
      const body = bodies[index % bodies.length]
      const headers = { ...HEADERS, host: url.host, 'content-length': String(body.length) }
      const one = new Request(url.origin + '/token', { method: 'POST', body, headers })
      const answer = await worker.fetch(one, env, context)
      await answer.text()
      if (answer.status !== Number(url.searchParams.get('status'))) return answer
    }
    return new Response('done')
  },
}
`

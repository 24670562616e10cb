/**
 * A Worker around another one that calls its handler many times for one request. The difference
 * between the CPU time of an exchange over HTTP and that of one in the loop is what workerd does
 * for HTTP. The forms come as lines, and are used in turn.
 */
export const LOOP_WORKER = `
import worker from './index.js'
export * from './index.js'
const HEADERS = { 'content-type': 'application/x-www-form-urlencoded' }

function real(url, body, headers) {
  return new Request(url.origin + '/token', { method: 'POST', body, headers })
}

// With an inspector, workerd reports each form that is read as text, which costs more than a station.
function plain(url, body, headers) {
  const { method, headers: own, url: at } = new Request(url.origin + '/token', { method: 'POST', headers })
  const source = new Response(body)
  return { method, url: at, headers: own, cf: undefined, body: null, text: () => source.text() }
}

export default {
  async fetch(request, env, context) {
    const url = new URL(request.url)
    if (url.pathname !== '/loop') return worker.fetch(request, env, context)
    const isProfiled = url.searchParams.has('profiled')
    const bodies = (await request.text()).split('\\n')
    const count = Number(url.searchParams.get('count'))
    for (let index = 0; index < count; index += 1) {
      const body = bodies[index % bodies.length]
      const headers = { ...HEADERS, host: url.host, 'content-length': String(body.length) }
      const answer = await worker.fetch(isProfiled ? plain(url, body, headers) : real(url, body, headers), env, context)
      await answer.text()
      if (answer.status !== Number(url.searchParams.get('status'))) return answer
    }
    return new Response('done')
  },
}
`

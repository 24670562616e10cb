/** The page of a failed sign-in: the style sheet of the console, and what it does without the files. */
import { beforeAll, expect, it } from 'vitest'
import { type ASSETS, STYLE, sentenceOf, startConsole } from '../support/console.ts'

let gateway: Awaited<ReturnType<typeof startConsole>>

beforeAll(async () => {
  gateway = await startConsole()
})

const REFUSED = '/console/login?return_to=/'

it.each([REFUSED, '/console/callback'])(
  '%s has the style sheet of the console and nothing inline',
  async (path) => {
    const response = await gateway.send(path)
    expect(response.status).toBe(400)
    expect(response.headers.get('content-security-policy')).toContain("style-src 'self';")
    const html = await response.text()
    expect(html).toContain(`\n<link rel="stylesheet" href="/console/assets/${STYLE}">\n`)
    expect(html).toContain('<main class="gate">')
    expect(html).not.toMatch(/<script|<style|\sstyle=/)
  },
)

it('has it below the path of the issuer', async () => {
  const { send } = await startConsole({ ISSUER: 'http://127.0.0.1:8790/tenant' })
  const html = await (await send(`/tenant${REFUSED}`)).text()
  expect(html).toContain(`href="/tenant/console/assets/${STYLE}"`)
})

const assets = (fetch: () => Promise<Response>) => ({ fetch }) as unknown as typeof ASSETS

it.each([
  ['the binding is missing', undefined],
  ['the files cannot be read', assets(() => Promise.reject(new Error('down')))],
  ['the build has no console', assets(async () => new Response(null, { status: 404 }))],
])('is shown without a style if %s', async (_, ASSETS) => {
  const { send } = await startConsole({ ASSETS } as object)
  const response = await send(REFUSED)
  expect([response.status, response.headers.get('cache-control')]).toEqual([400, 'no-store'])
  const html = await response.clone().text()
  expect(html).not.toContain('<link')
  expect(await sentenceOf(response)).toMatch(/^The parameter return_to must be/)
})
